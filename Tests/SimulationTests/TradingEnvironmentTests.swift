import Foundation
import Market
import Simulation
import Testing

@Suite("Trading environment") struct TradingEnvironmentTests {
    /// One copy on the one stretch that starts at bar 160, whose next closes are given.
    private func driven(
        _ closes: [Double], steps: Int, ending: TradingConfiguration.Ending = .truncated,
        protection: Protection = .none, costs: CostModel = CostModel(feeBps: 10, slippageBps: 2),
        edit: (inout [Candle]) -> Void = { _ in }
    ) throws -> DrivenEnvironment {
        var candles = MarketFixture.candles(then: closes)
        edit(&candles)
        let tables = try MarketTables(MarketFixture.series(candles))
        let window = TradingWindow(tables, bars: 160..<160 + steps + 1)
        let environment = try TradingEnvironment(
            windows: [window],
            configuration: TradingConfiguration(
                episodeLength: steps, costs: costs, protection: protection, ending: ending),
            copies: 1, seed: 3)
        var driven = DrivenEnvironment(environment)
        driven.reset()
        return driven
    }

    @Test("rewards are 100 times the change of log equity after costs")
    func rewards() throws {
        // 12 basis points a side: 100 ln(1 − 0.0012) = −0.120072, two sides −0.240288.
        var driven = try driven([100, 110, 99, 99, 99], steps: 4)
        driven.step([1])
        #expect(abs(driven.rewards[0] - (9.5310180 - 0.1200721)) < 1e-5)
        #expect(Array(driven.observation(0)[59...60]).first == 1)
        driven.step([2])
        #expect(abs(driven.rewards[0] - (9.5310180 - 0.2402885)) < 1e-5)
        driven.step([2])
        #expect(driven.rewards[0] == 0)
        driven.step([0])
        #expect(abs(driven.rewards[0] - -0.1200721) < 1e-5)
        #expect(driven.ends == [2])
    }

    @Test("a truncated episode shows its last observation and starts the next one flat")
    func truncation() throws {
        var driven = try driven([100, 110, 121, 133], steps: 3)
        driven.step([1])
        #expect(driven.finalObservation(0).allSatisfy { $0.isNaN })
        driven.step([1])
        driven.step([1])
        #expect(driven.ends == [2])
        #expect(driven.finalObservation(0)[59] == 1)
        #expect(driven.finalObservation(0)[61] == Float(3) / 256)
        #expect(driven.observation(0)[59...62] == [0, 0, 0, 0])
    }

    @Test("a terminal episode closes the position at its cost")
    func terminal() throws {
        var driven = try driven([100, 110, 110], steps: 2, ending: .terminal)
        driven.step([1])
        driven.step([1])
        #expect(driven.ends == [1])
        #expect(abs(driven.rewards[0] - -0.1200721) < 1e-5)
    }

    @Test("position inputs: sign, result by σ√128, bars held, result given back, cost by σ")
    func stateInputs() throws {
        var driven = try driven([100, 102, 101, 100], steps: 3)
        // σ is read back from the input that is its logarithm.
        driven.step([1])
        driven.step([1])
        let observation = driven.observation(0)
        let sigma = 0.01 * exp(Double(observation[51]))
        let unit = sigma * 128.0.squareRoot()
        #expect(abs(Double(observation[60]) - log(101.0 / 100) / unit) < 1e-5)
        #expect(observation[61] == Float(2) / 256)
        #expect(abs(Double(observation[62]) - log(102.0 / 101) / unit) < 1e-5)
        #expect(abs(Double(observation[63]) - 0.0012 / sigma) < 1e-5)
    }

