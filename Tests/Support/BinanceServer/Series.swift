/// Candles of one symbol and interval as Binance sends them.
public struct Series: Sendable {
    public let symbol: String
    public let interval: String
    public var klines: [Kline]

    public init(symbol: String, interval: String, klines: [Kline]) {
        self.symbol = symbol
        self.interval = interval
        self.klines = klines
    }

    /// A walk of `count` bars from `from` (UTC milliseconds) with steps of up to ±0.5 %; the same seed gives the same bars.
    /// - Parameter missing: indices of bars that are left out, as after an outage.
    public static func randomWalk(
        symbol: String, interval: String, from: Int64, count: Int, seed: UInt64 = 1, missing: Range<Int> = 0..<0
    ) -> Series {
        let length = milliseconds(of: interval) ?? 0
        var state = seed
        // SplitMix64 (Steele, Lea, Flood 2014).
        func uniform() -> Double {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Double((mixed ^ (mixed >> 31)) >> 11) / 9_007_199_254_740_992
        }
        var cents: Int64 = 5_000_000
        var klines: [Kline] = []
        for index in 0..<count {
            let open = cents
            cents += Int64(Double(open) * (uniform() - 0.5) / 100)
            let high = max(open, cents) + Int64(Double(open) * uniform() / 1000)
            let low = min(open, cents) - Int64(Double(open) * uniform() / 1000)
            let volume = Int64(uniform() * 100_000) + 1
            if missing.contains(index) { continue }
            klines.append(
                Kline(
                    openTime: from + Int64(index) * length, open: price(open), high: price(high), low: price(low),
                    close: price(cents), volume: "\(volume).50000000", quoteVolume: "\(volume * 50_000).00000000",
                    trades: volume / 10, takerBuyBase: "\(volume / 2).00000000",
                    takerBuyQuote: "\(volume * 25_000).00000000"))
        }
        return Series(symbol: symbol, interval: interval, klines: klines)
    }

    /// End of the last candle, UTC milliseconds.
    var end: Int64? {
        guard let last = klines.last, let length = Self.milliseconds(of: interval) else { return nil }
        return last.openTime + length
    }

    private static func price(_ cents: Int64) -> String {
        let rest = cents % 100
        return "\(cents / 100).\(rest < 10 ? "0" : "")\(rest)000000"
    }

    /// The length of every interval Binance has, but for the month.
    static func milliseconds(of interval: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000]
        let known = ["1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w"]
        guard known.contains(interval), let unit = interval.last.flatMap({ units[$0] }),
            let count = Int64(interval.dropLast())
        else { return nil }
        return count * unit
    }
}

/// One row of `/api/v3/klines`; prices and volumes are text there.
public struct Kline: Sendable, Hashable {
    public var openTime: Int64
    public var open, high, low, close, volume: String
    public var quoteVolume: String
    public var trades: Int64
    public var takerBuyBase, takerBuyQuote: String

    public init(
        openTime: Int64, open: String, high: String, low: String, close: String, volume: String,
        quoteVolume: String = "0", trades: Int64 = 0, takerBuyBase: String = "0", takerBuyQuote: String = "0"
    ) {
        self.openTime = openTime
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
        self.quoteVolume = quoteVolume
        self.trades = trades
        self.takerBuyBase = takerBuyBase
        self.takerBuyQuote = takerBuyQuote
    }

    func json(length: Int64) -> String {
        """
        [\(openTime),"\(open)","\(high)","\(low)","\(close)","\(volume)",\(openTime + length - 1),"\(quoteVolume)",\(trades),\
        "\(takerBuyBase)","\(takerBuyQuote)","0"]
        """
    }
}
