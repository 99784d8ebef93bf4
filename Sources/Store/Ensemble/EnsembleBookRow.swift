import Foundation
import GRDB

/// The ensemble's open book on one series, so that a position survives a restart.
public struct EnsembleBookRow: StoredRecord {
    public static let databaseTableName = "ensemble_books"
    public var symbol: String
    public var interval: String
    public var synthetic: Bool
    /// UTC milliseconds.
    public var lastOpenTime: Int64
    /// JSON of the trader.
    public var book: String
    public var updatedAt: Date

    public init(
        symbol: String, interval: String, synthetic: Bool, lastOpenTime: Int64, book: String, updatedAt: Date
    ) {
        self.symbol = symbol
        self.interval = interval
        self.synthetic = synthetic
        self.lastOpenTime = lastOpenTime
        self.book = book
        self.updatedAt = updatedAt
    }
}

/// What the ensemble decided at the close of one bar, with every vote.
public struct EnsembleDecisionRow: StoredRecord {
    public static let databaseTableName = "ensemble_decisions"
    public var symbol: String
    public var interval: String
    public var synthetic: Bool
    /// Open time of the bar, UTC milliseconds.
    public var bar: Int64
    public var side: String
    public var confidence: Double
    public var threshold: Double
    public var regime: String
    public var size: Double
    public var outcome: String
    /// JSON.
    public var votes: String

    public init(
        symbol: String, interval: String, synthetic: Bool, bar: Int64, side: String, confidence: Double,
        threshold: Double, regime: String, size: Double, outcome: String, votes: String
    ) {
        self.symbol = symbol
        self.interval = interval
        self.synthetic = synthetic
        self.bar = bar
        self.side = side
        self.confidence = confidence
        self.threshold = threshold
        self.regime = regime
        self.size = size
        self.outcome = outcome
        self.votes = votes
    }
}

extension Transaction {
    public func ensembleBook(symbol: String, interval: String, synthetic: Bool) throws -> EnsembleBookRow? {
        try EnsembleBookRow.filter(Column("symbol") == symbol).filter(Column("interval") == interval)
            .filter(Column("synthetic") == synthetic).fetchOne(db)
    }

    public func ensembleBooks() throws -> [EnsembleBookRow] { try EnsembleBookRow.fetchAll(db) }
    public func save(_ book: EnsembleBookRow) throws { try book.replace(in: db) }

    /// Stores decisions and forgets the oldest beyond `keeping`. A bar that is decided again keeps its first decision.
    public func store(_ decisions: [EnsembleDecisionRow], keeping: Int) throws {
        for row in decisions {
            try db.execute(
                sql: """
                    INSERT INTO ensemble_decisions
                        (symbol, interval, synthetic, bar, side, confidence, threshold, regime, size, outcome, votes)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                    """,
                arguments: [
                    row.symbol, row.interval, row.synthetic, row.bar, row.side, row.confidence, row.threshold,
                    row.regime, row.size, row.outcome, row.votes,
                ])
        }
        try db.execute(
            sql: "DELETE FROM ensemble_decisions WHERE id <= (SELECT MAX(id) FROM ensemble_decisions) - ?",
            arguments: [keeping])
    }

    public func decision(
        symbol: String, interval: String, synthetic: Bool, bar: Int64
    ) throws -> EnsembleDecisionRow? {
        try EnsembleDecisionRow.filter(Column("symbol") == symbol).filter(Column("interval") == interval)
            .filter(Column("synthetic") == synthetic).filter(Column("bar") == bar).fetchOne(db)
    }

    /// Newest first.
    public func decisions(limit: Int) throws -> [EnsembleDecisionRow] {
        try EnsembleDecisionRow.order(Column("id").desc).limit(limit).fetchAll(db)
    }
}
