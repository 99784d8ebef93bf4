/// Relative strength index, 0…100, with Wilder's smoothing of gains and losses (Wilder 1978). 50 while nothing moves.
public struct RSI: Sendable, Hashable {
    public private(set) var value: Double?
    private var gain: EMA
    private var loss: EMA
    private var previous: Double?

    /// - Parameter period: 1 or more; 14 is Wilder's.
    public init(period: Int = 14) {
        gain = .wilder(period: period)
        loss = .wilder(period: period)
    }

    @discardableResult
    public mutating func update(_ close: Double) -> Double? {
        defer { previous = close }
        guard let previous else { return nil }
        let change = close - previous
        gain.update(max(change, 0))
        loss.update(max(-change, 0))
        if let gain = gain.value, let loss = loss.value {
            value = gain + loss > 0 ? 100 * gain / (gain + loss) : 50
        }
        return value
    }
}
