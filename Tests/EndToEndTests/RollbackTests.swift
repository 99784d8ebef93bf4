import BotAPIServer
import Foundation
import Store
import Testing

@Suite("Rolling back", .serialized, .timeLimit(.minutes(2)))
struct RollbackTests {
    /// No second challenger is good enough: what serves is the operator's decision alone.
    static let strict = ["gate.alpha": "0.001", "gate.min_trades": "100000"]

    /// Two versions: the first serves, the second was rejected.
    private func visit(_ body: (Town) async throws -> Void) async throws {
        try await Town.visit { town in
            _ = try await town.serveAndPair(Self.strict)
            for cycle in 1...2 as ClosedRange<Int64> {
                try await town.asks("/train", expecting: "Cycle \(cycle) queued")
                _ = try await town.waitForEnd(of: cycle)
            }
            try await body(town)
        }
    }

    @Test("a rejected challenger is told in the same four lines, and what serves is kept")
    func rejection() async throws {
        try await visit { town in
            let notice = try await town.reads("Kept: ")
            let lines = notice.text.split(separator: "\n")
            #expect(lines[0] == "🤖 Continual Learning Update")
            #expect(lines[1] == "Model: RL-Agent-v2")
            #expect(lines[2].wholeMatch(of: /Reward [↑↓] [+−-]\d+\.\d%, Drawdown [↑↓] \d+%/) != nil, "\(lines[2])")
            #expect(lines[3] == "Kept: RL-Agent-v1 (RL-Agent-v2 was not better)")
            #expect(notice.buttons.joined().map(\.text) == ["Details", "Compare"])
            try await town.presses("Compare", on: notice)
            _ = try await town.reads("RL-Agent-v2 against RL-Agent-v1")
            #expect(try town.champion() == "RL-Agent-v1")
            _ = try await town.asks("/models", expecting: "RL-Agent-v2 · rejected")
        }
    }

    @Test("/rollback asks first, does it when confirmed, and the same button a second time does nothing")
    func confirmation() async throws {
        try await visit { town in
            let question = try await town.asks("/rollback 2", expecting: "Roll back from RL-Agent-v1 to RL-Agent-v2?")
            #expect(question.buttons.joined().map(\.text) == ["Yes, do it", "No, leave it"])
            #expect(try town.champion() == "RL-Agent-v1", "nothing happens before the answer")

            try await town.presses("Yes, do it", on: question)
            _ = try await town.reads("RL-Agent-v2 serves again (was RL-Agent-v1)", after: question.id)
            try await eventually("the link") { try town.champion() == "RL-Agent-v2" ? () : nil }
            #expect(try town.stored { try $0.policy(in: .champion)?.version } == 2)
            #expect(try town.stored { try $0.policy(in: .fallback)?.version } == 1)

            let yes = try #require(question.buttons.joined().first?.data)
            let press = await town.telegram.press(data: yes, message: question, from: Town.admin)
            #expect(try await town.telegram.waitForAnswer(to: press).text?.contains("expired or was used") == true)
            #expect(try town.champion() == "RL-Agent-v2")

            let undo = try await town.asks("/rollback", expecting: "Roll back from RL-Agent-v2 to RL-Agent-v1?")
            try await town.presses("No, leave it", on: undo)
            #expect(try town.stored { try $0.policy(in: .champion)?.version } == 2)
            let again = try await town.asks("/rollback", expecting: "Roll back from RL-Agent-v2 to RL-Agent-v1?")
            try await town.presses("Yes, do it", on: again)
            try await eventually("the link") { try town.champion() == "RL-Agent-v1" ? () : nil }
            #expect(await town.telegram.violations.isEmpty)
        }
    }

    @Test("a version whose files were tampered with does not serve, and the question is not even asked")
    func damagedVersion() async throws {
        try await visit { town in
            let weights = town.policies.appendingPathComponent("RL-Agent-v2/weights.mfp")
            var bytes = try Data(contentsOf: weights)
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: weights)
            let answer = try await town.asks("/rollback 2", expecting: "RL-Agent-v2 cannot serve")
            #expect(answer.buttons.isEmpty)
            #expect(try town.champion() == "RL-Agent-v1")
        }
    }

    @Test("someone else's button and a button of one's own making do nothing")
    func foreignButtons() async throws {
        try await visit { town in
            let question = try await town.asks("/rollback 2", expecting: "Roll back from")
            let yes = try #require(question.buttons.joined().first?.data)
            await town.telegram.addUser(66, firstName: "Mallory")
            for data in [yes, "rollback 2", String(repeating: "x", count: 64)] {
                let press = await town.telegram.press(data: data, message: question, from: 66)
                _ = try await town.telegram.waitForAnswer(to: press)
            }
            let forged = await town.telegram.press(data: "/rollback 2", message: question, from: Town.admin)
            #expect(try await town.telegram.waitForAnswer(to: forged).text?.contains("expired") == true)
            #expect(try town.champion() == "RL-Agent-v1")
            #expect(try town.stored { try $0.policy(in: .champion)?.version } == 1)
        }
    }
}
