import Ensemble
import Foundation
import Market
import Simulation
import Testing

private func candle(_ bar: Int, _ open: Double, _ high: Double, _ low: Double, _ close: Double) -> Candle {
    Candle(openTime: Int64(bar) * 900_000, open: open, high: high, low: low, close: close, volume: 1)
}

private func rules(_ change: (inout TradingRules) -> Void = { _ in }) -> TradingRules {
    var rules = TradingRules()
    rules.stopRanges = 2
    rules.targetRanges = 3
    rules.maximumBars = 3
    change(&rules)
    return rules
}

struct BarrierLegTests {
    @Test("a bar that touches stop and target counts as stopped")
    func stopFirst() {
        var leg = BarrierLeg(side: .long, entryPrice: 100, range: 1, rules: rules())
        leg.advance(candle(0, 100, 104, 97, 101))
        #expect(leg.exit?.price == 98 && leg.exit?.reason == .stopLoss && leg.exit?.bar == 0)
    }

    @Test("a bar that opens beyond a level is filled at its open, for better or worse")
    func gaps() {
        var stopped = BarrierLeg(side: .short, entryPrice: 100, range: 1, rules: rules())
        stopped.advance(candle(0, 105, 106, 104, 105))
        #expect(stopped.exit?.price == 105 && stopped.exit?.reason == .stopLoss)
        var lucky = BarrierLeg(side: .short, entryPrice: 100, range: 1, rules: rules())
        lucky.advance(candle(0, 95, 96, 94, 95))
        #expect(lucky.exit?.price == 95 && lucky.exit?.reason == .takeProfit)
    }

    @Test("what meets neither is closed at the close of the last bar it may last, with both costs")
    func timeLimit() throws {
        var leg = BarrierLeg(side: .long, entryPrice: 100, range: 1, rules: rules())
        for bar in 0..<3 { leg.advance(candle(bar, 100, 101, 99.5, 100.5)) }
        #expect(leg.exit?.price == 100.5 && leg.exit?.reason == .timeLimit && leg.exit?.bar == 2_700_000 - 900_000)
        // 0.5 % won, 12 basis points paid on 1 and on 1.005.
        let net = try #require(leg.netReturn(costs: CostModel()))
        #expect(abs(net - (0.005 - 0.0012 * 2.005)) < 1e-15)
        #expect(abs(leg.adverseExcursion + 0.005) < 1e-15 && abs(leg.favourableExcursion - 0.01) < 1e-15)
    }
}

struct EnsembleTraderTests {
    private let symbol: Symbol

    init() throws { symbol = try #require(Symbol(rawValue: "BTCUSDT")) }

    private func states(_ range: Double = 1) -> MarketState { MarketState(range: range, regime: .normal) }

    @Test("a decision is filled at the next open, sized by its stop, and no second one is taken meanwhile")
    func entry() throws {
        var trader = EnsembleTrader(symbol: symbol, rules: rules())
        let decided = trader.advance(candle(0, 100, 100, 100, 100), state: states(), sum: 0.5) { [] }
        #expect(decided.decision?.outcome == .entered && trader.open == nil)
        let filled = trader.advance(candle(1, 101, 101.5, 100.5, 101), state: states(), sum: -0.9, recordsAll: true) {
            []
        }
        #expect(filled.opened?.taken.entryPrice == 101 && filled.opened?.side == .long)
        #expect(filled.decision?.outcome == .inPosition)
        // 2 % of equity at risk, stop 2 % away and 24 basis points of costs.
        let opened = try #require(filled.opened)
        #expect(abs(opened.size - 0.02 / 0.0224) < 1e-12)
    }

    @Test("too little agreement for the regime opens nothing")
    func threshold() {
        var trader = EnsembleTrader(symbol: symbol, rules: rules())
        let calm = trader.advance(candle(0, 100, 100, 100, 100), state: states(), sum: 0.2, recordsAll: true) { [] }
        #expect(calm.decision?.outcome == .belowThreshold && calm.decision?.size == 0)
        let wild = MarketState(range: 1, regime: .wild)
        #expect(
            trader.advance(candle(1, 100, 100, 100, 100), state: wild, sum: 0.35, recordsAll: true) { [] }.decision?
                .outcome == .belowThreshold)
        #expect(
            trader.advance(candle(2, 100, 100, 100, 100), state: states(), sum: 0.35, recordsAll: true) { [] }.decision?
                .outcome == .entered)
    }

    @Test("a trade is scored once both sides are known, the other side by its own stop and target")
    func counterfactual() throws {
        var trader = EnsembleTrader(symbol: symbol, rules: rules { $0.costs = CostModel(feeBps: 0, slippageBps: 0) })
        _ = trader.advance(candle(0, 100, 100, 100, 100), state: states(), sum: 1) {
            [.init(model: "a", side: .long, confidence: 0.7, weight: 1, reason: "because")]
        }
        // Long: stopped at 98. Short: target at 97, not met yet.
        let stopped = trader.advance(candle(1, 100, 100.5, 97.8, 98.2), state: states(), sum: 0) { [] }
        #expect(stopped.closed?.taken.exit?.price == 98 && stopped.settled.isEmpty)
        #expect(abs(trader.equity - (1 - 0.02 * 1)) < 1e-12, "size 1 at most: \(trader.equity)")
        let settled = trader.advance(candle(2, 98.2, 98.5, 96.5, 97), state: states(), sum: 0) { [] }.settled
        let score = try #require(settled.first?.score(named: "t", costs: trader.rules.costs))
        #expect(abs(score.longReturn + 0.02) < 1e-12 && abs(score.shortReturn - 0.03) < 1e-12)
        #expect(score.votes == ["a": .init(.long, confidence: 0.7)])
    }

    @Test("stored after any bar and read back, it goes on as if it had never stopped")
    func restart() throws {
        let series = try PlantedMarket.series("BTCUSDT", bars: 400, seed: 9, drift: 0.001)
        let states = MarketState.states(on: series, bars: 0..<400)
        let signals = try TradingAI().signals(on: series, bars: 0..<400)
        var whole = EnsembleTrader(symbol: symbol, rules: rules())
        var broken = whole
        for bar in 0..<400 {
            let sum = signals[bar].side.sign * signals[bar].confidence
            _ = whole.advance(series.candles[bar], state: states[bar], sum: sum) { [] }
            broken = try JSONDecoder().decode(EnsembleTrader.self, from: JSONEncoder().encode(broken))
            _ = broken.advance(series.candles[bar], state: states[bar], sum: sum) { [] }
        }
        #expect(whole == broken && whole.equity != 1)
    }
}
