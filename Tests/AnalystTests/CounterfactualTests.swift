import Analyst
import Foundation
import Market
import Testing

/// Ten bars worked by hand: closes 100, 102, 104, 103, 101, 98, 97, 99, 100, 103, 105 after a flat history at 100.
@Suite("Counterfactuals worked by hand")
struct CounterfactualTests {
    private static let closes = [102.0, 104, 103, 101, 98, 97, 99, 100, 103, 105]
    /// 1 % a side, all of it fee, so that figures are plain.
    private static let costs = CostModel(feeBps: 100, slippageBps: 0)
    private static let paid = 0.99 * 0.99

    private func evidence(_ side: Exposure, entry: Int, exit: Int, reason: String = "signal", exitPrice: Double? = nil)
        -> LossEvidence
    {
        let length = Interval.fifteenMinutes.milliseconds
        let history = (0..<20).map {
            Candle(openTime: Int64($0) * length, open: 100, high: 101, low: 99, close: 100, volume: 1)
        }
        var candles = history
        for close in Self.closes {
            let open = candles[candles.count - 1].close
            candles.append(
                Candle(
                    openTime: Int64(candles.count) * length, open: open, high: max(open, close), low: min(open, close),
                    close: close, volume: 1))
        }
        let first = candles[19 + entry].close
        var prices = candles[19 + entry...19 + exit].map(\.close)
        if let exitPrice { prices[prices.count - 1] = exitPrice }
        let gross = zip(prices, prices.dropFirst()).reduce(1) { $0 * (1 + side.sign * ($1.1 / $1.0 - 1)) } - 1
        let net = (1 + gross) * Self.paid - 1
        let trade = ClosedTrade(
            id: 9, side: side, entryTime: Int64(20 + entry) * length, exitTime: Int64(20 + exit) * length,
            entryPrice: first, exitPrice: prices[prices.count - 1], grossReturn: gross, fees: gross - net, slippage: 0,
            netReturn: net, exitReason: reason)
        let series = CandleSeries(
            symbol: Symbol(rawValue: "TESTUSDT")!, interval: .fifteenMinutes, candles: candles, isSynthetic: true)
        return EvidenceBuilder.evidence(of: TradeCase(trade: trade, candles: series))
    }

    private func expect(_ evidence: LossEvidence, _ kind: EvidenceKind, _ expected: [String: Double]) {
        for (name, value) in expected {
            let found = evidence[kind]?.number(name)
            #expect(abs((found ?? .nan) - value) < 1e-12, "\(name): \(String(describing: found)), not \(value)")
        }
    }

    /// Long from 104 (bar 2) to 98 (bar 5).
    @Test("entries and exits moved by bars earn what the closes say, costs paid as before")
    func shifts() {
        let evidence = evidence(.long, entry: 2, exit: 5)
        expect(
            evidence, .entryTiming,
            [
                "earlier_1": 98.0 / 102 * Self.paid - 1, "earlier_3": 98.0 / 100 * Self.paid - 1,
                "earlier_6": 98.0 / 100 * Self.paid - 1, "later_1": 98.0 / 103 * Self.paid - 1,
                "best": 98.0 / 100 * Self.paid - 1, "recovered": (98.0 / 100 - 98.0 / 104) * Self.paid,
            ])
        expect(
            evidence, .exitTiming,
            [
                "earlier_1": 101.0 / 104 * Self.paid - 1, "later_1": 97.0 / 104 * Self.paid - 1,
                "later_3": 100.0 / 104 * Self.paid - 1,
            ])
        #expect(evidence[.entryTiming]?.number("later_3") == nil && evidence[.exitTiming]?.number("earlier_3") == nil)
    }

    @Test("the split: mean close of the bars held parts the entry from the exit")
    func split() {
        // Mean of 103, 101, 98 is 302/3.
        let evidence = evidence(.long, entry: 2, exit: 5)
        expect(
            evidence, .split,
            [
                "entry_timing": (302.0 / 3 - 104) / 104, "exit_timing": (98 - 302.0 / 3) / 104,
                "gross": 98.0 / 104 - 1, "fees": -(98.0 / 104) * (1 - Self.paid),
            ])
    }

