import Foundation
import Market
import Neural
import Simulation
import Testing

@Suite("Back-tests and walkers") struct BacktestTests {
    /// Goes through a list of exposures, one a decision.
    private func script(_ exposures: [Exposure]) -> (UnsafeBufferPointer<Float>) -> PolicyDecision {
        var rest = exposures[...]
        return { _ in PolicyDecision(exposure: rest.popFirst() ?? .flat, probabilities: [0.2, 0.3, 0.5], value: 0.7) }
    }

    private func tables(_ closes: [Double], edit: (inout [Candle]) -> Void = { _ in }) throws -> MarketTables {
        var candles = MarketFixture.candles(then: closes)
        edit(&candles)
        return try MarketTables(MarketFixture.series(candles))
    }

    private let costs = CostModel(feeBps: 10, slippageBps: 5)

    @Test("a long trade's book: prices, excursions, costs, times")
    func longTrade() throws {
        let tables = try tables([100, 104, 102, 103, 103]) {
            $0[161].high = 106
            $0[162].low = 97
        }
        let result = try Backtest.run(
            tables, bars: 160..<165, costs: costs, decide: script([.long, .long, .long, .flat]))
        let trade = try #require(result.trades.first)
        #expect(result.trades.count == 1)
        #expect(trade.side == .long && trade.exitReason == .signal && trade.barsHeld == 3)
        #expect(trade.entryPrice == 100 && trade.exitPrice == 103)
        #expect(trade.entryTime == 161 * 900_000 && trade.exitTime == 164 * 900_000)
        #expect(trade.entryBar == 160 * 900_000 && trade.exitBar == 163 * 900_000)
        // 15 basis points a side, a third of them slippage: 1.03 · 0.9985² − 1.
        #expect(abs(trade.grossReturn - 0.03) < 1e-12)
        #expect(abs(trade.netReturn - 0.0269123175) < 1e-9)
        #expect(abs(trade.fees - 2 * trade.slippage) < 1e-12)
        #expect(abs(trade.grossReturn - trade.fees - trade.slippage - trade.netReturn) < 1e-15)
        #expect(abs(trade.favourableExcursion - 0.06) < 1e-12 && abs(trade.adverseExcursion - -0.03) < 1e-12)
        #expect(trade.entryDecision == PolicyDecision(exposure: .long, probabilities: [0.2, 0.3, 0.5], value: 0.7))
        #expect(trade.entryObservation == tables.observation(bar: 160, costs: costs))
        #expect(trade.layout == "trading-1" && trade.isWin)
        #expect(abs(result.totalReturn - 0.0269123175) < 1e-9)
        #expect(result.exposures == [.long, .long, .long, .flat])
        #expect(result.closes == [100, 104, 102, 103, 103])
        // Equity is that of the close before trading there; the entry's cost shows at the next bar.
        #expect(result.equity[0] == 1)
        #expect(abs(result.equity[1] - 1.04 * 0.9985) < 1e-12)
        #expect(abs(result.equity[4] - 1.03 * 0.9985 * 0.9985) < 1e-12)
    }

    @Test("a flip closes one trade, opens the other and splits its cost between them")
    func flip() throws {
        let tables = try tables([100, 110, 99, 99])
        let result = try Backtest.run(tables, bars: 160..<163, costs: costs, decide: script([.long, .short]))
        #expect(result.trades.map(\.side) == [.long, .short])
        #expect(result.trades.map(\.exitReason) == [.flip, .endOfData])
        // Entry 0.9985, flip 0.997, exit 0.9985; the short gains 10 % of its equity.
        #expect(abs(result.totalReturn - (0.9985 * 1.1 * 0.997 * 1.1 * 0.9985 - 1)) < 1e-12)
        let product = result.trades.reduce(1) { $0 * (1 + $1.netReturn) }
        #expect(abs(product - 1 - result.totalReturn) < 1e-12)
        #expect(abs(result.trades[1].grossReturn - 0.1) < 1e-12)
        #expect(abs(result.trades[0].netReturn - (0.9985 * 1.1 * 0.997.squareRoot() - 1)) < 1e-12)
    }

