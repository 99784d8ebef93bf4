import Ensemble
import Foundation
import Market
import Neural

/// Markets whose truth is known: a random walk whose drift lasts for a while and then changes sign by a coin. Without drift
/// there is nothing to be known.
enum PlantedMarket {
    static let begin: Int64 = 1_672_531_200_000

    /// - Parameters:
    ///   - drift: log return a bar, this or its opposite.
    ///   - length: mean number of bars that a drift lasts.
    static func series(
        _ name: String, bars: Int, seed: Int, drift: Double, length: Double = 150
    ) throws -> CandleSeries {
        var stream = RandomStream(seed: UInt64(seed)).split(name)
        var price = 100.0
        var now = 0.0
        var left = 0
        var candles: [Candle] = []
        for index in 0..<bars {
            if left == 0 {
                left = 1 + Int(-log(1 - stream.uniform()) * length)
                now = stream.uniform() < 0.5 ? drift : -drift
            }
            left -= 1
            let open = price
            var (high, low) = (price, price)
            for _ in 0..<4 {
                price *= exp(now / 4 + 0.0015 * stream.normal())
                high = max(high, price)
                low = min(low, price)
            }
            candles.append(
                Candle(
                    openTime: begin + Int64(index) * 900_000, open: open, high: high, low: low, close: price,
                    volume: 100 * exp(0.3 * stream.normal())))
        }
        guard let symbol = Symbol(rawValue: name) else { throw WinRateError.mixed }
        return CandleSeries(symbol: symbol, interval: .fifteenMinutes, candles: candles, isSynthetic: true)
    }
}
