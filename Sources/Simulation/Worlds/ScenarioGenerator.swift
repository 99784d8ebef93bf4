import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Writes a scenario day by day: draw a day's shape, bend it, dress it as candles.
struct ScenarioGenerator {
    let world: ScenarioWorld
    let interval: Interval
    let texture: ScenarioTexture
    private var stream: SplitMix64
    private var cluster = VolatilityCluster()
    private var openTime: Int64
    private var close: Double
    /// Log return a stress world still owes from its last crash.
    private var owed = 0.0
    private var day: ScenarioDay

    init(world: ScenarioWorld, interval: Interval, texture: ScenarioTexture, start: Int64, seed: UInt64) {
        self.world = world
        self.interval = interval
        self.texture = texture
        openTime = start
        close = texture.price
        stream = SplitMix64(state: seed)
        // One output in between, so that neighbouring seeds do not share neighbouring streams.
        stream = SplitMix64(state: stream.next())
        day = ScenarioDay(capacity: interval.barsPerDay)
    }

    mutating func candles(_ bars: Int) -> [Candle] {
        var candles: [Candle] = []
        candles.reserveCapacity(bars)
        while candles.count < bars {
            let count = min(interval.barsPerDay, bars - candles.count)
            day.reset(count: count, share: Double(count) / Double(interval.barsPerDay))
            switch world {
            case .bull: day.bendToTrend(sign: 1, volatility: barVolatility, &cluster, &stream)
            case .bear: day.bendToTrend(sign: -1, volatility: barVolatility, &cluster, &stream)
            case .flat: day.bendToFlat(&cluster, &stream)
            case .stress: owed = day.crash(owed: owed, volatility: barVolatility, &cluster, &stream)
            }
            append(to: &candles)
        }
        return candles
    }

    private var barVolatility: Double { texture.dailyVolatility / Double(interval.barsPerDay).squareRoot() }

    private mutating func append(to candles: inout [Candle]) {
        let grid = PriceGrid(around: close)
        let base = texture.dailyVolume / Double(interval.barsPerDay)
        for bar in 0..<day.count {
            let open = bar == 0 && day.gap != 0 ? grid.round(close * exp(day.gap)) : close
            close = grid.round(open * exp(day.returns[bar]))
            let high = max(grid.round(max(open, close) * (1 + day.upperWicks[bar])), max(open, close))
            let low = min(grid.round(min(open, close) * exp(-day.lowerWicks[bar])), min(open, close))
            let volume = base * day.activity[bar] * exp(0.4 * stream.roughlyNormal())
            candles.append(
                Candle(
                    openTime: openTime, open: open, high: high, low: low, close: close, volume: volume,
                    quoteVolume: volume * 0.5 * (open + close), trades: Int64(10 + 20 * volume / base)))
            openTime += interval.milliseconds
        }
    }
}
