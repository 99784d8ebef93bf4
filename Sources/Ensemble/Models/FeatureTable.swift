import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What LightGBM looks at: one row of ``columns`` figures a bar, each without unit, so that symbols and years can be mixed. A
/// row depends on bars up to its own.
public struct FeatureTable: Sendable {
    public static let names = [
        "return_1", "return_2", "return_4", "return_8", "return_16", "return_32", "return_96", "rsi_7", "rsi_14",
        "rsi_28",
        "macd", "macd_histogram", "sma_20", "sma_100", "bollinger", "stochastic_k", "stochastic_d", "adx", "direction",
        "range", "volume", "volume_trend", "place_48", "place_192", "body", "taker_buy", "hour_sine", "hour_cosine",
    ]
    public static var columns: Int { names.count }
    /// Bars before a row is complete.
    public static let history = 193

    /// `[bars × columns]`, row after row; rows of the first ``history`` bars are zeros.
    public let values: [Float]
    public let count: Int

    public init(_ series: CandleSeries) {
        var state = FeatureState()
        var values: [Float] = []
        values.reserveCapacity(series.count * Self.columns)
        for candle in series.candles { state.append(candle, to: &values) }
        self.values = values
        count = series.count
    }

    /// The rows of `bars`, one after another.
    public func rows(_ bars: Range<Int>) -> ArraySlice<Float> {
        values[bars.lowerBound * Self.columns..<bars.upperBound * Self.columns]
    }
}

private struct FeatureState {
    private static let lags = [1, 2, 4, 8, 16, 32, 96]

    /// Logarithms of the last closes, a ring.
    private var logs = [Double](repeating: 0, count: 128)
    private var seen = 0
    private var rsi = [RSI(period: 7), RSI(period: 14), RSI(period: 28)]
    private var macd = MACD()
    private var averages = [SMA(period: 20), SMA(period: 100)]
    private var bands = BollingerBands()
    private var stochastic = Stochastic()
    private var adx = ADX()
    private var range = ATR()
    private var usualRange = EMA(period: 96)
    private var volumes = [SMA(period: 8), SMA(period: 96)]
    private var extremes = [
        (RollingExtreme(.highest, period: 48), RollingExtreme(.lowest, period: 48)),
        (RollingExtreme(.highest, period: 192), RollingExtreme(.lowest, period: 192)),
    ]

    mutating func append(_ candle: Candle, to values: inout [Float]) {
        update(candle)
        guard seen > FeatureTable.history, let atr = range.value, atr > 0, let usual = usualRange.value else {
            values.append(contentsOf: repeatElement(0, count: FeatureTable.columns))
            return
        }
        let close = candle.close
        let relative = atr / close
        for lag in Self.lags {
            // In standard deviations of a random walk whose bars are as wide as these.
            values.append(Float((logs[seen & 127] - logs[(seen - lag) & 127]) / (relative * Double(lag).squareRoot())))
        }
        for one in rsi { values.append(Float((one.value ?? 50) / 50 - 1)) }
        values.append(Float((macd.value?.line ?? 0) / atr))
        values.append(Float((macd.value?.histogram ?? 0) / atr))
        for average in averages { values.append(Float((close - (average.value ?? close)) / atr)) }
        values.append(Float(bands.value?.position(of: close) ?? 0.5))
        values.append(Float((stochastic.value?.k ?? 50) / 100))
        values.append(Float((stochastic.value?.d ?? 50) / 100))
        values.append(Float((adx.value ?? 0) / 100))
        values.append(Float(((adx.plusDI ?? 0) - (adx.minusDI ?? 0)) / 100))
        values.append(Float(relative / usual))
        let (short, long) = (volumes[0].value ?? 0, volumes[1].value ?? 0)
        values.append(long > 0 ? Float(candle.volume / long) : 1)
        values.append(long > 0 ? Float(short / long) : 1)
        for (highest, lowest) in extremes {
            let (top, bottom) = (highest.value ?? close, lowest.value ?? close)
            values.append(top > bottom ? Float((close - bottom) / (top - bottom)) : 0.5)
        }
        values.append(Float((close - candle.open) / atr))
        values.append(candle.volume > 0 && candle.takerBuyBase > 0 ? Float(candle.takerBuyBase / candle.volume) : 0.5)
        let hour = Double(candle.openTime % 86_400_000) / 86_400_000 * 2 * .pi
        values.append(Float(sin(hour)))
        values.append(Float(cos(hour)))
    }

    private mutating func update(_ candle: Candle) {
        seen += 1
        logs[seen & 127] = log(candle.close)
        for index in rsi.indices { rsi[index].update(candle.close) }
        macd.update(candle.close)
        for index in averages.indices { averages[index].update(candle.close) }
        bands.update(candle.close)
        stochastic.update(high: candle.high, low: candle.low, close: candle.close)
        adx.update(high: candle.high, low: candle.low, close: candle.close)
        range.update(high: candle.high, low: candle.low, close: candle.close)
        if let atr = range.value { usualRange.update(atr / candle.close) }
        for index in volumes.indices { volumes[index].update(candle.volume) }
        for index in extremes.indices {
            extremes[index].0.update(candle.high)
            extremes[index].1.update(candle.low)
        }
    }
}
