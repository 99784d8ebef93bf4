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
