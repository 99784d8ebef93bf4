import ControlPlane
import Ensemble
import Foundation
import LanguageModels
import Market
import ModelServer
import Store
import Testing

struct LanguageVoterTests {
    @Test(
        "a language model is asked once a bar, counts from the next bar on for four bars in the shadow, and is silent then"
    )
    func votes() async throws {
        let server = try await ModelServer.start(.llama)
        let endpoint = Endpoint(provider: .compatible, baseURL: server.baseURL, model: "tiny", key: APIKey("key"))
        let shop = try Workshop {
            $0.language.remote = .init(endpoint, limit: SpendingLimit(), deadline: .seconds(20))
        }
        let voter = try #require(shop.control.languageVoter)
        let symbol = try #require(Symbol(rawValue: "BTCUSDT"))
        await server.desk.always(.text(#"{"side":"short","confidence":"medium"}"#))
        shop.clock.advance(3600)
        try await shop.control.ingestAndTrade()
        try await eventually { try voter.votes(on: symbol).count == 1 }
        let bar = try #require(try voter.votes(on: symbol).first?.bar)
        #expect(bar == (try shop.store.lastCandleTime(symbol: symbol, interval: .oneHour, isSynthetic: true)))
        await voter.ask()
        let requests = await server.desk.requests
        #expect(requests.count == 1 && requests[0].body.contains("BTCUSDT") && requests[0].body.contains("return 96"))

        // From now on nonsense: no answer.
        await server.desk.always(.text("Buy!"))
        shop.clock.advance(6 * 3600)
        try await shop.control.ingestAndTrade()
        await voter.ask()
        let heard = try shop.store.read { try $0.decisions(limit: 100) }.sorted { $0.bar < $1.bar }.map { row in
            try JSON.value(row.votes, as: [EnsembleDecision.Vote].self).first { $0.model == "mistral_ai" }
        }
        #expect(heard.map(\.?.side) == [.flat, .short, .short, .short, .short, .flat, .flat])
        #expect(heard.allSatisfy { $0?.weight == 0 })
        #expect(heard[1]?.confidence == 2.0 / 3)
        #expect(try voter.votes(on: symbol).count == 1)
        await server.stop()
    }

    @Test("without a language model nobody votes under its name")
    func absent() async throws {
        let shop = try Workshop()
        #expect(shop.control.languageVoter == nil)
        try await shop.control.ingestAndTrade()
        let decisions = try shop.store.read { try $0.decisions(limit: 10) }
        #expect(!decisions.isEmpty && decisions.allSatisfy { !$0.votes.contains("mistral_ai") })
    }
}
