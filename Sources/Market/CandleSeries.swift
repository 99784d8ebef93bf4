/// Candles of one symbol and interval, open times strictly rising. Bars may be missing where the exchange was down.
public struct CandleSeries: Sendable, Hashable {
    public let symbol: Symbol
    public let interval: Interval
    public var candles: [Candle]
    /// True for anything a simulator made; shown beside every figure computed from it.
    public let isSynthetic: Bool

    public init(symbol: Symbol, interval: Interval, candles: [Candle], isSynthetic: Bool = false) {
        self.symbol = symbol
        self.interval = interval
        self.candles = candles
        self.isSynthetic = isSynthetic
    }

    public var count: Int { candles.count }
    public var isEmpty: Bool { candles.isEmpty }

    /// Open time of the first bar to close time of the last (UTC milliseconds, end exclusive); nil when empty.
    public var span: Range<Int64>? {
        guard let first = candles.first, let last = candles.last else { return nil }
        return first.openTime..<(last.openTime + interval.milliseconds)
    }

    /// The bars whose index lies in `range`, as a series of its own.
    public subscript(range: Range<Int>) -> CandleSeries {
        CandleSeries(symbol: symbol, interval: interval, candles: Array(candles[range]), isSynthetic: isSynthetic)
    }

    /// Missing stretches between the first and the last bar.
    public var gaps: [CandleGap] {
        zip(candles, candles.dropFirst()).compactMap { before, after in
            let expected = before.openTime + interval.milliseconds
            return after.openTime > expected ? CandleGap(from: expected, to: after.openTime, interval: interval) : nil
        }
    }
}

/// A stretch without candles: from the first missing open time to the next present one (UTC milliseconds).
public struct CandleGap: Sendable, Hashable, Codable {
    public let from: Int64
    public let to: Int64
    public let missing: Int

    public init(from: Int64, to: Int64, interval: Interval) {
        self.from = from
        self.to = to
        missing = Int((to - from) / interval.milliseconds)
    }
}
