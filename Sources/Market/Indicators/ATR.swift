/// Average true range in units of the price, with Wilder's smoothing (Wilder 1978): how far a bar usually moves, gaps
/// included.
public struct ATR: Sendable, Hashable {
    public var value: Double? { average.value }
    private var average: EMA
    private var previousClose: Double?

    /// - Parameter period: 1 or more; 14 is Wilder's.
    public init(period: Int = 14) { average = .wilder(period: period) }

    @discardableResult
    public mutating func update(high: Double, low: Double, close: Double) -> Double? {
        if let previousClose {
            average.update(Self.trueRange(high: high, low: low, previousClose: previousClose))
        }
        previousClose = close
        return value
    }

    static func trueRange(high: Double, low: Double, previousClose: Double) -> Double {
        max(high, previousClose) - min(low, previousClose)
    }
}