    @Test("the opposite side is compounded bar by bar, half the size pays half the costs")
    func alternatives() {
        let short = (1 - (103.0 / 104 - 1)) * (1 - (101.0 / 103 - 1)) * (1 - (98.0 / 101 - 1))
        let half =
            (1 + (103.0 / 104 - 1) / 2) * (1 + (101.0 / 103 - 1) / 2) * (1 + (98.0 / 101 - 1) / 2) * 0.995 * 0.995
        expect(
            evidence(.long, entry: 2, exit: 5), .alternatives,
            ["no_trade": 0, "opposite": short * Self.paid - 1, "half_size": half - 1])
    }

    @Test("excursions are those of lows and highs, with the bars they fell in")
    func excursions() {
        // Long from 100 to 101 by way of 104.
        expect(
            evidence(.long, entry: 0, exit: 4), .path,
            [
                "mfe": 0.04, "mae": 0, "mfe_bar": 2, "exit_efficiency": 0.25, "given_back": 0.03,
                "net_at_best": 1.04 * Self.paid - 1,
            ])
        expect(evidence(.short, entry: 0, exit: 4), .path, ["mfe": 0, "mae": -0.04, "mae_bar": 2])
    }

    @Test("a stop leaves at its level, one beyond the range never")
    func stops() {
        // The true range is 2 in each of the 14 bars up to the entry at 100: stops at 98, 97 and 96.
        let evidence = evidence(.long, entry: 0, exit: 7)
        expect(evidence, .path, ["atr": 0.02])
        expect(
            evidence, .stops,
            [
                "stop_1_atr": 0.98 * Self.paid - 1, "stop_1_5_atr": 0.97 * Self.paid - 1,
                "stop_2_atr": 0.99 * Self.paid - 1,
            ])
    }

    @Test("hindsight holds what pays for its costs and nothing else")
    func hindsight() {
        // 100 → 104 → 97 → 105: long, short and long again earn 4, 7.1 and 8.2 % at 2 % a turn; worked by hand.
        let up = 1.04
        let down = (1 - (103.0 / 104 - 1)) * (1 - (101.0 / 103 - 1)) * (1 - (98.0 / 101 - 1)) * (1 - (97.0 / 98 - 1))
        let again = 105.0 / 97
        expect(
            evidence(.long, entry: 0, exit: 10), .hindsight,
            ["best": up * down * again * pow(0.99, 6) - 1, "trades": 3])
        // 104 → 103 alone does not pay 2 %.
        expect(evidence(.long, entry: 2, exit: 3), .hindsight, ["best": 0, "trades": 0])
    }

    @Test("costs that are more than half of the loss are the cause, and recover what they took")
    func costs() throws {
        // Long from 100 to 100: all of the loss is costs.
        let cause = try #require(Verdict(evidence(.long, entry: 0, exit: 8)).main)
        #expect(cause.kind == .costs && cause.evidence.map(\.rawValue) == ["E2"])
        #expect(abs((cause.recovered ?? 0) - (1 - Self.paid)) < 1e-12)
    }

    @Test("a trade that did not lose has no cause, one without candles and without much costs an unknown one")
    func others() throws {
        #expect(Verdict(evidence(.long, entry: 0, exit: 10)).causes.isEmpty)
        let trade = ClosedTrade(
            id: 1, side: .long, entryTime: 0, exitTime: 900_000, entryPrice: 100, exitPrice: 95, grossReturn: -0.05,
            fees: 0.002, slippage: 0, netReturn: -0.052, exitReason: "my bot's own words")
        let series = CandleSeries(symbol: Symbol(rawValue: "TESTUSDT")!, interval: .fifteenMinutes, candles: [])
        let evidence = EvidenceBuilder.evidence(of: TradeCase(trade: trade, candles: series))
        #expect(Verdict(evidence).causes.map(\.kind) == [.unknown])
        #expect(evidence.items.first { $0.kind == .luck }?.missing == .noCandles)
        #expect(evidence[.trade]?.text("exit_reason") == "other")
        #expect(evidence.items.count == EvidenceKind.allCases.count)
    }
}
