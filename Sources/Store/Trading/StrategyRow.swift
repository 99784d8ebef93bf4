import Foundation
import GRDB

/// A rule someone adopted: a voter of the ensemble.
public struct StrategyRow: StoredRecord, Identifiable {
    public static let databaseTableName = "strategies"
    public var id: Int64
    /// As the rule language writes it; unique.
    public var text: String
    /// Who adopted it.
    public var author: String
    /// JSON of the back-test it was adopted on.
    public var report: String
    public var adoptedAt: Date

    public init(text: String, author: String, report: String, adoptedAt: Date) {
        id = 0
        self.text = text
        self.author = author
        self.report = report
        self.adoptedAt = adoptedAt
    }
}

extension Transaction {
    /// Oldest first.
    public func strategies() throws -> [StrategyRow] { try StrategyRow.order(Column("id")).fetchAll(db) }

    /// - Returns: its number; nil when the same rule is there already.
    public func insert(_ strategy: StrategyRow) throws -> Int64? {
        try db.execute(
            sql: "INSERT INTO strategies (text, author, report, adopted_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            arguments: [strategy.text, strategy.author, strategy.report, strategy.adoptedAt.milliseconds])
        return db.changesCount == 1 ? db.lastInsertedRowID : nil
    }

    /// - Returns: what was removed; nil when there is no such rule.
    public func removeStrategy(_ id: Int64) throws -> StrategyRow? {
        let row = try StrategyRow.fetchOne(db, key: id)
        try db.execute(sql: "DELETE FROM strategies WHERE id = ?", arguments: [id])
        return row
    }
}

enum StrategyMigration {
    static func register(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("strategies-1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE strategies (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL UNIQUE, author TEXT NOT NULL,
                        report TEXT NOT NULL, adopted_at INTEGER NOT NULL
                    ) STRICT
                    """)
        }
    }
}
