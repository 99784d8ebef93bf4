import Ensemble
import Foundation
import Market
import Testing

private let names = ["BTCUSDT", "ETHUSDT"]

private func plan(_ change: (inout WinRatePlan) -> Void = { _ in }) -> WinRatePlan {
    var plan = WinRatePlan(symbols: names.compactMap(Symbol.init(rawValue:)))
    plan.periodDays = 10
    plan.learningDays = 8
    plan.maximumIterations = 3
    plan.rules.maximumBars = 24
    plan.rules.stopRanges = 2.5
    plan.rules.targetRanges = 2.5
    change(&plan)
    return plan
}

private func market(_ plan: WinRatePlan, seed: Int, drift: Double) throws -> [CandleSeries] {
    try plan.symbols.map {
        try PlantedMarket.series($0.rawValue, bars: plan.daysNeeded * 96 + 96, seed: seed, drift: drift)
    }
}

private func twoModels() throws -> EnsembleWeights {
    try EnsembleWeights([("trading_ai", 0.5), ("lava_ai", 0.5)], parameters: LearningParameters())
}

private func test(
    _ plan: WinRatePlan, _ series: [CandleSeries], models: [any SignalModel] = [TradingAI(), LavaAI()],
    weights: EnsembleWeights? = nil
) throws -> WinRateTest {
    try WinRateTest(plan: plan, series: series, models: models, trainer: nil, weights: try weights ?? twoModels())
}

