import ControlPlane
import Ensemble
import Foundation
import Market
import Store
import Testing

struct EnsemblePaperTests {
    /// Hour after hour for `days`, with a new control plane on the same folder every `restart` hours.
    private func live(_ days: Int, restart: Int) async throws -> Workshop {
        var shop = try Workshop { $0.ensemble.rules.maximumBars = 12 }
        for hour in 0..<days * 24 {
            if hour % restart == restart - 1 {
                shop = try Workshop(folder: shop.folder, clock: shop.clock) { $0.ensemble.rules.maximumBars = 12 }
            }
            shop.clock.advance(3600)
            try await shop.control.ingestAndTrade()
        }
        return shop
    }

    @Test(
        "it trades new candles beside the champion; books and open positions survive restarts; every decision has its votes"
    )
    func restarts() async throws {
        let (steady, broken) = (try await live(8, restart: 10_000), try await live(8, restart: 5))
        let trades = try [steady, broken].map { shop in
            try shop.store.read { try $0.trades(limit: 1000) }.filter { $0.source == "ensemble" }
                .map { [$0.entryPrice, $0.exitPrice, $0.netReturn] }
        }
        #expect(trades[0] == trades[1] && trades[0].count >= 5)
        let decisions = try steady.store.read { try $0.decisions(limit: 10_000) }
        // One a candle from the first walk on.
        #expect(decisions.count == 8 * 24)
        #expect(Set(decisions.map(\.bar)).count == decisions.count)
        let votes = try JSON.value(decisions[0].votes, as: [EnsembleDecision.Vote].self)
        #expect(Set(votes.map(\.model)) == ["trading_ai", "lava_ai"])
    }

    @Test("a closed trade is told, stored with its votes, and moves the weights once both of its sides are known")
    func learns() async throws {
        let shop = try await live(8, restart: 10_000)
        let (trades, changes, weights) = try shop.store.read { transaction in
            (
                try transaction.trades(limit: 1000).filter { $0.source == "ensemble" },
                try transaction.weightChanges(ofSession: nil), try shop.control.ensemble.weights(transaction)
            )
        }
        let detail = try #require(try trades[0].decodedDetail())
        #expect(detail.decision?.votes.isEmpty == false)
        let told = try shop.events().filter {
            if case .tradeClosed(let notice) = $0 { notice.source == "ensemble" } else { false }
        }
        #expect(told.count == trades.count)
        let moves = changes.filter { !$0.trade.isEmpty }
        #expect(!moves.isEmpty && moves.allSatisfy { move in trades.contains { $0.id == move.tradeId } })
        // lgbm_ai was never trained here: in the shadow, its weight kept in mind.
        #expect(weights["lgbm_ai"]?.state == .shadow && weights["lgbm_ai"]?.remembered == 0.40)
        #expect(abs((weights["trading_ai"]?.weight ?? 0) + (weights["lava_ai"]?.weight ?? 0) - 1) < 1e-9)
    }

    @Test(
        "an adopted rule votes from its adoption on, in the shadow and scored, also after a restart; dropped, it is gone"
    )
    func rules() async throws {
        var shop = try Workshop { $0.ensemble.rules.maximumBars = 12 }
        func live(_ hours: Int) async throws {
            for _ in 0..<hours {
                shop.clock.advance(3600)
                try await shop.control.ingestAndTrade()
            }
        }
        func restart() throws {
            shop = try Workshop(folder: shop.folder, clock: shop.clock) { $0.ensemble.rules.maximumBars = 12 }
        }
        try await live(2)
        let text = "long when close > sma(2); short when close < sma(2)"
        let id = try shop.write { [now = shop.clock.now] in
            try $0.insert(StrategyRow(text: text, author: "Ada", report: "{}", adoptedAt: now))
        }
        #expect(id == 1)
        try await live(4 * 24)
        try restart()
        try await live(4 * 24)
        // Oldest first. Above the mean of itself and the bar before is above the bar before.
        let decisions = try shop.store.read { try $0.decisions(limit: 10_000) }.sorted { $0.bar < $1.bar }
        let closes = try shop.store.candles(
            symbol: try #require(Symbol(rawValue: "BTCUSDT")), interval: .oneHour, isSynthetic: true, limit: 1000
        ).candles
        for (place, decision) in decisions.enumerated() {
            let votes = try JSON.value(decision.votes, as: [EnsembleDecision.Vote].self)
            guard let vote = votes.first(where: { $0.model == "rule_1" }) else {
                #expect(place < 2)
                continue
            }
            let bar = try #require(closes.firstIndex { $0.openTime == decision.bar })
            #expect(place >= 2 && vote.weight == 0 && vote.confidence == 1)
            #expect((vote.side == .long) == (closes[bar].close > closes[bar - 1].close))
        }
        func member() throws -> EnsembleMember? {
            try shop.store.read { try shop.control.ensemble.weights($0)["rule_1"] }
        }
        let scored = try #require(try member())
        #expect(scored.state == .shadow && scored.record.trades >= 5)

        // Dropped while it has a weight: the others get it.
        try shop.write { transaction in
            _ = try shop.control.ensemble.change(transaction, reason: "test") { try $0.admit("rule_1", reason: "test") }
            #expect(try shop.control.ensemble.dropRule(1, in: transaction)?.text == text)
        }
        #expect(try member() == nil)
        try await live(1)
        try restart()
        try await live(1)
        #expect(try member() == nil)
        let weights = try shop.store.read { try shop.control.ensemble.weights($0) }
        #expect(abs(weights.table.values.reduce(0, +) - 1) < 1e-9)
        let newest = try shop.store.read { try $0.decisions(limit: 10_000) }.max { $0.bar < $1.bar }
        #expect(try #require(newest).votes.contains("rule_1") == false)
    }

    @Test("a rule that is the only one listened to stays, and so does its weight")
    func lastRule() throws {
        let shop = try Workshop()
        try shop.write { transaction in
            let row = StrategyRow(
                text: "long when rsi(14) < 30", author: "Ada", report: "{}", adoptedAt: shop.clock.now)
            _ = try transaction.insert(row)
            let only = ["rule_1": 1.0, "trading_ai": 0, "lava_ai": 0, "lgbm_ai": 0]
            _ = try shop.control.ensemble.change(transaction, reason: "test") { try $0.set(only, by: "Ada") }
            #expect(throws: WeightError.noActiveModel) { _ = try shop.control.ensemble.dropRule(1, in: transaction) }
            #expect(try transaction.strategies().count == 1)
            #expect(try shop.control.ensemble.weights(transaction)["rule_1"]?.weight == 1)
        }
    }

    @Test("a model that fails goes into the shadow with its reason, and trading goes on")
    func fault() async throws {
        let shop = try Workshop {
            $0.ensemble.models = [("trading_ai", 0.5), ("mad", 0.5)]
        }
        shop.control.ensemble.add(
            WindowModel("mad", history: 1) { _ in Signal(.long, confidence: .infinity, reason: "") })
        for _ in 0..<3 {
            shop.clock.advance(3600)
            try await shop.control.ingestAndTrade()
        }
        let weights = try shop.store.read { try shop.control.ensemble.weights($0) }
        #expect(weights["mad"]?.state == .shadow && weights["mad"]?.reason.contains("confidence of inf") == true)
        #expect(weights["trading_ai"]?.weight == 1)
        #expect(try shop.store.read { try $0.decisions(limit: 10) }.count == 3)
    }
}