    @Test("a touched stop sells at its level, a gap beyond it at the open, and the trader is flat after")
    func stops() throws {
        let stop = Protection(stopLoss: 0.05, takeProfit: 0.10)
        let free = CostModel(feeBps: 0, slippageBps: 0)
        var touched = try driven([100, 99, 120, 120], steps: 3, protection: stop, costs: free) { $0[161].low = 90 }
        touched.step([1])
        #expect(abs(Double(touched.rewards[0]) - 100 * log(0.95)) < 1e-4)
        #expect(touched.observation(0)[59...62] == [0, 0, 0, 0])
        // It may enter again at the next close, with a new entry price.
        touched.step([1])
        #expect(abs(Double(touched.rewards[0]) - 100 * log(1.10 * 99 / 99)) < 1e-4)

        var gap = try driven([100, 92, 92], steps: 2, protection: stop, costs: free) {
            $0[161].open = 93
            $0[161].high = 93
        }
        gap.step([1])
        #expect(abs(Double(gap.rewards[0]) - 100 * log(0.93)) < 1e-4)

        // A short earns 100 ln(1 − x) for a price move of x: its target 10 % below, its stop 5 % above.
        var target = try driven([100, 85, 85], steps: 2, protection: stop, costs: free)
        target.step([2])
        #expect(abs(Double(target.rewards[0]) - 100 * log(1.10)) < 1e-4)

        // Both touched in one bar: the stop counts.
        var both = try driven([100, 100, 100], steps: 2, protection: stop, costs: free) {
            $0[161].high = 115
            $0[161].low = 90
        }
        both.step([2])
        #expect(abs(Double(both.rewards[0]) - 100 * log(0.95)) < 1e-4)
    }

    @Test("leaving by a stop costs a side")
    func stopCosts() throws {
        var driven = try driven([100, 90, 90], steps: 2, protection: Protection(stopLoss: 0.05))
        driven.step([1])
        #expect(abs(Double(driven.rewards[0]) - 100 * (2 * log(1 - 0.0012) + log(0.95))) < 1e-4)
        driven.step([0])
        #expect(driven.rewards[0] == 0)
    }

    @Test("episodes start in windows by share, at bars from which they fit")
    func shares() throws {
        let tables = try MarketFixture.tables(600)
        let windows = [
            TradingWindow(tables, bars: 160..<190, share: 1),
            TradingWindow(
                tables, bars: 300..<500, share: 3, costs: CostModel(feeBps: 100, slippageBps: 0)),
        ]
        let environment = try TradingEnvironment(
            windows: windows, configuration: TradingConfiguration(episodeLength: 20), copies: 4000, seed: 5)
        var driven = DrivenEnvironment(environment)
        driven.reset()
        // Windows are told apart by their cost input over σ.
        func perSide(_ copy: Int) -> Double {
            let observation = driven.observation(copy)
            return Double(observation[63]) * 0.01 * exp(Double(observation[51]))
        }
        let dear = (0..<4000).count { perSide($0) > 0.005 }
        #expect((2900...3100).contains(dear))
        var places = Set<[Float]>()
        for copy in 0..<4000 where perSide(copy) < 0.005 { places.insert(driven.observation(copy)) }
        #expect(places.count == 10)
        #expect(places == Set((160..<170).map { tables.observation(bar: $0) }))
    }

