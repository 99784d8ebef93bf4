import Market
import Testing

struct CandleTests {
    private static let sound = Candle(openTime: 900_000, open: 2, high: 4, low: 1, close: 3, volume: 5)

    private static func changed(_ change: (inout Candle) -> Void) -> Candle {
        var candle = sound
        change(&candle)
        return candle
    }

    @Test("a sound candle has no fault")
    func sound() { #expect(Self.sound.fault(interval: .fifteenMinutes) == nil) }

    @Test(
        "the first thing wrong is named",
        arguments: [
            (changed { $0.high = .infinity }, CandleFault.notFinite(field: "high")),
            (changed { $0.close = .nan }, .notFinite(field: "close")),
            (changed { $0.takerBuyQuote = .nan }, .notFinite(field: "taker_buy_quote")),
            (changed { $0.open = 0 }, .notPositive(field: "open", value: 0)),
            (changed { $0.volume = -1 }, .negative(field: "volume", value: -1)),
            (changed { $0.trades = -2 }, .negative(field: "trades", value: -2)),
            (changed { $0.low = 5 }, .lowAboveHigh(low: 5, high: 4)),
            (changed { $0.open = 4.5 }, .outsideRange(field: "open", value: 4.5, low: 1, high: 4)),
            (changed { $0.close = 0.5 }, .outsideRange(field: "close", value: 0.5, low: 1, high: 4)),
            (changed { $0.openTime += 1 }, .offGrid(openTime: 900_001, interval: .fifteenMinutes)),
            (changed { $0.openTime = -900_000 }, .timeOutOfRange(openTime: -900_000)),
            (changed { $0.openTime = .max }, .timeOutOfRange(openTime: .max)),
            (changed { $0.openTime = .min }, .timeOutOfRange(openTime: .min)),
        ])
    func fault(candle: Candle, fault: CandleFault) { #expect(candle.fault(interval: .fifteenMinutes) == fault) }

    @Test("every field that is not a number is found")
    func notANumber() {
        let fields: [WritableKeyPath<Candle, Double>] = [
            \.open, \.high, \.low, \.close, \.volume, \.quoteVolume, \.takerBuyBase, \.takerBuyQuote,
        ]
        for field in fields {
            for value in [Double.nan, .infinity, -.infinity, -1] {
                #expect(Self.changed { $0[keyPath: field] = value }.fault(interval: .fifteenMinutes) != nil)
            }
        }
    }
}

struct IntervalTests {
    @Test("an interval's name and length agree")
    func lengths() {
        let units: [Character: Int64] = ["m": 60_000, "h": 3_600_000, "d": 86_400_000]
        for interval in Interval.allCases {
            let count = Int64(interval.rawValue.dropLast()) ?? 0
            #expect(interval.milliseconds == count * (interval.rawValue.last.flatMap { units[$0] } ?? 0))
            #expect(Int64(interval.barsPerDay) * interval.milliseconds == 86_400_000)
        }
        #expect(Interval.fifteenMinutes.barsPerYear == 35_040)
    }

    @Test(
        "a time belongs to the bar that began last",
        arguments: [(0, 0), (899_999, 0), (900_000, 900_000), (-1, -900_000), (1_722_470_400_123, 1_722_470_400_000)])
    func floor(time: Int64, bar: Int64) { #expect(Interval.fifteenMinutes.floor(time) == bar) }
}

struct SymbolTests {
    @Test("Binance's names are symbols", arguments: ["BTCUSDT", "1INCHUSDT", "BN"])
    func valid(text: String) { #expect(Symbol(rawValue: text)?.description == text) }

    @Test(
        "anything that could leave a path, a URL or a message is not",
        arguments: ["", "B", "btcusdt", "BTC/USDT", "BTC USDT", "../X", "ÄÖ", "A23456789012345678901"])
    func invalid(text: String) { #expect(Symbol(rawValue: text) == nil) }
}

struct CandleSeriesTests {
    private func series(_ minutes: [Int64]) throws -> CandleSeries {
        CandleSeries(
            symbol: try #require(Symbol(rawValue: "BTCUSDT")), interval: .oneMinute,
            candles: minutes.map { Candle(openTime: $0 * 60_000, open: 1, high: 1, low: 1, close: 1, volume: 0) })
    }

    @Test("gaps run from the first missing bar to the next present one")
    func gaps() throws {
        #expect(
            try series([0, 1, 4, 5, 7]).gaps == [
                CandleGap(from: 120_000, to: 240_000, interval: .oneMinute),
                CandleGap(from: 360_000, to: 420_000, interval: .oneMinute),
            ])
        #expect(try series([0, 1, 4]).gaps.map(\.missing) == [2])
        #expect(try series([]).gaps.isEmpty)
    }

    @Test("a series spans to the end of its last bar")
    func span() throws {
        #expect(try series([1, 3]).span == 60_000..<240_000)
        #expect(try series([]).span == nil)
        #expect(try series([1, 3, 4])[1..<2].candles.map(\.openTime) == [180_000])
    }
}

struct CostModelTests {
    @Test("a side costs fee and slippage, a flip two sides")
    func costs() {
        #expect(abs(CostModel().perSide - 0.0012) < 1e-15)
        #expect(Exposure.flat.sides(to: .long) == 1)
        #expect(Exposure.long.sides(to: .short) == 2)
        #expect(Exposure.short.sides(to: .flat) == 1)
        #expect(Exposure.long.sides(to: .long) == 0)
    }
}
