import ControlBot
import ControlPlane
import Foundation
import GRDB
import Store
import Testing

/// Messages on a network that does what the script says.
struct OutboxServiceTests {
    private let office: Office

    init() throws { office = try Office.staffed() }

    private func add(_ names: String..., kind: String = "alarm", chat: Int64 = Office.admin) throws {
        for name in names {
            let event: ControlEvent = try JSON.value(
                "{\"alarmRaised\":{\"_0\":{\"key\":\"k\",\"detail\":\"\(name)\",\"since\":\"2024-03-01T12:00:00Z\"}}}")
            try office.write { transaction in
                let id = try transaction.tell(event, at: office.clock.now)
                try transaction.enqueue(
                    OutboxRecord(
                        dedupeKey: name, chatId: chat, eventId: id, content: "{\"event\":{\"_0\":\(id)}}", class: kind,
                        createdAt: office.clock.now))
            }
        }
    }

    private func rows() throws -> [OutboxRecord] {
        try office.store.pool.read { try OutboxRecord.fetchAll($0, sql: "SELECT * FROM outbox ORDER BY id") }
    }

    private func texts() -> [String] { office.transport.shown.map { $0.text.trimmingCharacters(in: .newlines) } }

    @Test("messages of a chat arrive in order, each settled with its number in the chat")
    func ordered() async throws {
        try add("one", "two", "three")
        #expect(try await office.deliver().map(\.text) == ["🚨 one", "🚨 two", "🚨 three"])
        #expect(try rows().map(\.messageId) == office.transport.shown.map(\.id))
        #expect(try rows().allSatisfy { $0.state == .sent && $0.sentAt == office.clock.now })
    }

    @Test("without a network a message waits and goes first when there is one again")
    func unavailable() async throws {
        try add("one", "two")
        office.transport.play(.unavailable("no network"), .unavailable("no network"))
        #expect(try await office.deliver().isEmpty)
        #expect(try rows().map(\.state) == [.pending, .pending])
        #expect(try rows()[0].notBefore == office.clock.now.addingTimeInterval(2))
        office.clock.advance(2)
        #expect(try await office.deliver().isEmpty)
        // Twice the wait.
        #expect(try rows()[0].notBefore == office.clock.now.addingTimeInterval(4))
        office.clock.advance(4)
        #expect(try await office.deliver().map(\.text) == ["🚨 one", "🚨 two"])
        #expect(office.transport.attempts == 4)
    }

    @Test("after days without a network a notice is given up, and the next one is not")
    func expired() async throws {
        try add("old")
        office.transport.play(.unavailable("no network"))
        office.clock.advance(3 * 86_400 + 1)
        try add("new")
        #expect(try await office.deliver().map(\.text) == ["🚨 new"])
        #expect(try rows().map(\.state) == [.expired, .sent])
    }

    @Test("a notice that comes late says how late")
    func late() async throws {
        try add("one")
        office.clock.advance(121)
        #expect(try await office.deliver().map(\.text) == ["🚨 one\n(sent 2 min late)"])
    }

    @Test("a critical message without an answer is sent once more, marked, and then left")
    func uncertain() async throws {
        try add("one", "two")
        office.transport.play(.uncertain("timeout"), .uncertain("timeout"))
        #expect(try await office.deliver().isEmpty)
        office.clock.advance(2)
        #expect(try await office.deliver().map(\.text) == ["🚨 two"])
        #expect(try rows().map(\.state) == [.uncertain, .sent])
        #expect(office.transport.attempts == 3)
    }

    @Test("the second sending says that it may be a repeat")
    func marked() async throws {
        try add("one")
        office.transport.play(.uncertain("timeout"))
        try await office.deliver()
        office.clock.advance(2)
        #expect(try await office.deliver().map(\.text) == ["🚨 one\n(may be a repeat: the first sending got no answer)"])
    }

    @Test("a message that may be missed is not sent again")
    func uncritical() async throws {
        try add("one", kind: "schedule")
        office.transport.play(.uncertain("timeout"))
        try await office.deliver()
        office.clock.advance(60)
        #expect(try await office.deliver().isEmpty)
        #expect(try rows().map(\.state) == [.uncertain])
        #expect(try rows()[0].error == "timeout")
    }

    @Test("what was on its way when the process died: critical ones again and marked, others left as uncertain")
    func died() async throws {
        try add("critical")
        try add("other", kind: "schedule", chat: Office.viewer)
        let claimed = try office.write { try $0.claimDueMessages(now: office.clock.now) { _ in true } }
        #expect(claimed.count == 2)
        try await office.runOutbox { try $0.outboxCounts() == [.sent: 1, .uncertain: 1] }
        #expect(texts() == ["🚨 critical\n(may be a repeat: the first sending got no answer)"])
    }

    @Test("a chat that is gone is muted, and its people hear nothing more")
    func gone() async throws {
        try add("one")
        office.transport.play(.refused("bot was blocked by the user", isChatGone: true))
        try await office.deliver()
        #expect(try rows().map(\.state) == [.failed])
        #expect(try office.store.read { try $0.user(Office.admin) }?.mutedReason == "bot was blocked by the user")
        #expect(try office.store.read { try $0.user(Office.viewer) }?.mutedReason == nil)
    }

    @Test("a message that is refused for itself fails alone")
    func refused() async throws {
        try add("bad", "good")
        office.transport.play(.refused("message is too long", isChatGone: false))
        #expect(try await office.deliver().map(\.text) == ["🚨 good"])
        #expect(try rows().map(\.state) == [.failed, .sent])
        #expect(try office.store.read { try $0.user(Office.admin) }?.mutedReason == nil)
    }

    @Test("a chat that moved takes its later messages along")
    func moved() async throws {
        try add("one", "two")
        office.transport.play(.delivered(message: 5, movedTo: -1001))
        try await office.deliver()
        #expect(office.transport.shown.map(\.chat) == [Office.admin, -1001])
        #expect(try office.store.read { try $0.user(Office.admin) }?.chatId == -1001)
    }

    @Test("results are counted for the metrics by what became of them")
    func counted() async throws {
        try add("one", "two")
        office.transport.play(.refused("no", isChatGone: false))
        try await office.deliver()
        let text = office.control.metrics.exposition
        #expect(text.contains("marketflow_bot_sends_total{result=\"refused\"} 1"))
        #expect(text.contains("marketflow_bot_sends_total{result=\"sent\"} 1"))
    }
}
