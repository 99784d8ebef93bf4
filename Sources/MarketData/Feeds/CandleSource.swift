import Market

/// Where candles come from.
public protocol CandleSource: Sendable {
    /// For people: `Binance`, `files`.
    var name: String { get }
    /// Whether the candles are made by a simulator; shown beside every figure computed from them.
    var isSynthetic: Bool { get }

    /// The closed candles with an open time of at least `since` (UTC milliseconds; nil: all there are), open times
    /// strictly rising across batches. Nothing is fetched before it is asked for; ending the iteration ends the work.
    func batches(symbol: Symbol, interval: Interval, since: Int64?) -> AsyncThrowingStream<[Candle], any Error>
}