struct WinRateTests {
    @Test(
        "where trends last, the test proves 65 % within ten windows, its lower bound above break-even and above chance")
    func planted() throws {
        let plan = plan { $0.maximumIterations = 10 }
        var test = try test(plan, try market(plan, seed: 1, drift: 0.0012))
        var last: IterationResult?
        for index in test.windows.indices where last?.pooled.verdict != .met { last = try test.run(index).result }
        let figures = try #require(last).pooled
        #expect(figures.verdict == .met && figures.winRate >= 0.65)
        let (breakEven, agents) = (try #require(figures.breakEven), try #require(figures.agents))
        #expect(figures.decidingWinRateLow > breakEven)
        #expect(agents.shareAsGood == 0)
    }

    @Test("where nothing can be known, a free market is called beaten in at most 10 of 200 runs")
    func noEdge() throws {
        let plan = plan {
            $0.targetWinRate = 0
            $0.rules.costs = CostModel(feeBps: 0, slippageBps: 0)
        }
        var claims = 0
        for seed in 0..<200 {
            var test = try test(plan, try market(plan, seed: 1000 + seed, drift: 0))
            for index in test.windows.indices {
                let result = try test.run(index).result
                if index == test.windows.count - 1 { #expect(result.pooled.trades >= WinRatePlan.leastTrades) }
                if result.pooled.verdict == .met {
                    claims += 1
                    break
                }
            }
        }
        #expect(claims <= 10, "\(claims) of 200")
    }

    @Test("learning windows end before the judged one with the purge between, and judged windows do not overlap")
    func windows() throws {
        let plan = plan()
        let windows = try plan.windows(on: try market(plan, seed: 2, drift: 0))
        #expect(windows.count == 3)
        for (index, window) in windows.enumerated() {
            let gap = window.judged.lowerBound - window.learning.upperBound
            #expect(gap == Int64(193 + 24) * 900_000)
            #expect(window.judged.upperBound - window.judged.lowerBound == 10 * 86_400_000)
            if index > 0 { #expect(window.judged.lowerBound == windows[index - 1].judged.upperBound) }
        }
    }

    @Test("a window that is judged does not change when what follows it does")
    func noLookAhead() throws {
        let plan = plan()
        let series = try market(plan, seed: 3, drift: 0.0008)
        var whole = try test(plan, series)
        let first = try whole.run(0)
        let end = whole.windows[0].judged.upperBound
        let changed = series.map { one in
            var one = one
            for index in one.candles.indices where one.candles[index].openTime >= end {
                one.candles[index].high = one.candles[index].open * 3
                one.candles[index].close = one.candles[index].open * 3
            }
            return one
        }
        var other = try test(plan, changed)
        #expect(try other.run(0).trades == first.trades)
    }

    @Test("the same test twice is the same, and one taken up after each window, too")
    func repeatable() throws {
        let plan = plan()
        let series = try market(plan, seed: 4, drift: 0.0008)
        var one = try test(plan, series)
        var trades: [EnsembleTrade.Result] = []
        var weights = try twoModels()
        for index in one.windows.indices {
            let outcome = try one.run(index)
            var again = try test(plan, series)
            if index > 0 { again.resume(after: trades, weights: weights) }
            let resumed = try again.run(index)
            #expect(resumed.result == outcome.result)
            #expect(resumed.weights == outcome.weights)
            trades += outcome.trades.compactMap { $0.result(costs: plan.rules.costs, interval: plan.interval) }
            weights = outcome.weights
        }
        #expect(!trades.isEmpty)
    }

    @Test("a model that throws or answers nonsense goes into the shadow with its reason, and the test goes on")
    func faults() throws {
        let plan = plan { $0.maximumIterations = 1 }
        let weights = try EnsembleWeights(
            [("trading_ai", 0.4), ("mad", 0.3), ("broken", 0.3)], parameters: LearningParameters())
        let mad = WindowModel("mad", history: 1) { _ in Signal(.long, confidence: .nan, reason: "") }
        let broken = WindowModel("broken", history: 1) { _ in throw WinRateError.mixed }
        var test = try test(
            plan, try market(plan, seed: 5, drift: 0.001), models: [TradingAI(), mad, broken], weights: weights)
        #expect(Set(test.faults.keys) == ["mad", "broken"])
        let result = try test.run(0).result
        #expect(result.figures.trades > 0)
        #expect(result.weightsAfter == ["trading_ai": 1, "mad": 0, "broken": 0])
        #expect(result.models.first { $0.model == "mad" }?.fault?.contains("nan") == true)
    }

    @Test("fewer than a hundred trades, or too few of one symbol, prove nothing")
    func few() throws {
        let short = plan {
            $0.maximumIterations = 1
            $0.periodDays = 2
        }
        var test = try test(short, try market(short, seed: 6, drift: 0.0012))
        #expect(try test.run(0).result.pooled.verdict == .notProvable)
        let demanding = plan {
            $0.maximumIterations = 1
            $0.minimumTradesPerSymbol = 10_000
        }
        var other = try EnsembleTests.test(demanding, try market(demanding, seed: 6, drift: 0.0012))
        #expect(try other.run(0).result.pooled.verdict == .notProvable)
    }

    @Test("earlier tests on the same candles raise the bar")
    func tries() throws {
        let plain = plan { $0.maximumIterations = 1 }
        let series = try market(plain, seed: 7, drift: 0.0008)
        var first = try test(plain, series)
        var tenth = try test(
            plan {
                $0.maximumIterations = 1
                $0.earlierTries = 9
            }, series)
        let (a, b) = (try first.run(0).result.pooled, try tenth.run(0).result.pooled)
        #expect(a.tries == 1 && b.tries == 10)
        #expect(a.winRateLow == b.winRateLow)
        #expect(b.decidingWinRateLow < a.decidingWinRateLow && b.decidingExpectancyLow < a.decidingExpectancyLow)
    }

    @Test("missing symbols, other intervals, mixed markets and short histories are named before anything is done")
    func badInput() throws {
        let plan = plan()
        var series = try market(plan, seed: 8, drift: 0)
        #expect(throws: WinRateError.noCandles(symbol: plan.symbols[1])) { _ = try plan.windows(on: [series[0]]) }
        #expect(throws: WinRateError.self) { _ = try plan.windows(on: series.map { $0[0..<1500] }) }
        series[1] = CandleSeries(
            symbol: series[1].symbol, interval: .fifteenMinutes, candles: series[1].candles, isSynthetic: false)
        #expect(throws: WinRateError.mixed) { _ = try plan.windows(on: series) }
    }
}
