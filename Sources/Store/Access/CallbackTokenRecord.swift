import Foundation
import GRDB

/// A button's meaning, kept here so that the button itself carries only a random word.
public struct CallbackTokenRecord: StoredRecord {
    public static let databaseTableName = "callback_tokens"
    public var token: String
    /// Who may press; nil for anyone whose role suffices (buttons of a notice in a shared chat).
    public var userId: Int64?
    public var chatId: Int64
    /// The message that carries the button, once it is known.
    public var messageId: Int64?
    /// JSON of the action.
    public var action: String
    public var expiresAt: Date
    public var usedAt: Date?

    public init(token: String, userId: Int64?, chatId: Int64, action: String, expiresAt: Date) {
        self.token = token
        self.userId = userId
        self.chatId = chatId
        self.action = action
        self.expiresAt = expiresAt
    }
}

extension Transaction {
    public func save(_ token: CallbackTokenRecord) throws { _ = try token.inserted(db) }

    public func bindTokens(_ tokens: [String], to messageId: Int64) throws {
        for token in tokens {
            try db.execute(
                sql: "UPDATE callback_tokens SET message_id = ? WHERE token = ?", arguments: [messageId, token])
        }
    }

    public func callbackToken(_ token: String) throws -> CallbackTokenRecord? {
        try CallbackTokenRecord.fetchOne(db, key: token)
    }

    public func useCallbackToken(_ token: String, at now: Date) throws {
        try db.execute(
            sql: "UPDATE callback_tokens SET used_at = ? WHERE token = ?", arguments: [now.milliseconds, token])
    }
}

extension Transaction {
    /// Ends the unanswered questions put to `user` in `chat`; returns how many messages carried them.
    public func cancelQuestions(of user: Int64, chat: Int64, at now: Date) throws -> Int {
        let messages = try Int.fetchOne(
            db,
            sql: """
                SELECT COUNT(DISTINCT COALESCE(message_id, 0)) FROM callback_tokens
                WHERE user_id = ? AND chat_id = ? AND used_at IS NULL AND expires_at > ?
                """, arguments: [user, chat, now.milliseconds])
        try db.execute(
            sql: """
                UPDATE callback_tokens SET used_at = ?
                WHERE user_id = ? AND chat_id = ? AND used_at IS NULL AND expires_at > ?
                """, arguments: [now.milliseconds, user, chat, now.milliseconds])
        return messages ?? 0
    }
}