    @Test("the split of copies among callers does not matter")
    func ranges() throws {
        let tables = try MarketFixture.tables(900)
        func environment() throws -> TradingEnvironment {
            try TradingEnvironment(
                windows: [TradingWindow(tables, share: 0.4), TradingWindow(tables, bars: 200..<500, share: 0.6)],
                configuration: TradingConfiguration(episodeLength: 50, protection: Protection(stopLoss: 0.005)),
                copies: 7,
                seed: 11)
        }
        var whole = DrivenEnvironment(try environment())
        var split = DrivenEnvironment(try environment())
        whole.reset()
        split.reset()
        var stream = ActionStream(4)
        for _ in 0..<200 {
            let actions = (0..<7).map { _ in stream.action() }
            whole.step(actions)
            split.step(actions, range: 4..<7)
            split.step(actions, range: 0..<4)
            #expect(
                whole.observations == split.observations && whole.rewards == split.rewards && whole.ends == split.ends)
        }
    }

    @Test("a restored environment goes on bit for bit", arguments: [Protection.none, Protection(stopLoss: 0.004)])
    func restore(protection: Protection) throws {
        let tables = try MarketFixture.tables(900)
        func environment(seed: UInt64) throws -> TradingEnvironment {
            try TradingEnvironment(
                windows: [TradingWindow(tables, share: 0.4), TradingWindow(tables, bars: 200..<500, share: 0.6)],
                configuration: TradingConfiguration(episodeLength: 30, protection: protection), copies: 5, seed: seed)
        }
        var first = DrivenEnvironment(try environment(seed: 1))
        var second = DrivenEnvironment(try environment(seed: 2))
        var stream = ActionStream(4)
        first.reset()
        second.reset()
        #expect(first.observations != second.observations)
        for _ in 0..<100 { first.step((0..<5).map { _ in stream.action() }) }
        let state = first.environment.saveState()
        try second.environment.restoreState(state)
        #expect(second.environment.saveState() == state)
        for _ in 0..<100 {
            let actions = (0..<5).map { _ in stream.action() }
            first.step(actions)
            second.step(actions)
            #expect(first.observations == second.observations && first.rewards == second.rewards)
        }
    }

    @Test("a state of another environment, or a damaged one, is refused and changes nothing")
    func foreignState() throws {
        let tables = try MarketFixture.tables(900)
        func environment(copies: Int, length: Int = 30) throws -> TradingEnvironment {
            try TradingEnvironment(
                windows: [TradingWindow(tables)], configuration: TradingConfiguration(episodeLength: length),
                copies: copies,
                seed: 1)
        }
        let environment = try environment(copies: 3)
        let before = environment.saveState()
        var damaged = before
        damaged[8 * 5] = 0xff
        damaged[8 * 5 + 7] = 0xff
        let others = [
            [], [1, 2, 3], Array(before.dropLast()), Array(before.dropLast(8)), damaged,
            try self.state(of: environment, copies: 4, tables),
            try self.state(of: environment, copies: 3, length: 31, tables),
        ]
        for other in others {
            #expect(throws: TradingEnvironmentError.self) { try environment.restoreState(other) }
        }
        #expect(environment.saveState() == before)
    }

    private func state(of _: TradingEnvironment, copies: Int, length: Int = 30, _ tables: MarketTables) throws
        -> [UInt8]
    {
        try TradingEnvironment(
            windows: [TradingWindow(tables)], configuration: TradingConfiguration(episodeLength: length),
            copies: copies, seed: 1
        ).saveState()
    }

    @Test("impossible set-ups are refused")
    func refusals() throws {
        let tables = try MarketFixture.tables(300)
        let benchmark = try MarketFixture.tables(300, layout: .candleV1)
        func make(
            _ windows: [TradingWindow], _ configuration: TradingConfiguration = TradingConfiguration(episodeLength: 50),
            copies: Int = 1
        ) throws -> TradingEnvironment {
            try TradingEnvironment(windows: windows, configuration: configuration, copies: copies, seed: 0)
        }
        let window = TradingWindow(tables)
        #expect(throws: TradingEnvironmentError.noWindows) { try make([]) }
        #expect(throws: TradingEnvironmentError.copies(0)) { try make([window], copies: 0) }
        #expect(throws: TradingEnvironmentError.episodeLength(0)) {
            try make([window], TradingConfiguration(episodeLength: 0))
        }
        #expect(throws: TradingEnvironmentError.mixedLayouts("trading-1", "candle-v1")) {
            try make([window, TradingWindow(benchmark)])
        }
        #expect(throws: TradingEnvironmentError.share(symbol: MarketFixture.symbol, share: 0)) {
            try make([TradingWindow(tables, share: 0)])
        }
        #expect(throws: TradingEnvironmentError.windowTooShort(symbol: MarketFixture.symbol, bars: 50, needed: 51)) {
            try make([TradingWindow(tables, bars: 200..<250)])
        }
        #expect(throws: TradingEnvironmentError.self) {
            try make([window], TradingConfiguration(episodeLength: 50, costs: CostModel(feeBps: 5000)))
        }
        #expect(throws: TradingEnvironmentError.self) {
            try make([window], TradingConfiguration(episodeLength: 50, costs: CostModel(feeBps: .nan)))
        }
        #expect(throws: TradingEnvironmentError.self) {
            try make([window], TradingConfiguration(episodeLength: 50, protection: Protection(stopLoss: 1)))
        }
        #expect(try make([TradingWindow(tables, bars: 200..<251)]).windows[0].starts(length: 50) == 1)
    }
}
