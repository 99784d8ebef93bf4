import Foundation
import GRDB

/// How far a message to a chat has come.
public enum OutboxState: String, Codable, Sendable, DatabaseValueConvertible {
    /// Kept back for the digest after quiet hours.
    case held
    case pending
    /// Handed to the network. Found after a restart it means *maybe arrived*, and becomes `uncertain`.
    case sending
    case sent
    /// Sent, but no answer came: never blindly repeated.
    case uncertain
    case failed
    case expired
}

/// A message that must reach a chat, once, in order, whatever happens to the process or the network.
public struct OutboxRecord: StoredRecord, Identifiable {
    public static let databaseTableName = "outbox"
    public var id: Int64
    /// One row a key, so that an event read twice is sent once.
    public var dedupeKey: String
    public var chatId: Int64
    public var eventId: Int64?
    /// JSON of what to say.
    public var content: String
    /// Event class (`cycle`, `trade`, `alarm`, `reply`, …).
    public var `class`: String
    public var silent: Bool
    public var state: OutboxState
    public var attempts: Int
    public var createdAt: Date
    public var notBefore: Date
    public var sentAt: Date?
    public var messageId: Int64?
    public var error: String?

    public init(
        dedupeKey: String, chatId: Int64, eventId: Int64?, content: String, class: String, silent: Bool = false,
        state: OutboxState = .pending, createdAt: Date
    ) {
        id = 0
        self.dedupeKey = dedupeKey
        self.chatId = chatId
        self.eventId = eventId
        self.content = content
        self.class = `class`
        self.silent = silent
        self.state = state
        attempts = 0
        self.createdAt = createdAt
        notBefore = createdAt
    }
}

extension Transaction {
    /// Adds a message unless its key is known already.
    public func enqueue(_ message: OutboxRecord) throws {
        try db.execute(
            sql: """
                INSERT INTO outbox (dedupe_key, chat_id, event_id, content, class, silent, state, created_at, not_before)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (dedupe_key) DO NOTHING
                """,
            arguments: [
                message.dedupeKey, message.chatId, message.eventId, message.content, message.class, message.silent,
                message.state, message.createdAt.milliseconds, message.notBefore.milliseconds,
            ])
    }

    /// Marks the first waiting message of each chat as being sent, if it is due, and returns those. Messages of one chat leave in
    /// the order they came, one at a time: chats that are not `open` are left for later.
    public func claimDueMessages(now: Date, open: (_ chat: Int64) -> Bool) throws -> [OutboxRecord] {
        let first = try OutboxRecord.fetchAll(
            db,
            sql: """
                SELECT * FROM outbox WHERE id IN (SELECT MIN(id) FROM outbox WHERE state = 'pending' GROUP BY chat_id)
                ORDER BY id
                """)
        var due = first.filter { $0.notBefore <= now && open($0.chatId) }
        for index in due.indices {
            due[index].state = .sending
            due[index].attempts += 1
            try db.execute(
                sql: "UPDATE outbox SET state = 'sending', attempts = ? WHERE id = ?",
                arguments: [due[index].attempts, due[index].id])
        }
        return due
    }

    /// Answers of the last two days that reached their chat, for messages that are edited later.
    public func sentMessages(class name: String, since: Date) throws -> [OutboxRecord] {
        try OutboxRecord.filter(Column("state") == OutboxState.sent).filter(Column("class") == name)
            .filter(Column("sent_at") >= since.milliseconds).fetchAll(db)
    }

    /// Tokens of the buttons a message carries.
    public func tokens(of messageId: Int64, chat: Int64) throws -> [String] {
        try String.fetchAll(
            db, sql: "SELECT token FROM callback_tokens WHERE message_id = ? AND chat_id = ? ORDER BY rowid",
            arguments: [messageId, chat])
    }

    public func settleMessage(
        _ id: Int64, state: OutboxState, messageId: Int64? = nil, error: String? = nil, at: Date
    ) throws {
        try db.execute(
            sql: "UPDATE outbox SET state = ?, message_id = ?, error = ?, sent_at = ? WHERE id = ?",
            arguments: [state, messageId, error, state == .sent ? at.milliseconds : nil, id])
    }

    /// Puts a message back for another try, not before `time`.
    public func postponeMessage(_ id: Int64, until time: Date, error: String) throws {
        try db.execute(
            sql: "UPDATE outbox SET state = 'pending', not_before = ?, error = ? WHERE id = ?",
            arguments: [time.milliseconds, error, id])
    }

    /// What was being sent when the process died may have arrived: it becomes `uncertain`. Returns those messages.
    public func settleInterruptedSends() throws -> [OutboxRecord] {
        let found = try OutboxRecord.filter(Column("state") == OutboxState.sending).order(Column("id")).fetchAll(db)
        try db.execute(
            sql: """
                UPDATE outbox SET state = 'uncertain', error = 'the process ended before the answer came'
                WHERE state = 'sending'
                """)
        return found
    }

    public func outboxDepth() throws -> Int {
        try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM outbox WHERE state IN ('pending', 'sending', 'held')") ?? 0
    }

    public func outboxCounts() throws -> [OutboxState: Int] {
        let rows = try Row.fetchAll(db, sql: "SELECT state, COUNT(*) AS n FROM outbox GROUP BY state")
        return Dictionary(uniqueKeysWithValues: rows.map { ($0["state"] as OutboxState, $0["n"] as Int) })
    }

    public func heldMessages(chat: Int64) throws -> [OutboxRecord] {
        try OutboxRecord.filter(Column("state") == OutboxState.held).filter(Column("chat_id") == chat)
            .order(Column("id")).fetchAll(db)
    }

    public func chatsWithHeldMessages() throws -> [Int64] {
        try Int64.fetchAll(db, sql: "SELECT DISTINCT chat_id FROM outbox WHERE state = 'held'")
    }

    /// The chat of a group changed its number when it became a supergroup.
    public func migrateChat(from old: Int64, to new: Int64) throws {
        try db.execute(sql: "UPDATE outbox SET chat_id = ? WHERE chat_id = ?", arguments: [new, old])
        try db.execute(sql: "UPDATE users SET chat_id = ? WHERE chat_id = ?", arguments: [new, old])
        try db.execute(sql: "UPDATE callback_tokens SET chat_id = ? WHERE chat_id = ?", arguments: [new, old])
    }

    /// The event a sent message told of, for replies to it.
    public func eventOfMessage(_ messageId: Int64, chat: Int64) throws -> EventRecord? {
        let id = try Int64.fetchOne(
            db, sql: "SELECT event_id FROM outbox WHERE message_id = ? AND chat_id = ?", arguments: [messageId, chat])
        return try id.flatMap(event)
    }
}

extension Transaction {
    /// True when ``claimDueMessages(now:open:)`` would find something; a look that costs no write.
    public func hasDueMessages(now: Date, open: (_ chat: Int64) -> Bool) throws -> Bool {
        let chats = try Row.fetchAll(
            db,
            sql: """
                SELECT chat_id, not_before FROM outbox
                WHERE id IN (SELECT MIN(id) FROM outbox WHERE state = 'pending' GROUP BY chat_id)
                """)
        return chats.contains { row in
            row["not_before"] <= now.milliseconds && open(row["chat_id"])
        }
    }
}

extension Transaction {
    /// Gives up what waits for `chat`.
    public func expireMessages(chat: Int64, reason: String) throws {
        try db.execute(
            sql:
                "UPDATE outbox SET state = 'expired', error = ? WHERE chat_id = ? AND state IN ('pending', 'held', 'sending')",
            arguments: [reason, chat])
    }
}
