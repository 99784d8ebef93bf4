import Market
import Simulation
import Testing

@Suite("Scenario worlds") struct ScenarioWorldTests {
    @Test(
        "every day of every seed is inside its world's definition, on every interval", arguments: ScenarioWorld.allCases
    )
    func definitions(world: ScenarioWorld) throws {
        for interval in Interval.allCases {
            let perDay = interval.barsPerDay
            let seeds: UInt64 = perDay > 300 ? 8 : 60
            for seed in 0..<seeds {
                let series = try world.generate(interval: interval, bars: 4 * perDay, seed: seed)
                for day in 0..<4 {
                    let candles = series.candles[day * perDay..<(day + 1) * perDay]
                    #expect(world.holds(for: candles, interval: interval), "seed \(seed), day \(day), \(interval)")
                }
            }
        }
    }

    @Test("a world takes over a template's price, volatility and volume", arguments: ScenarioWorld.allCases)
    func template(world: ScenarioWorld) throws {
        let market = SyntheticMarket().series(symbol: Symbol(rawValue: "ADAUSDT")!, interval: .oneHour, bars: 2000)
        let series = try world.generate(interval: .fifteenMinutes, bars: 960, seed: 4, template: market)
        let last = try #require(market.candles.last)
        #expect(series.symbol == market.symbol && series.isSynthetic)
        #expect(series.candles[0].open == last.close)
        for day in 0..<10 {
            #expect(world.holds(for: series.candles[day * 96..<(day + 1) * 96], interval: .fifteenMinutes))
        }
        let volumes = series.candles.map(\.volume).sorted()
        let real = market.candles.map(\.volume).sorted()
        #expect((0.1...4).contains(volumes[480] * 4 / real[1000]))
    }

    @Test("returns have fat tails and cluster")
    func texture() throws {
        let series = try ScenarioWorld.bull.generate(interval: .fifteenMinutes, bars: 96 * 100, seed: 3)
        let moves = zip(series.candles.dropFirst(), series.candles).map { $0.close / $1.close - 1 }
        #expect(Statistics.excessKurtosis(moves) > 3)
        #expect(Statistics.autocorrelation(moves.map(abs), lag: 1) > 0.1)
        #expect(Statistics.autocorrelation(moves.map(abs), lag: 20) > 0.05)
        #expect(abs(Statistics.autocorrelation(moves, lag: 1)) < 0.06)
    }

    @Test("volume goes with the size of the move")
    func volume() throws {
        let series = try ScenarioWorld.bear.generate(interval: .fiveMinutes, bars: 288 * 20, seed: 3)
        let sorted = series.candles.sorted { abs($0.close / $0.open - 1) < abs($1.close / $1.open - 1) }
        let calm = sorted.prefix(1000).reduce(0) { $0 + $1.volume }
        let wild = sorted.suffix(1000).reduce(0) { $0 + $1.volume }
        #expect(wild > 2 * calm)
    }

    @Test("equal seeds give equal worlds, a longer one begins with the same days, other seeds differ")
    func seeds() throws {
        for world in ScenarioWorld.allCases {
            let short = try world.generate(interval: .oneHour, bars: 240, seed: 8)
            let long = try world.generate(interval: .oneHour, bars: 480, seed: 8)
            #expect(Array(long.candles.prefix(240)) == short.candles)
            #expect(try world.generate(interval: .oneHour, bars: 240, seed: 9).candles != short.candles)
        }
    }

    @Test("a world starts at a midnight, and may end within a day")
    func spans() throws {
        let noon: Int64 = 1_700_000_000_000
        for world in ScenarioWorld.allCases {
            for bars in [1, 2, 7, 97, 100] {
                let series = try world.generate(interval: .fifteenMinutes, bars: bars, seed: 2, startingAt: noon)
                #expect(series.count == bars && series.gaps.isEmpty)
                #expect(series.candles[0].openTime == Interval.oneDay.floor(noon))
                #expect(series.candles.allSatisfy { $0.fault(interval: .fifteenMinutes) == nil })
            }
        }
    }

    @Test("days outside the definition are told from those inside")
    func counterexamples() throws {
        let bull = try ScenarioWorld.bull.generate(interval: .oneHour, bars: 24, seed: 1).candles
        #expect(ScenarioWorld.bull.holds(for: bull, interval: .oneHour))
        for other in [ScenarioWorld.bear, .flat, .stress] { #expect(!other.holds(for: bull, interval: .oneHour)) }
        #expect(!ScenarioWorld.bull.holds(for: bull.dropLast(), interval: .oneHour))

        // A day that rises 0.3 % every hour gains 7.5 %, but no bar falls.
        let march = (0..<24).map { hour in
            let open = 100 * power(1.003, hour)
            return Candle(
                openTime: Int64(hour) * 3_600_000, open: open, high: open * 1.003, low: open, close: open * 1.003,
                volume: 1)
        }
        #expect(!ScenarioWorld.bull.holds(for: march, interval: .oneHour))

        var broken = bull
        broken[3].high = broken[3].low * 0.99
        #expect(!ScenarioWorld.bull.holds(for: broken, interval: .oneHour))
    }

    @Test("stress makes slippage dearer, other worlds do not")
    func costs() {
        let costs = CostModel(feeBps: 10, slippageBps: 2)
        #expect(ScenarioWorld.stress.costs(costs) == CostModel(feeBps: 10, slippageBps: 10))
        #expect(ScenarioWorld.bull.costs(costs) == costs)
    }

    @Test("impossible lengths and templates are refused with the reason")
    func refusals() throws {
        #expect(throws: ScenarioWorldError.bars(0, most: 3650)) {
            try ScenarioWorld.flat.generate(interval: .oneDay, bars: 0, seed: 1)
        }
        #expect(throws: ScenarioWorldError.bars(3651, most: 3650)) {
            try ScenarioWorld.bull.generate(interval: .oneDay, bars: 3651, seed: 1)
        }
        let longest = try ScenarioWorld.bull.generate(interval: .oneDay, bars: 3650, seed: 1)
        #expect(longest.candles.allSatisfy { $0.fault(interval: .oneDay) == nil })
        let symbol = MarketFixture.symbol
        #expect(throws: ScenarioWorldError.templateTooShort(symbol: symbol, count: 49, needed: 50)) {
            try world(modelledOn: MarketFixture.candles(49))
        }
        var silent = MarketFixture.candles(100)
        for index in silent.indices { silent[index].volume = 0 }
        #expect(throws: ScenarioWorldError.self) { try world(modelledOn: silent) }
        var broken = MarketFixture.candles(100)
        broken[50].close = .nan
        #expect(throws: ScenarioWorldError.self) { try world(modelledOn: broken) }
        let constant = (0..<100).map {
            Candle(openTime: Int64($0) * 900_000, open: 5, high: 5, low: 5, close: 5, volume: 1)
        }
        #expect(throws: ScenarioWorldError.templateUnusable(symbol: symbol, reason: "its price never moves")) {
            try world(modelledOn: constant)
        }
    }

    private func world(modelledOn candles: [Candle]) throws -> CandleSeries {
        try ScenarioWorld.flat.generate(
            interval: .oneHour, bars: 24, seed: 1, template: MarketFixture.series(candles))
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }
}
