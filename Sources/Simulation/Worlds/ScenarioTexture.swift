import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a scenario takes over from a real market.
struct ScenarioTexture {
    /// Of the first bar's open.
    var price = 100.0
    /// Standard deviation of a day's log return.
    var dailyVolatility = 0.03
    /// Median volume of a day.
    var dailyVolume = 1_000_000.0

    private static let needed = 50

    init() {}

    init(of series: CandleSeries) throws(ScenarioWorldError) {
        let symbol = series.symbol
        guard series.count >= Self.needed else {
            throw .templateTooShort(symbol: symbol, count: series.count, needed: Self.needed)
        }
        for candle in series.candles {
            guard candle.close > 0, candle.close.isFinite, candle.volume >= 0, candle.volume.isFinite else {
                throw .templateUnusable(
                    symbol: symbol, reason: "its candle at \(candle.openTime) is not a finite positive price")
            }
        }
        let squares = zip(series.candles.dropFirst(), series.candles).reduce(0.0) { sum, pair in
            let change = log(pair.0.close / pair.1.close)
            return sum + change * change
        }
        guard squares > 0 else { throw .templateUnusable(symbol: symbol, reason: "its price never moves") }
        let perDay = Double(series.interval.barsPerDay)
        let volumes = series.candles.map(\.volume).sorted()
        let median = volumes[volumes.count / 2]
        guard median > 0 else { throw .templateUnusable(symbol: symbol, reason: "most of its candles have no volume") }
        price = series.candles[series.count - 1].close
        dailyVolatility = min(0.2, max(0.002, (squares / Double(series.count - 1) * perDay).squareRoot()))
        dailyVolume = median * perDay
    }
}