    @Test("a stop leaves within the bar, and the policy decides anew at its close")
    func stop() throws {
        let tables = try tables([100, 96, 97, 98])
        let result = try Backtest.run(
            tables, bars: 160..<164, costs: costs, protection: Protection(stopLoss: 0.02),
            decide: script([.long, .short, .flat]))
        #expect(result.trades.map(\.exitReason) == [.stopLoss, .signal])
        #expect(result.trades[0].exitPrice == 98 && result.trades[0].exitBar == 161 * 900_000)
        #expect(abs(result.trades[0].netReturn - (0.98 * 0.9985 * 0.9985 - 1)) < 1e-12)
        #expect(abs(result.trades[0].adverseExcursion - -0.02) < 1e-12)
        #expect(result.trades[1].entryPrice == 96)
        #expect(abs(result.totalReturn - (0.98 * pow(0.9985, 4) * (1 - 1.0 / 96) - 1)) < 1e-12)
    }

    @Test("what is open at the end is closed there with its costs")
    func openAtEnd() throws {
        let held = try Backtest.buyAndHold(try tables([100, 104, 102, 103, 105]), bars: 160..<165, costs: costs)
        #expect(held.trades.count == 1 && held.trades[0].exitReason == .endOfData && held.trades[0].barsHeld == 4)
        #expect(abs(held.totalReturn - (1.05 * 0.9985 * 0.9985 - 1)) < 1e-12)
    }

    @Test("net returns, equity and trades tell the same story", arguments: [1, 2, 3] as [UInt64])
    func accounting(seed: UInt64) throws {
        let result = try randomBacktest(seed: seed, protection: Protection(stopLoss: 0.004, takeProfit: 0.006))
        #expect(result.trades.count > 50)
        #expect(Set(result.trades.map(\.exitReason)).isSuperset(of: [.signal, .flip, .stopLoss, .takeProfit]))
        var log = 0.0
        for (index, change) in result.netLogReturns.enumerated() {
            log += change
            #expect(abs(exp(log) - result.equity[index + 1]) < 1e-9)
        }
        let product = result.trades.reduce(1) { $0 * (1 + $1.netReturn) }
        #expect(abs(product - 1 - result.totalReturn) < 1e-9)
    }

