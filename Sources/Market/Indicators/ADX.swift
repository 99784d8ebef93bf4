/// Average directional movement index, 0…100: how strongly the price trends, in whichever direction (Wilder 1978, with
/// TA-Lib's start-up). `plusDI` and `minusDI` say which.
public struct ADX: Sendable, Hashable {
    public private(set) var value: Double?
    public private(set) var plusDI: Double?
    public private(set) var minusDI: Double?
    private let period: Double
    private var plus = 0.0
    private var minus = 0.0
    private var range = 0.0
    private var seen = 0
    private var average: EMA
    private var previous: Bar?

    /// - Parameter period: 2 or more; 14 is Wilder's.
    public init(period: Int = 14) {
        precondition(period > 1, "directional movement needs two bars at least")
        self.period = Double(period)
        average = .wilder(period: period)
    }

    @discardableResult
    public mutating func update(high: Double, low: Double, close: Double) -> Double? {
        defer { previous = Bar(high: high, low: low, close: close) }
        guard let previous else { return nil }
        let up = high - previous.high
        let down = previous.low - low
        let trueRange = ATR.trueRange(high: high, low: low, previousClose: previous.close)
        add(plus: up > down && up > 0 ? up : 0, minus: down > up && down > 0 ? down : 0, range: trueRange)
        guard Double(seen) >= period else { return nil }
        let (positive, negative) = range > 0 ? (100 * plus / range, 100 * minus / range) : (0, 0)
        plusDI = positive
        minusDI = negative
        let sum = positive + negative
        value = average.update(sum > 0 ? 100 * abs(positive - negative) / sum : 0)
        return value
    }

    /// The first `period` − 1 bars are summed; from then on each sum loses a `period`-th and gains the new bar.
    private mutating func add(plus: Double, minus: Double, range: Double) {
        seen += 1
        let kept = Double(seen) < period ? 1 : 1 - 1 / period
        self.plus = self.plus * kept + plus
        self.minus = self.minus * kept + minus
        self.range = self.range * kept + range
    }

    private struct Bar: Sendable, Hashable {
        let high: Double
        let low: Double
        let close: Double
    }
}
