import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The bundled market: endless candles for any symbol, without network or keys. Not a model of a real market and always
/// marked synthetic.
///
/// All symbols share a hidden regime (rising, falling, resting; 250 bars on average), heavy-tailed shocks with
/// volatility clustering, and part of their moves. While the regime rises or falls, the drift of a bar is ``edge`` of
/// its standard deviation. That is the market's one weakness, many times what real markets offer: a trend follower
/// earns several times its costs, so that a first, short training run most often finds something. Results on it say
/// that the machinery works, nothing about real trading. Levels are pulled back towards their start, so prices stay in
/// bounds for decades.
///
/// A bar depends on the seed, the symbol, the interval and its index since ``epoch`` alone: later calls continue the
/// same history bit for bit.
public struct SyntheticMarket: Sendable, Hashable {
    public let seed: UInt64

    /// Open time of the first bar: 2020-01-01 UTC. There are no earlier ones.
    public static let epoch: Int64 = 1_577_836_800_000

    /// Drift of a trending bar in standard deviations.
    public static let edge = 0.2

    public init(seed: UInt64 = 29) {
        self.seed = seed
    }

    /// The closed bars whose open time lies in `openTime..<to` (UTC milliseconds), in order.
    ///
    /// Runs through all bars since the epoch: about 15 million a second.
    public func candles(symbol: Symbol, interval: Interval, from openTime: Int64, to end: Int64) -> [Candle] {
        let length = interval.milliseconds
        let end = min(end, Self.epoch + Int64(Self.mostBars) * length)
        let start = max(openTime, Self.epoch)
        guard start < end else { return [] }
        let first = (start - Self.epoch + length - 1) / length
        let last = (end - Self.epoch + length - 1) / length
        guard first < last else { return [] }
        var walk = SyntheticWalk(symbol: symbol, interval: interval, seed: seed)
        var candles: [Candle] = []
        candles.reserveCapacity(Int(last - first))
        for _ in 0..<first { walk.step() }
        var close = walk.price
        for _ in first..<last {
            walk.step()
            let candle = walk.candle(open: close)
            candles.append(candle)
            close = candle.close
        }
        return candles
    }

    /// `bars` closed bars, the first of them the first to open at or after `start`.
    public func series(symbol: Symbol, interval: Interval, bars: Int, startingAt start: Int64 = epoch) -> CandleSeries {
        let length = interval.milliseconds
        let start = min(max(start, Self.epoch), Self.epoch + Int64(Self.mostBars) * length)
        let first = start + (length - 1 - (start - Self.epoch + length - 1) % length)
        return series(symbol, interval, from: first, bars: bars)
    }

    /// The last `bars` bars that are closed at `end`; fewer if the epoch is nearer.
    public func series(symbol: Symbol, interval: Interval, bars: Int, endingAt end: Int64) -> CandleSeries {
        let closed = interval.floor(end)
        let first = closed - Int64(min(max(bars, 0), Self.mostBars)) * interval.milliseconds
        let candles = candles(symbol: symbol, interval: interval, from: first, to: closed)
        return CandleSeries(symbol: symbol, interval: interval, candles: candles, isSynthetic: true)
    }

    private func series(_ symbol: Symbol, _ interval: Interval, from first: Int64, bars: Int) -> CandleSeries {
        let end = first + Int64(min(max(bars, 0), Self.mostBars)) * interval.milliseconds
        let candles = candles(symbol: symbol, interval: interval, from: first, to: end)
        return CandleSeries(symbol: symbol, interval: interval, candles: candles, isSynthetic: true)
    }

    /// 38 years of minutes.
    private static let mostBars = 20_000_000
}
