import Analyst
import Foundation
import Market
import Neural
import Simulation
import Testing

@Suite("A ledger of trades")
struct LedgerTests {
    @Test("the split sums to the net result within 1e-9 on each of 10,000 random trades, with candles or without")
    func split() throws {
        var random = RandomStream(seed: 77)
        var tape = Tape(random: random.split("tape"), sigma: 0.01)
        for _ in 0..<700 { tape.append(0.01 * random.normal()) }
        var worst = 0.0
        for id in 0..<10_000 {
            let bars = 1 + random.below(60)
            let entry = 20 + random.below(600 - bars)
            let costs = CostModel(feeBps: 40 * random.uniform(), slippageBps: 20 * random.uniform())
            var trade = tape.trade(
                id: Int64(id + 1), side: random.below(2) == 0 ? .long : .short, entry: entry, bars: bars, costs: costs,
                reason: random.below(3) == 0 ? "stop_loss" : "flip")
            if random.below(4) == 0 {
                // As a user's own bot may report it: figures that do not follow from each other, times between closes.
                trade.grossReturn += 0.002 * random.normal()
                trade.netReturn = trade.grossReturn - trade.fees - trade.slippage + 0.001 * random.normal()
                trade.entryTime += 1234
            }
            // Few bars around, so that ten thousand take no time: the split needs those of the trade alone.
            let series = random.below(5) == 0 ? tape.series[0..<1] : tape.series[entry - 15..<entry + bars + 2]
            let evidence = EvidenceBuilder.evidence(of: TradeCase(trade: trade, candles: series))
            let sum = evidence.split.reduce(0) { $0 + $1.value }
            worst = max(worst, abs(sum - trade.netReturn))
            #expect(evidence.net == trade.netReturn)
        }
        #expect(worst < 1e-9, "\(worst)")
    }

    @Test("the same case gives the same evidence, byte for byte")
    func deterministic() throws {
        for plant in Plant.allCases {
            let one = try EvidenceBuilder.evidence(of: plant.trade(7)).json()
            #expect(try EvidenceBuilder.evidence(of: plant.trade(7)).json() == one)
        }
    }
}
