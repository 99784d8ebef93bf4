import Market

/// Exits that do not wait for the policy: a stop and a target, as fractions of the entry price.
///
/// Both are looked for in each following bar's range. A bar that opens beyond a level is filled at its open, otherwise
/// at the level; when one bar touches both, the stop is assumed to have come first. After such an exit the position is
/// flat until the bar closes, where the policy decides anew.
public struct Protection: Sendable, Hashable, Codable {
    /// Fraction in (0, 1), for example 0.02; nil for none.
    public var stopLoss: Double?
    /// Fraction above 0; nil for none.
    public var takeProfit: Double?

    public init(stopLoss: Double? = nil, takeProfit: Double? = nil) {
        self.stopLoss = stopLoss
        self.takeProfit = takeProfit
    }

    public static let none = Protection()

    var isActive: Bool { stopLoss != nil || takeProfit != nil }

    var isSound: Bool {
        let stop = stopLoss ?? 0.5
        let target = takeProfit ?? 0.5
        return stop > 0 && stop < 1 && target > 0 && target.isFinite
    }

    /// The price and reason of the exit in `bar`, or nil when neither level is touched.
    func exit(_ exposure: Exposure, entry: Double, in bar: BarPrices) -> (price: Double, reason: ExitReason)? {
        switch exposure {
        case .flat:
            return nil
        case .long:
            if let stopLoss, bar.low <= entry * (1 - stopLoss) {
                return (min(bar.open, entry * (1 - stopLoss)), .stopLoss)
            }
            if let takeProfit, bar.high >= entry * (1 + takeProfit) {
                return (max(bar.open, entry * (1 + takeProfit)), .takeProfit)
            }
        case .short:
            if let stopLoss, bar.high >= entry * (1 + stopLoss) {
                return (max(bar.open, entry * (1 + stopLoss)), .stopLoss)
            }
            if let takeProfit, bar.low <= entry * (1 - takeProfit) {
                return (min(bar.open, entry * (1 - takeProfit)), .takeProfit)
            }
        }
        return nil
    }
}

/// Why a position was closed.
public enum ExitReason: String, Sendable, Codable, CaseIterable {
    /// The policy went flat.
    case signal
    /// The policy went to the other side.
    case flip
    case stopLoss = "stop_loss"
    case takeProfit = "take_profit"
    /// Neither stop nor target was met in time.
    case timeLimit = "time_limit"
    /// The bars ended.
    case endOfData = "end_of_data"
}
