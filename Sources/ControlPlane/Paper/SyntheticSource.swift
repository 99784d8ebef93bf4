import Foundation
import Market
import MarketData
import Simulation

/// The bundled synthetic market as a source of candles: closed bars up to now, for any symbol, without a network.
public struct SyntheticSource: CandleSource {
    public let name = "synthetic market"
    public let isSynthetic = true
    private let market: SyntheticMarket
    private let now: @Sendable () -> Date
    private static let batch = 10_000

    public init(seed: UInt64 = 29, now: @escaping @Sendable () -> Date = { Date() }) {
        market = SyntheticMarket(seed: seed)
        self.now = now
    }

    public func batches(
        symbol: Symbol, interval: Interval, since: Int64?
    ) -> AsyncThrowingStream<[Candle], any Error> {
        let end = interval.floor(Int64(now().timeIntervalSince1970 * 1000))
        let all = market.candles(symbol: symbol, interval: interval, from: since ?? SyntheticMarket.epoch, to: end)
        let starts = stride(from: 0, to: all.count, by: Self.batch)
        return AsyncThrowingStream { continuation in
            for start in starts { continuation.yield(Array(all[start..<min(start + Self.batch, all.count)])) }
            continuation.finish()
        }
    }
}
