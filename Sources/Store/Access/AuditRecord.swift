import Foundation
import GRDB

/// One order and what came of it. Rows are chained: each hash covers the row and the hash before it.
public struct AuditRecord: StoredRecord, Identifiable {
    public static let databaseTableName = "audit"
    public var id: Int64
    public var at: Date
    public var userId: Int64?
    public var chatId: Int64?
    public var actor: String
    public var command: String
    public var arguments: String
    public var outcome: String
    public var previous: String
    public var hash: String
}

extension Transaction {
    /// Appends a row; `digest` (SHA-256 in hex) is given so that this floor needs no cryptography of its own.
    public func appendAudit(
        at: Date, user: Int64?, chat: Int64?, actor: String, command: String, arguments: String, outcome: String,
        digest: (String) -> String
    ) throws {
        let previous = try String.fetchOne(db, sql: "SELECT hash FROM audit ORDER BY id DESC LIMIT 1") ?? ""
        let row = Self.auditText(
            at: at, user: user, chat: chat, actor: actor, command: command, arguments: arguments, outcome: outcome,
            previous: previous)
        try db.execute(
            sql: """
                INSERT INTO audit (at, user_id, chat_id, actor, command, arguments, outcome, previous, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [at.milliseconds, user, chat, actor, command, arguments, outcome, previous, digest(row)])
    }

    /// Newest first.
    public func audit(limit: Int) throws -> [AuditRecord] {
        try AuditRecord.order(Column("id").desc).limit(limit).fetchAll(db)
    }

    /// The first row whose hash does not follow from its content, or nil when the chain holds.
    public func firstBrokenAudit(digest: (String) -> String) throws -> Int64? {
        var previous = ""
        let rows = try AuditRecord.order(Column("id")).fetchCursor(db)
        while let row = try rows.next() {
            let text = Self.auditText(
                at: row.at, user: row.userId, chat: row.chatId, actor: row.actor, command: row.command,
                arguments: row.arguments, outcome: row.outcome, previous: previous)
            if row.previous != previous || row.hash != digest(text) { return row.id }
            previous = row.hash
        }
        return nil
    }

    private static func auditText(
        at: Date, user: Int64?, chat: Int64?, actor: String, command: String, arguments: String, outcome: String,
        previous: String
    ) -> String {
        let fields = [
            String(at.milliseconds), user.map(String.init) ?? "", chat.map(String.init) ?? "", actor, command,
            arguments,
            outcome, previous,
        ]
        return fields.map { "\($0.utf8.count):\($0)" }.joined()
    }
}
