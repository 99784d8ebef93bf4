import Foundation
import GRDB

/// What became of an explanation.
public enum ExplanationOutcome: String, Codable, Sendable, DatabaseValueConvertible {
    /// Checked and shown.
    case worded
    /// The model answered twice in a way that was not to be shown.
    case rejected
    /// No model answered.
    case failed
}

/// A question about a trade that was put to a language model, and all that came of it; for audit, and to answer the same
/// question again.
public struct ExplanationRow: StoredRecord, Identifiable {
    public static let databaseTableName = "explanations"
    /// Older rows are dropped.
    public static let kept = 10_000

    public var id: Int64?
    public var tradeId: Int64
    /// The explanation this question follows upon.
    public var previousId: Int64?
    public var language: String
    public var question: String
    /// SHA-256 of the evidence.
    public var evidenceDigest: String
    public var promptVersion: Int
    /// As the server calls it; empty when none answered.
    public var model: String
    public var outcome: ExplanationOutcome
    /// As the model wrote it last.
    public var raw: String
    /// JSON of the sentences as they were shown; `[]` when none were.
    public var shown: String
    /// Rules that were broken, or why no model answered.
    public var problems: String
    public var inputTokens: Int
    public var outputTokens: Int
    public var milliseconds: Int
    public var createdAt: Date
    /// The message that shows it, once it is known.
    public var chatId: Int64?
    public var messageId: Int64?

    public init(
        tradeId: Int64, previousId: Int64?, language: String, question: String, evidenceDigest: String,
        promptVersion: Int, model: String, outcome: ExplanationOutcome, raw: String, shown: String, problems: String,
        inputTokens: Int, outputTokens: Int, milliseconds: Int, createdAt: Date
    ) {
        self.tradeId = tradeId
        self.previousId = previousId
        self.language = language
        self.question = question
        self.evidenceDigest = evidenceDigest
        self.promptVersion = promptVersion
        self.model = model
        self.outcome = outcome
        self.raw = raw
        self.shown = shown
        self.problems = problems
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.milliseconds = milliseconds
        self.createdAt = createdAt
    }

    public mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }
}

enum ExplanationMigration {
    static func register(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("explanations-1") { db in try db.execute(sql: tables) }
    }

    private static let tables = """
        CREATE TABLE explanations (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            trade_id INTEGER NOT NULL REFERENCES trades(id) ON DELETE CASCADE,
            previous_id INTEGER REFERENCES explanations(id) ON DELETE SET NULL,
            language TEXT NOT NULL, question TEXT NOT NULL, evidence_digest TEXT NOT NULL,
            prompt_version INTEGER NOT NULL, model TEXT NOT NULL,
            outcome TEXT NOT NULL CHECK (outcome IN ('worded', 'rejected', 'failed')),
            raw TEXT NOT NULL, shown TEXT NOT NULL, problems TEXT NOT NULL,
            input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, milliseconds INTEGER NOT NULL,
            created_at INTEGER NOT NULL, chat_id INTEGER, message_id INTEGER
        ) STRICT;
        CREATE INDEX explanations_trade ON explanations(trade_id, evidence_digest);
        CREATE INDEX explanations_previous ON explanations(previous_id);
        CREATE INDEX explanations_message ON explanations(chat_id, message_id);
        """
}

extension Transaction {
    /// Keeps the explanation and drops the oldest beyond ``ExplanationRow/kept``.
    @discardableResult
    public func insert(_ explanation: ExplanationRow) throws -> ExplanationRow {
        let stored = try explanation.inserted(db)
        try db.execute(
            sql: "DELETE FROM explanations WHERE id <= (SELECT max(id) FROM explanations) - ?",
            arguments: [ExplanationRow.kept])
        return stored
    }

    public func explanation(_ id: Int64) throws -> ExplanationRow? { try ExplanationRow.fetchOne(db, key: id) }

    /// The explanation that a message shows.
    public func explanation(ofMessage message: Int64, chat: Int64) throws -> ExplanationRow? {
        try ExplanationRow.fetchOne(
            db, sql: "SELECT * FROM explanations WHERE message_id = ? AND chat_id = ? ORDER BY id DESC LIMIT 1",
            arguments: [message, chat])
    }

    public func bindExplanation(_ id: Int64, toMessage message: Int64, chat: Int64) throws {
        try db.execute(
            sql: "UPDATE explanations SET message_id = ?, chat_id = ? WHERE id = ?", arguments: [message, chat, id])
    }

    /// The same question about the same evidence, answered before by the same prompt.
    public func explanation(
        ofTrade trade: Int64, digest: String, question: String, language: String, promptVersion: Int, previous: Int64?
    ) throws -> ExplanationRow? {
        try ExplanationRow.fetchOne(
            db,
            sql: """
                SELECT * FROM explanations WHERE trade_id = ? AND evidence_digest = ? AND question = ? AND language = ?
                    AND prompt_version = ? AND previous_id IS ? AND outcome = 'worded' ORDER BY id DESC LIMIT 1
                """, arguments: [trade, digest, question, language, promptVersion, previous])
    }
}
