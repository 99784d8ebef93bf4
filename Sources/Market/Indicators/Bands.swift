/// Mean and standard deviation of the last `period` values. The deviation is that of the population (divided by n).
public struct RollingDeviation: Sendable, Hashable {
    public private(set) var mean: Double?
    public private(set) var deviation: Double?
    private var recent: RecentValues

    /// - Parameter period: 1 or more.
    public init(period: Int) { recent = RecentValues(capacity: period) }

    @discardableResult
    public mutating func update(_ input: Double) -> Double? {
        _ = recent.push(input)
        guard recent.isFull else { return nil }
        // Over the window itself, not from running sums of squares, whose difference loses all digits on flat prices.
        let count = Double(recent.capacity)
        let centre = recent.sum { $0 } / count
        mean = centre
        deviation = (recent.sum { ($0 - centre) * ($0 - centre) } / count).squareRoot()
        return deviation
    }
}

/// Bollinger bands: the moving average and `width` standard deviations around it.
public struct BollingerBands: Sendable, Hashable {
    public struct Value: Sendable, Hashable {
        public let middle: Double
        public let upper: Double
        public let lower: Double

        /// Where `price` lies between the lower (0) and the upper band (1); 0.5 when they coincide.
        public func position(of price: Double) -> Double {
            upper > lower ? (price - lower) / (upper - lower) : 0.5
        }
    }

    public private(set) var value: Value?
    private var rolling: RollingDeviation
    private let width: Double

    /// - Parameters:
    ///   - period: 1 or more.
    ///   - width: in standard deviations.
    public init(period: Int = 20, width: Double = 2) {
        rolling = RollingDeviation(period: period)
        self.width = width
    }

    @discardableResult
    public mutating func update(_ close: Double) -> Value? {
        rolling.update(close)
        if let mean = rolling.mean, let deviation = rolling.deviation {
            value = Value(middle: mean, upper: mean + width * deviation, lower: mean - width * deviation)
        }
        return value
    }
}
