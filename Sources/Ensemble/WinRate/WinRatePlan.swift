import Market

/// What a win-rate test does; the first five are the configuration's `test_parameters`.
public struct WinRatePlan: Sendable, Hashable, Codable {
    public var periodDays = 30
    public var symbols: [Symbol]
    public var maximumIterations = 10
    public var targetWinRate = 0.65
    public var minimumTradesPerSymbol = 5
    public var interval = Interval.fifteenMinutes
    /// Days before each judged window that are learned from.
    public var learningDays = 60
    public var seed: UInt64 = 29
    public var rules = TradingRules()
    /// Tests before this one that were judged on some of the same candles; each was a chance to be lucky.
    public var earlierTries = 0

    /// Below this many closed trades a win rate says nothing.
    public static let leastTrades = 100
    /// How sure a success must be, all looks and tries together.
    public static let significance = 0.05

    public init(symbols: [Symbol]) { self.symbols = symbols }

    /// Bars left out between what is learned from and what is judged: the longest look back and the longest look ahead.
    public var purgeBars: Int { max(FeatureTable.history, MarketState.history) + rules.maximumBars }

    /// Days of candles for all iterations.
    public var daysNeeded: Int {
        let purge = (purgeBars + interval.barsPerDay - 1) / interval.barsPerDay
        let warmUp = (MarketState.memory + interval.barsPerDay - 1) / interval.barsPerDay
        return warmUp + learningDays + purge + periodDays * maximumIterations
    }

    /// Two-sided confidence of the intervals that decide: Bonferroni over the iterations, each of which is a look, and over
    /// the tests before.
    var decidingConfidence: Double {
        1 - 2 * Self.significance / Double(max(1, maximumIterations) * (1 + earlierTries))
    }
}

/// A learning window and, behind a gap, the window that is judged. Open times, UTC milliseconds.
public struct TestWindow: Sendable, Hashable, Codable {
    public let learning: Range<Int64>
    public let judged: Range<Int64>
}

/// Why a test could not be made. Nothing was stored.
public enum WinRateError: Error, Sendable, Hashable, CustomStringConvertible {
    case noCandles(symbol: Symbol)
    case tooShort(days: Double, needed: Int, symbol: Symbol)
    case otherInterval(symbol: Symbol, got: Interval, wanted: Interval)
    case mixed

    public var description: String {
        switch self {
        case .noCandles(let symbol):
            "there are no candles of \(symbol); nothing was tested; add it to market.symbols or fetch it with “marketflow data sync”, or take it out of test_parameters.symbols"
        case .tooShort(let days, let needed, let symbol):
            "\(symbol) has \(Int(days)) days of candles and one iteration needs \(needed); nothing was tested; fetch more, or lower test_parameters.test_period_days or ensemble.learning_days"
        case .otherInterval(let symbol, let got, let wanted):
            "the candles of \(symbol) are \(got), and \(wanted) was to be tested"
        case .mixed: "synthetic and real candles cannot be tested together; nothing was tested"
        }
    }
}

extension WinRatePlan {
    /// The windows of a test on `series`, oldest first: judged windows end to end up to the newest candle that all symbols
    /// have, as many as there are candles for.
    ///
    /// - Throws: ``WinRateError`` when not even one fits.
    public func windows(on series: [CandleSeries]) throws(WinRateError) -> [TestWindow] {
        for symbol in symbols where !series.contains(where: { $0.symbol == symbol && !$0.isEmpty }) {
            throw .noCandles(symbol: symbol)
        }
        if let other = series.first(where: { $0.interval != interval }) {
            throw .otherInterval(symbol: other.symbol, got: other.interval, wanted: interval)
        }
        guard Set(series.map(\.isSynthetic)).count == 1 else { throw .mixed }
        let day: Int64 = 86_400_000
        let begin = series.compactMap { $0.span?.lowerBound }.max() ?? 0
        let end = series.compactMap { $0.span?.upperBound }.min() ?? 0
        let gap = Int64(purgeBars) * interval.milliseconds
        let first = begin + Int64(MarketState.memory) * interval.milliseconds + Int64(learningDays) * day + gap
        let period = Int64(periodDays) * day
        let count = min(Int64(maximumIterations), (end - first) / period)
        guard count > 0 else {
            let needed = (first - begin + period + day - 1) / day
            let shortest = series.min { $0.count < $1.count }?.symbol ?? symbols[0]
            throw .tooShort(days: Double(max(0, end - begin)) / Double(day), needed: Int(needed), symbol: shortest)
        }
        return (0..<count).map { index in
            let judged = end - (count - index) * period
            let learned = judged - gap
            return TestWindow(
                learning: learned - Int64(learningDays) * day..<learned, judged: judged..<judged + period)
        }
    }
}
