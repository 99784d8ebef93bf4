import Foundation
import GRDB

/// What a person may do, each including the ones before.
public enum Role: String, Codable, Sendable, Comparable, CaseIterable, DatabaseValueConvertible {
    case viewer, `operator`, admin

    public static func < (left: Role, right: Role) -> Bool {
        allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
    }
}

/// A person who was let in.
public struct UserRecord: StoredRecord, Identifiable {
    public static let databaseTableName = "users"
    /// The chat service's number of the person.
    public var id: Int64
    public var name: String
    public var role: Role
    /// `en` or `ru`.
    public var language: String
    /// Where notices go.
    public var chatId: Int64
    public var pairedAt: Date
    /// Why nothing is sent at present (the bot was blocked); nil when messages flow.
    public var mutedReason: String?

    public init(id: Int64, name: String, role: Role, language: String, chatId: Int64, pairedAt: Date) {
        self.id = id
        self.name = name
        self.role = role
        self.language = language
        self.chatId = chatId
        self.pairedAt = pairedAt
    }
}

extension Transaction {
    public func user(_ id: Int64) throws -> UserRecord? {
        try frequent("SELECT * FROM users WHERE id = ?", [id]).fetchOne(db)
    }
    public func users() throws -> [UserRecord] { try UserRecord.order(Column("paired_at")).fetchAll(db) }
    public func save(_ user: UserRecord) throws { try user.replace(in: db) }
    public func deleteUser(_ id: Int64) throws {
        try db.execute(sql: "DELETE FROM users WHERE id = ?", arguments: [id])
    }

    public func muteChat(_ chat: Int64, reason: String?) throws {
        try db.execute(sql: "UPDATE users SET muted_reason = ? WHERE chat_id = ?", arguments: [reason, chat])
    }

    /// Stores a one-time code that lets one person in as `role` until `expiresAt`; earlier unused codes of the role end.
    public func storePairingCode(_ code: String, role: Role, createdAt: Date, expiresAt: Date) throws {
        try db.execute(sql: "DELETE FROM pairing_codes WHERE role = ? AND used_by IS NULL", arguments: [role])
        try db.execute(
            sql: "INSERT INTO pairing_codes (code, role, created_at, expires_at) VALUES (?, ?, ?, ?)",
            arguments: [code, role, createdAt.milliseconds, expiresAt.milliseconds])
    }

    /// Uses up the code; nil when it is unknown, used or expired.
    public func redeemPairingCode(_ code: String, user: Int64, at now: Date) throws -> Role? {
        guard
            let role = try Role.fetchOne(
                db, sql: "SELECT role FROM pairing_codes WHERE code = ? AND used_by IS NULL AND expires_at > ?",
                arguments: [code, now.milliseconds])
        else { return nil }
        try db.execute(sql: "UPDATE pairing_codes SET used_by = ? WHERE code = ?", arguments: [user, code])
        return role
    }

    /// True the first time an update is seen; its effect belongs in the same transaction.
    public func markUpdateSeen(_ update: Int64, at now: Date) throws -> Bool {
        try db.execute(
            sql: "INSERT INTO updates_seen (update_id, at) VALUES (?, ?) ON CONFLICT DO NOTHING",
            arguments: [update, now.milliseconds])
        return db.changesCount == 1
    }

    public func isUpdateSeen(_ update: Int64) throws -> Bool {
        try frequent("SELECT EXISTS (SELECT 1 FROM updates_seen WHERE update_id = ?)", [update]).fetchOne(db) ?? false
    }

    /// Forgets updates and used-up buttons older than `limit`; the chat service keeps updates for a day.
    public func forgetOldUpdates(before limit: Date) throws {
        try db.execute(sql: "DELETE FROM updates_seen WHERE at < ?", arguments: [limit.milliseconds])
        try db.execute(sql: "DELETE FROM callback_tokens WHERE expires_at < ?", arguments: [limit.milliseconds])
    }
}
