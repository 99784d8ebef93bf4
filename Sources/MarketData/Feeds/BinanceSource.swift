import Market

/// Candles from Binance's REST interface.
public struct BinanceSource: CandleSource {
    public let name = "Binance"
    public let isSynthetic = false
    private let client: BinanceClient

    public init(_ client: BinanceClient) { self.client = client }

    public func batches(symbol: Symbol, interval: Interval, since: Int64?) -> AsyncThrowingStream<[Candle], any Error> {
        client.candles(symbol: symbol, interval: interval, since: since)
    }
}
