import Market

/// Why a cycle cannot go on, in words for the operator. The champion in use is never touched by any of these.
public enum CycleError: Error, Sendable, CustomStringConvertible {
    case noCandles(symbol: Symbol, interval: Interval)
    case tooFewCandles(symbol: Symbol, have: Int, need: Int)
    case tooFewToChoose(symbol: Symbol, learned: Int, need: Int)
    case missingResult(step: CycleStep)
    case allDiverged(Int)
    case diverged(reason: String)
    case lostPolicy(path: String)

    public var description: String {
        switch self {
        case .noCandles(let symbol, let interval):
            "there are no candles of \(symbol) \(interval) to learn from. Import some with “marketflow data import” or check market.source."
        case .tooFewCandles(let symbol, let have, let need):
            "there are \(have) candles of \(symbol) to learn from, \(need) are needed. Raise market.history_days or import more."
        case .tooFewToChoose(let symbol, let learned, let need):
            "with some kept for choosing among candidates, \(learned) candles of \(symbol) are left to learn from, \(need) are needed. Lower training.selection_share, set training.candidates to 1 or raise market.history_days."
        case .allDiverged(let count):
            "all \(count) candidates diverged; nothing of them was published. Try a smaller training.learning_rate."
        case .missingResult(let step):
            "the result of “\(step.rawValue)” is not in the database; the cycle cannot go on and a new one will start afresh."
        case .diverged(let reason):
            "training diverged (\(reason)) and was stopped; nothing of it was published. Try a smaller training.learning_rate."
        case .lostPolicy(let path):
            "the trained policy \(path) is missing or was changed; a new cycle will train it again."
        }
    }
}
