import Foundation
import Store
import Testing

/// Messages on their way to chats.
struct OutboxTests {
    private let folder: Folder
    private let store: Store

    init() throws {
        folder = try Folder()
        store = try folder.store()
    }

    private func add(_ key: String, chat: Int64 = 1, state: OutboxState = .pending, event: Int64? = nil) throws {
        try store.write {
            try $0.enqueue(
                OutboxRecord(
                    dedupeKey: key, chatId: chat, eventId: event, content: key, class: "alarm", state: state,
                    createdAt: noon))
        }
    }

    private func claim(at moment: Date = noon, closed: Set<Int64> = []) throws -> [OutboxRecord] {
        let open = { (chat: Int64) in !closed.contains(chat) }
        let isDue = try store.read { try $0.hasDueMessages(now: moment, open: open) }
        let claimed = try store.write { try $0.claimDueMessages(now: moment, open: open) }
        #expect(isDue != claimed.isEmpty)
        return claimed
    }

    @Test("a message with a known key is not added again")
    func deduplicated() throws {
        try add("event:1:7")
        try add("event:1:7")
        #expect(try claim().map(\.content) == ["event:1:7"])
        #expect(try store.read { try $0.outboxCounts() } == [.sending: 1])
    }

    @Test("each chat gives its oldest message, one at a time, in the order they came")
    func ordered() throws {
        for (key, chat) in [("a1", 1), ("a2", 1), ("b1", 2), ("a3", 1), ("b2", 2)] { try add(key, chat: Int64(chat)) }
        let first = try claim()
        #expect(first.map(\.content) == ["a1", "b1"])
        #expect(first.map(\.attempts) == [1, 1])
        #expect(try claim(closed: [1, 2]).isEmpty)
        try store.write { try $0.settleMessage(first[1].id, state: .sent, messageId: 70, at: noon) }
        #expect(try claim(closed: [1]).map(\.content) == ["b2"])
        try store.write { try $0.settleMessage(first[0].id, state: .failed, error: "refused", at: noon) }
        #expect(try claim(closed: [2]).map(\.content) == ["a2"])
        #expect(try store.read { try $0.outboxDepth() } == 3)
    }

    @Test("a postponed message is tried again in its turn, and none of its chat overtakes it")
    func postponed() throws {
        try add("first")
        try add("second")
        let claimed = try #require(try claim().first)
        try store.write { try $0.postponeMessage(claimed.id, until: noon.addingTimeInterval(30), error: "no network") }
        #expect(try claim(at: noon.addingTimeInterval(29)).isEmpty)
        let again = try claim(at: noon.addingTimeInterval(30))
        #expect(again.map(\.content) == ["first"])
        #expect(again.first?.attempts == 2)
        #expect(again.first?.error == "no network")
    }

    @Test("what was being sent when the process died becomes uncertain, and is not sent again by itself")
    func interrupted() throws {
        try add("sending")
        try add("waiting", chat: 2)
        let claimed = try claim(closed: [2])
        #expect(try store.write { try $0.settleInterruptedSends() }.map(\.id) == claimed.map(\.id))
        #expect(try store.write { try $0.settleInterruptedSends() }.isEmpty)
        #expect(try store.read { try $0.outboxCounts() } == [.uncertain: 1, .pending: 1])
        #expect(try claim().map(\.content) == ["waiting"])
    }

    @Test("held messages wait for their digest")
    func held() throws {
        try add("quiet", state: .held)
        #expect(try claim().isEmpty)
        #expect(try store.read { try $0.chatsWithHeldMessages() } == [1])
        #expect(try store.read { try $0.heldMessages(chat: 1) }.map(\.content) == ["quiet"])
        #expect(try store.read { try $0.heldMessages(chat: 2) }.isEmpty)
    }

    @Test("a group's new number moves its messages, its people and its buttons")
    func migrated() throws {
        try add("to the group", chat: -5)
        try store.write { transaction in
            try transaction.save(
                UserRecord(id: 3, name: "Ann", role: .viewer, language: "en", chatId: -5, pairedAt: noon))
            try transaction.save(
                CallbackTokenRecord(token: "t", userId: 3, chatId: -5, action: "{}", expiresAt: noon))
            try transaction.migrateChat(from: -5, to: -1005)
        }
        #expect(try claim().map(\.chatId) == [-1005])
        #expect(try store.read { try [$0.user(3)?.chatId, $0.callbackToken("t")?.chatId] } == [-1005, -1005])
    }

    @Test("the event a message told of is found by the message, in its own chat only")
    func repliedTo() throws {
        let event = try store.write {
            try $0.append(EventRecord(at: noon, kind: "trade.closed", cycleId: nil, payload: "{}"))
        }
        try add("notice", event: event)
        let claimed = try #require(try claim().first)
        try store.write { try $0.settleMessage(claimed.id, state: .sent, messageId: 88, at: noon) }
        #expect(try store.read { try $0.eventOfMessage(88, chat: 1) }?.id == event)
        #expect(try store.read { try $0.eventOfMessage(88, chat: 2) } == nil)
    }

    @Test("giving up a chat leaves what was sent and what belongs to others")
    func expired() throws {
        try add("sent")
        let claimed = try #require(try claim().first)
        try store.write { try $0.settleMessage(claimed.id, state: .sent, messageId: 1, at: noon) }
        try add("waits")
        try add("held", state: .held)
        try add("other", chat: 2)
        try store.write { try $0.expireMessages(chat: 1, reason: "closed") }
        #expect(try store.read { try $0.outboxCounts() } == [.sent: 1, .expired: 2, .pending: 1])
    }

    @Test("a reader is told at once and after every commit that adds an event")
    func signalled() async throws {
        var signals = store.signals().makeAsyncIterator()
        #expect(await signals.next() != nil)
        try await store.write { _ = try $0.append(EventRecord(at: noon, kind: "x", cycleId: nil, payload: "{}")) }
        #expect(await signals.next() != nil)
    }
}
