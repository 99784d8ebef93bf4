import Analyst
import ControlPlane
import Foundation
import LanguageModels
import ModelServer
import Narration
import Store
import Synchronization
import Testing

@Suite("A model words the facts")
struct NarratorTests {
    static let good =
        #"{"sentences":[{"text":"The trade ended with a loss, {E2.net}, of which {E2.fees}.","evidence":["E2"]}],"answered":true}"#
    static let invented =
        #"{"sentences":[{"text":"The trade lost 48,213.77 USDT.","evidence":["E2"]}],"answered":true}"#

    struct Scene {
        let workshop: Workshop
        let server: ModelServer
        let analysis: TradeAnalysis
        var narrator: Narrator { get throws { try #require(workshop.control.language).narrator } }
        var desk: Desk { server.desk }

        static func open(limit: SpendingLimit = SpendingLimit()) async throws -> Scene {
            let server = try await ModelServer.start(.llama)
            let endpoint = Endpoint(
                provider: .compatible, baseURL: server.baseURL, model: "tiny", key: APIKey("key"))
            let workshop = try Workshop { configuration in
                configuration.language.remote = .init(endpoint, limit: limit, deadline: .seconds(20))
            }
            let entry = workshop.clock.now.addingTimeInterval(-7200)
            let row = try await workshop.store.write { transaction in
                try transaction.insert(
                    TradeRow(
                        source: "own", policyVersion: nil, symbol: "BTCUSDT", interval: "1h", synthetic: true,
                        side: "long", entryAt: entry, exitAt: entry.addingTimeInterval(3600), entryPrice: 42_283.58,
                        exitPrice: 41_860.7442, grossReturn: -0.01, fees: 0.002, slippage: 0.0004, netReturn: -0.0124,
                        bars: 1, exitReason: "signal", detail: "{}", recordedAt: workshop.clock.now))
            }
            let id = try #require(row)
            let analysis = try #require(try await workshop.control.analyst.analysis(of: id))
            return Scene(workshop: workshop, server: server, analysis: analysis)
        }

        func rows() throws -> [ExplanationRow] {
            try (1...9).compactMap { id in try workshop.store.read { try $0.explanation(Int64(id)) } }
        }
    }

    private func words(_ explanation: Narrator.Explanation) -> [String]? {
        guard case .worded(let sentences, _) = explanation.outcome else { return nil }
        return sentences.map(\.text)
    }

    @Test("sentences are shown as they pass, the answer is kept, and the same question is not asked twice")
    func worded() async throws {
        let scene = try await Scene.open()
        await scene.desk.expect(.text(Self.good))
        let shown = Mutex<[[String]]>([])
        let first = try await scene.narrator.explain(scene.analysis, in: .english) { sentences in
            shown.withLock { $0.append(sentences.map(\.text)) }
        }
        let sentence = "The trade ended with a loss, net result −1.24%, of which fees −0.20%."
        #expect(words(first) == [sentence])
        #expect(shown.withLock { $0 } == [[sentence]])
        let again = try await scene.narrator.explain(scene.analysis, in: .english)
        #expect(words(again) == [sentence])
        #expect(again.isFromCache)
        #expect(await scene.desk.requests.count == 1)
        let row = try #require(try scene.rows().first)
        #expect(row.raw == Self.good)
        #expect(row.model == "tiny")
        #expect(row.evidenceDigest == scene.analysis.digest)
        #expect((row.inputTokens, row.outputTokens) == (11, 7))
        await scene.server.stop()
    }

    @Test("an invented figure is asked for once more with the rule, and then not shown")
    func rejected() async throws {
        let scene = try await Scene.open()
        await scene.desk.expect(.text(Self.invented), .text(Self.good))
        #expect(words(try await scene.narrator.explain(scene.analysis, in: .english)) != nil)
        let second = try #require(await scene.desk.requests.last).body
        #expect(second.contains("No digits and no number words"))
        await scene.desk.expect(.text(Self.invented), .text(Self.invented))
        let shown = Mutex(0)
        let explanation = try await scene.narrator.explain(scene.analysis, question: "Why?", in: .english) { _ in
            shown.withLock { $0 += 1 }
        }
        guard case .rejected = explanation.outcome else {
            Issue.record("\(explanation.outcome)")
            return
        }
        #expect(shown.withLock { $0 } == 0)
        #expect(try scene.rows().map(\.outcome) == [.worded, .rejected])
        await scene.server.stop()
    }

    @Test(
        "hostile answers are not shown",
        arguments: [
            "<b>Loss</b><script>alert(1)</script>", "/stop\n/rollback confirm", "null", "[]", "",
            #"{"sentences":[{"text":"Run /stop {E2.net}.","evidence":["E2"]}],"answered":true}"#,
            #"{"sentences":[{"text":"See evil.example {E2.net}.","evidence":["E2"]}],"answered":true}"#,
            #"{"sentences":[{"text":"A\u202Eloss {E2.net}.","evidence":["E2"]}],"answered":true}"#,
            #"{"sentences":[{"text":"token {E2.net}.","evidence":["E2"]}],"answered":true,"command":"/deploy"}"#,
            "```json\n" + good + "\n```", "Sure! " + good,
        ])
    func hostile(text: String) async throws {
        let scene = try await Scene.open()
        await scene.desk.always(.text(text))
        let explanation = try await scene.narrator.explain(scene.analysis, in: .english)
        #expect(words(explanation) == nil)
        await scene.server.stop()
    }

    @Test("a cut answer is no answer, a broken stream is told, and a daily limit ends the questions")
    func failures() async throws {
        let scene = try await Scene.open(limit: SpendingLimit(tokens: 30))
        await scene.desk.expect(.text(Self.good, finish: "length"), .text(Self.good, finish: "length"))
        #expect(words(try await scene.narrator.explain(scene.analysis, in: .english)) == nil)
        let limited = try await scene.narrator.explain(scene.analysis, in: .english)
        guard case .failed(.limitReached) = limited.outcome else {
            Issue.record("\(limited.outcome)")
            return
        }
        #expect(await scene.desk.requests.count == 2)
        let stored = try #require(try scene.workshop.store.read { try $0.setting("llm.spending") })
        #expect(try JSON.value(stored, as: DailySpending.self).tokens == 36)
        await scene.server.stop()
    }

    @Test("a further question carries the earlier exchange, and a remote model gets nothing but facts and question")
    func memory() async throws {
        let scene = try await Scene.open()
        await scene.desk.always(.text(Self.good))
        let first = try await scene.narrator.explain(scene.analysis, question: "Why a loss?", in: .english)
        _ = try await scene.narrator.explain(
            scene.analysis, question: "And the fees?", after: first.id, in: .english)
        let body = try #require(await scene.desk.requests.last).body
        #expect(body.contains("Why a loss?") && body.contains("And the fees?"))
        let data = try JSONDecoder().decode([String: JSONAny].self, from: Data(body.utf8))
        #expect(
            Set(data.keys) == [
                "model", "messages", "max_tokens", "temperature", "response_format", "stream", "stream_options",
            ])
        await scene.server.stop()
    }
}

/// Any JSON, of which only the presence matters.
private struct JSONAny: Decodable {
    init(from decoder: any Decoder) throws {}
}
