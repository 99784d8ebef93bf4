/// Slow stochastic oscillator, 0…100: where the close lies in the range of the last bars, smoothed twice (Lane). 50 while
/// the range is empty.
public struct Stochastic: Sendable, Hashable {
    public struct Value: Sendable, Hashable {
        /// %K, smoothed.
        public let k: Double
        /// %D, the average of %K.
        public let d: Double
    }

    public private(set) var value: Value?
    private var highest: RollingExtreme
    private var lowest: RollingExtreme
    private var slowK: SMA
    private var slowD: SMA

    /// - Parameters: all 1 or more.
    public init(period: Int = 14, smoothing: Int = 3, signal: Int = 3) {
        highest = RollingExtreme(.highest, period: period)
        lowest = RollingExtreme(.lowest, period: period)
        slowK = SMA(period: smoothing)
        slowD = SMA(period: signal)
    }

    @discardableResult
    public mutating func update(high: Double, low: Double, close: Double) -> Value? {
        highest.update(high)
        lowest.update(low)
        guard let top = highest.value, let bottom = lowest.value else { return nil }
        guard let k = slowK.update(top > bottom ? 100 * (close - bottom) / (top - bottom) : 50) else { return nil }
        if let d = slowD.update(k) { value = Value(k: k, d: d) }
        return value
    }
}

/// Volume of the newest bar over the average of the last `period` bars, itself among them; 1 where nothing was traded.
public struct VolumeRatio: Sendable, Hashable {
    public private(set) var value: Double?
    private var average: SMA

    /// - Parameter period: 1 or more.
    public init(period: Int = 20) { average = SMA(period: period) }

    @discardableResult
    public mutating func update(_ volume: Double) -> Double? {
        if let mean = average.update(volume) { value = mean > 0 ? volume / mean : 1 }
        return value
    }
}