    @Test(
        "a back-test earns and sees what the training environment pays and shows",
        arguments: [Protection.none, Protection(stopLoss: 0.004, takeProfit: 0.006)])
    func sameAsEnvironment(protection: Protection) throws {
        let tables = try MarketFixture.tables(800)
        let length = tables.usableBars.count - 1
        let environment = try TradingEnvironment(
            windows: [TradingWindow(tables)],
            configuration: TradingConfiguration(
                episodeLength: length, costs: costs, protection: protection, ending: .terminal),
            copies: 1, seed: 0)
        var driven = DrivenEnvironment(environment)
        var stream = ActionStream(8)
        let actions = (0..<length).map { _ in stream.next() % 4 == 0 ? stream.action() : 1 }
        var shown: [[Float]] = []
        var paid: [Float] = []
        driven.reset()
        for action in actions {
            shown.append(driven.observation(0))
            driven.step([action])
            paid.append(driven.rewards[0])
        }
        var seen: [[Float]] = []
        let result = try Backtest.run(tables, costs: costs, protection: protection) { observation in
            seen.append(Array(observation))
            return PolicyDecision(exposure: Exposure(rawValue: Int(actions[seen.count - 1])) ?? .flat)
        }
        #expect(seen == shown)
        for (reward, change) in zip(paid, result.netLogReturns) { #expect(abs(Double(reward) - 100 * change) < 1e-5) }
    }

    @Test("a walker stored after every bar, on tables cut anew each time, trades exactly as the back-test")
    func restarts() throws {
        let candles = MarketFixture.candles(500)
        let protection = Protection(stopLoss: 0.004, takeProfit: 0.006)
        let whole = try randomBacktest(seed: 9, count: 500, protection: protection)
        var walker = try TradeWalker(
            symbol: MarketFixture.symbol, interval: .fifteenMinutes, costs: costs, protection: protection)
        var trades: [TradeRecord] = []
        for bar in 159..<500 {
            walker = try JSONDecoder().decode(TradeWalker.self, from: try JSONEncoder().encode(walker))
            let recent = Array(candles[max(0, bar - 159 - bar % 7)...bar])
            let tables = try MarketTables(MarketFixture.series(recent))
            let step =
                bar == 499
                ? try walker.finish(tables, bar: recent.count - 1)
                : try walker.advance(tables, bar: recent.count - 1) { randomDecision($0, seed: 9) }
            if let closed = step.closed { trades.append(closed) }
            if bar > 159, bar < 499 {
                let before = whole.equity[bar - 159]
                #expect(abs(step.equity * exp(-step.tradingLogReturn) - before) < 1e-15)
            }
        }
        #expect(trades == whole.trades)
        #expect(walker.equity == whole.equity.last)
        #expect(walker.trades == whole.trades.count && walker.exposure == .flat)
    }

    @Test("bars that cannot be walked are refused and leave the walker as it was")
    func refusals() throws {
        let tables = try MarketFixture.tables(300)
        var walker = try TradeWalker(symbol: MarketFixture.symbol, interval: .fifteenMinutes)
        _ = try walker.advance(tables, bar: 200) { _ in PolicyDecision(exposure: .long) }
        let before = walker
        struct Refusal: Error {}
        #expect(throws: BacktestError.alreadyWalked(openTime: 200 * 900_000, last: 200 * 900_000)) {
            try walker.advance(tables, bar: 200) { _ in PolicyDecision(exposure: .flat) }
        }
        #expect(throws: BacktestError.bars(300..<301, usable: 159..<300)) {
            try walker.advance(tables, bar: 300) { _ in PolicyDecision(exposure: .flat) }
        }
        #expect(throws: Refusal.self) { try walker.advance(tables, bar: 201) { _ in throw Refusal() } }
        let other = CandleSeries(
            symbol: Symbol(rawValue: "OTHER")!, interval: .fifteenMinutes, candles: MarketFixture.candles(300))
        let otherTables = try MarketTables(other)
        #expect(throws: BacktestError.self) {
            try walker.advance(otherTables, bar: 250) { _ in PolicyDecision(exposure: .flat) }
        }
        #expect(walker == before)
        #expect(throws: BacktestError.bars(100..<200, usable: 159..<300)) {
            try Backtest.buyAndHold(tables, bars: 100..<200)
        }
        #expect(throws: BacktestError.bars(200..<201, usable: 159..<300)) {
            try Backtest.buyAndHold(tables, bars: 200..<201)
        }
        #expect(throws: BacktestError.self) { try Backtest.buyAndHold(tables, costs: CostModel(feeBps: -1)) }
    }

    @Test("bars may be missing between two steps of a walker")
    func skippedBars() throws {
        let tables = try tables([100, 104, 102, 110])
        var walker = try TradeWalker(symbol: MarketFixture.symbol, interval: .fifteenMinutes, costs: costs)
        _ = try walker.advance(tables, bar: 160) { _ in PolicyDecision(exposure: .long) }
        let step = try walker.advance(tables, bar: 163) { _ in PolicyDecision(exposure: .long) }
        #expect(abs(step.heldLogReturn - log(1.1)) < 1e-12)
        #expect(step.opened == nil && step.closed == nil && step.exposure == .long)
    }

    /// A decision that depends on nothing but the observation, so that two walks can be compared.
    private func randomDecision(_ observation: UnsafeBufferPointer<Float>, seed: UInt64) -> PolicyDecision {
        let hash = observation.reduce(seed) { ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01b3 }
        var stream = RandomStream(seed: hash)
        let exposure: Exposure = stream.uniform() < 0.7 ? .long : (Exposure(rawValue: stream.below(3)) ?? .flat)
        return PolicyDecision(exposure: exposure, probabilities: [0.1, 0.2, 0.7], value: Float(stream.uniform()))
    }

    private func randomBacktest(seed: UInt64, count: Int = 900, protection: Protection) throws -> BacktestResult {
        try Backtest.run(try MarketFixture.tables(count), costs: costs, protection: protection) {
            randomDecision($0, seed: seed)
        }
    }
}
