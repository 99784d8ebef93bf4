/// Simple moving average of the last `period` values.
///
/// Like every indicator here it is fed one value after another, so it cannot see a later one; it allocates when it is made
/// and never again; and it is nil until it has seen enough.
public struct SMA: Sendable, Hashable {
    public private(set) var value: Double?
    private var recent: RecentValues
    private var total = 0.0

    /// - Parameter period: 1 or more.
    public init(period: Int) { recent = RecentValues(capacity: period) }

    @discardableResult
    public mutating func update(_ input: Double) -> Double? {
        total += input - (recent.push(input) ?? 0)
        if recent.isFull { value = total / Double(recent.capacity) }
        return value
    }
}

/// Exponential moving average with weight 2 / (`period` + 1) on the newest value, begun with the simple average of the
/// first `period` values, as TA-Lib does.
public struct EMA: Sendable, Hashable {
    public private(set) var value: Double?
    private let period: Int
    private let weight: Double
    private var total = 0.0
    private var seen = 0

    /// - Parameter period: 1 or more.
    public init(period: Int) { self.init(period: period, weight: 2 / Double(period + 1)) }

    /// Wilder's smoothing (*New Concepts in Technical Trading Systems*, 1978): weight 1 / `period` on the newest value.
    public static func wilder(period: Int) -> EMA { EMA(period: period, weight: 1 / Double(period)) }

    private init(period: Int, weight: Double) {
        precondition(period > 0, "an indicator looks at one value at least")
        self.period = period
        self.weight = weight
    }

    @discardableResult
    public mutating func update(_ input: Double) -> Double? {
        if let value {
            self.value = value + weight * (input - value)
        } else {
            total += input
            seen += 1
            if seen == period { value = total / Double(period) }
        }
        return value
    }
}
