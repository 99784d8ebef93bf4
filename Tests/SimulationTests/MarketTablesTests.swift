import Foundation
import Market
import Simulation
import Testing

@Suite("Market tables") struct MarketTablesTests {
    @Test("observations agree with an independent computation in numpy", arguments: [159, 1234])
    func reference(bar: Int) throws {
        let observation = try MarketFixture.tables(2000).observation(bar: bar)
        let expected = try #require(Self.numpy[bar])
        #expect(observation.count == 64)
        for (input, (value, reference)) in zip(observation, expected).enumerated() {
            #expect(
                abs(value - reference) <= 2e-5 * max(1, abs(reference)), "\(ObservationLayout.trading1.features[input])"
            )
        }
    }

    @Test("no observation changes when the future does", arguments: ObservationLayout.known)
    func noLookAhead(layout: ObservationLayout) throws {
        let candles = MarketFixture.candles(400)
        let tables = try MarketTables(MarketFixture.series(candles), layout: layout)
        for now in [170, 230, 398] {
            var changed = candles
            for index in changed.indices.dropFirst(now + 1) {
                changed[index].open *= 3
                changed[index].high *= 5
                changed[index].low *= 0.5
                changed[index].close *= index % 2 == 0 ? 4 : 0.7
                changed[index].volume *= 9
            }
            let other = try MarketTables(MarketFixture.series(changed), layout: layout)
            for bar in tables.usableBars.lowerBound...now {
                #expect(tables.observation(bar: bar) == other.observation(bar: bar))
                if bar < now { #expect(tables.growth(bar: bar) == other.growth(bar: bar)) }
            }
            #expect(tables.observation(bar: now + 1) != other.observation(bar: now + 1))
        }
    }

    @Test("the product's observation does not depend on how much history lies before its 160 bars")
    func startIndependent() throws {
        let candles = MarketFixture.candles(700)
        let whole = try MarketTables(MarketFixture.series(candles))
        for first in [1, 77, 500] {
            let part = try MarketTables(MarketFixture.series(Array(candles[first...])))
            for bar in part.usableBars { #expect(part.observation(bar: bar) == whole.observation(bar: bar + first)) }
        }
        #expect(ObservationLayout.trading1.history == 160)
        #expect(try MarketTables(MarketFixture.series(Array(candles.suffix(160)))).usableBars == 159..<160)
    }

    @Test("growth is what the next bar pays")
    func growth() throws {
        // 100 ln 1.1 and 100 ln 0.9; a price that more than doubles leaves a short with a millionth.
        let candles = MarketFixture.candles(then: [200, 220, 660])
        let tables = try MarketTables(MarketFixture.series(candles))
        #expect(tables.growth(bar: 160) == [0, 9.531018, -10.536052])
        #expect(abs(tables.growth(bar: 161)[2] - -1381.5511) < 1e-3)
        #expect(tables.growth(bar: 162) == [0, 0, 0])
    }

    @Test("frozen prices and unknown volume give finite inputs")
    func frozen() throws {
        var candles = MarketFixture.candles(then: Array(repeating: 500, count: 200) + [501])
        for index in candles.indices { candles[index].volume = 0 }
        let tables = try MarketTables(MarketFixture.series(candles))
        for bar in tables.usableBars {
            #expect(tables.observation(bar: bar).allSatisfy { $0.isFinite && abs($0) <= 20 })
        }
    }

    @Test("layouts add up and tell their versions apart")
    func layouts() {
        #expect(ObservationLayout.candleV1.size == 48)
        #expect(ObservationLayout.trading1.size == 64)
        #expect(Set(ObservationLayout.trading1.features).count == 64)
        #expect(ObservationLayout.named("trading-1") == .trading1)
        #expect(ObservationLayout.named("trading-0") == nil)
        #expect(ObservationLayout.trading1.ranges.map(\.range.count) == [32, 6, 13, 4, 4, 5])
    }

    @Test("a layout of another build is read back but not computed")
    func foreignLayout() throws {
        let text = #"{"version": "trading-9", "history": 160, "groups": [{"name": "clock", "features": ["day"]}]}"#
        let foreign = try JSONDecoder().decode(ObservationLayout.self, from: Data(text.utf8))
        #expect(throws: MarketTablesError.unknownLayout(version: "trading-9")) {
            try MarketFixture.tables(300, layout: foreign)
        }
        let encoded = try JSONEncoder().encode(ObservationLayout.trading1)
        #expect(try JSONDecoder().decode(ObservationLayout.self, from: encoded) == .trading1)
    }

    @Test(
        "candles that cannot be traded are refused with their place",
        arguments: [
            (\Candle.close, Double.nan, CandleFault.notFinite(field: "close")),
            (\Candle.high, .infinity, .notFinite(field: "high")),
            (\Candle.low, 0, .notPositive(field: "low", value: 0)),
            (\Candle.open, -1, .notPositive(field: "open", value: -1)),
            (\Candle.volume, -1, .negative(field: "volume", value: -1)),
            (\Candle.volume, .infinity, .notFinite(field: "volume")),
        ] as [(WritableKeyPath<Candle, Double> & Sendable, Double, CandleFault)])
    func badCandle(field: WritableKeyPath<Candle, Double> & Sendable, value: Double, fault: CandleFault) {
        var candles = MarketFixture.candles(300)
        candles[123][keyPath: field] = value
        let expected = MarketTablesError.badCandle(
            symbol: MarketFixture.symbol, index: 123, openTime: 123 * 900_000, fault: fault)
        #expect(throws: expected) { try MarketTables(MarketFixture.series(candles)) }
    }

    @Test("too few, unordered and constant candles are refused")
    func badSeries() {
        let symbol = MarketFixture.symbol
        #expect(throws: MarketTablesError.tooFewCandles(symbol: symbol, count: 159, needed: 160)) {
            try MarketFixture.tables(159)
        }
        #expect(throws: MarketTablesError.tooFewCandles(symbol: symbol, count: 0, needed: 160)) {
            try MarketFixture.tables(0)
        }
        var candles = MarketFixture.candles(300)
        candles.swapAt(200, 201)
        #expect(throws: MarketTablesError.outOfOrder(symbol: symbol, index: 201, openTime: 200 * 900_000)) {
            try MarketTables(MarketFixture.series(candles))
        }
        let constant = (0..<300).map {
            Candle(openTime: Int64($0) * 900_000, open: 5, high: 5, low: 5, close: 5, volume: 1)
        }
        #expect(throws: MarketTablesError.constant(symbol: symbol, count: 300)) {
            try MarketTables(MarketFixture.series(constant))
        }
    }

    private static let numpy: [Int: [Float]] = [
        159: [
            1.22658, -0.829082, -0.224147, -1.45858, -0.12436, -1.26796, 1.00453, -0.506176,
            -0.939591, 0.561599, -0.658783, -0.307409, 0.713249, -0.364229, 0.0263459, 1.38072,
            0.809347, -1.57301, -1.0281, -0.936841, 1.40921, 0.37658, -0.431758, 1.51185, 1.44834,
            0.413928, -1.59422, 0.477835, -0.330102, 1.21881, 0.23756, -1.53833, 2.80072, -1.53833,
            0.64291, 0.619482, -1.29767, -0.614968, -0.209153, 0.10949, 0.115095, -0.24536,
            -0.32272, -0.204599, 0.309159, 0.0951967, 0.078219, -0.128405, -0.0518097, -0.024153,
            -0.0625, -2.11423, 0.062385, -0.00886277, 0.0471508, -0.866025, -0.5, -0.866025, -0.5,
            0, 0, 0, 0, 0.993987,
        ],
        1234: [
            1.715, 0.12236, 1.76973, 1.16645, -0.760094, 0.7002, -0.242326, -1.16964, -0.290965,
            -0.662604, 0.676108, 0.509408, -1.22319, -1.53396, -1.136, -1.36703, -1.05935, 1.33635,
            0.232571, -1.17748, -0.318598, 0.519335, -0.721681, -0.0960255, 0.780516, -0.582172,
            -0.147223, 1.34096, -0.0883596, -0.887716, 0.0897921, -0.171478, 1.2906, -0.171478,
            0.967794, 0.151329, -2.25427, 0.148968, -0.539406, 0.131988, -0.249549, -0.491503,
            -0.439307, 0.360962, -0.758646, -0.174217, -0.75502, -0.284519, -0.105639, 0.023032,
            -0.1875, -2.30121, -0.364055, -0.0733261, 0.0151429, -0.75184, 0.659346, 0.994716,
            -0.102669, 0, 0, 0, 0, 1.19835,
        ],
    ]
}
