import Foundation
import GRDB

/// One move of one weight: what it was, what the step made of it, what the bounds left, and why.
public struct WeightChangeRow: StoredRecord {
    public static let databaseTableName = "weight_changes"
    public var at: Date
    /// Nil for moves of the weights in use.
    public var sessionId: Int64?
    public var iteration: Int?
    public var model: String
    public var state: String
    public var cause: String
    public var reason: String
    public var old: Double
    public var raw: Double
    public var projected: Double
    public var quality: Double
    public var gain: Double
    public var baseline: Double
    public var rate: Double
    /// Of a session's trade in words; empty without one.
    public var trade: String
    /// Of a paper trade.
    public var tradeId: Int64?

    public init(
        at: Date, sessionId: Int64?, iteration: Int?, model: String, state: String, cause: String, reason: String,
        old: Double, raw: Double, projected: Double, quality: Double, gain: Double, baseline: Double, rate: Double,
        trade: String, tradeId: Int64?
    ) {
        self.at = at
        self.sessionId = sessionId
        self.iteration = iteration
        self.model = model
        self.state = state
        self.cause = cause
        self.reason = reason
        self.old = old
        self.raw = raw
        self.projected = projected
        self.quality = quality
        self.gain = gain
        self.baseline = baseline
        self.rate = rate
        self.trade = trade
        self.tradeId = tradeId
    }
}

/// The ensemble at one moment, to go back to.
public struct EnsembleSnapshotRow: StoredRecord, Identifiable {
    public static let databaseTableName = "ensemble_snapshots"
    /// 0 until inserted.
    public var id: Int64
    public var at: Date
    public var sessionId: Int64?
    public var reason: String
    /// JSON.
    public var weights: String

    public init(at: Date, sessionId: Int64?, reason: String, weights: String) {
        id = 0
        self.at = at
        self.sessionId = sessionId
        self.reason = reason
        self.weights = weights
    }
}

extension Transaction {
    public func insert(_ row: WeightChangeRow) throws { try row.insert(in: db) }

    /// Of a session, or of the weights in use for nil; oldest first.
    public func weightChanges(ofSession session: Int64?) throws -> [WeightChangeRow] {
        try WeightChangeRow.filter(Column("session_id") == session).order(Column("id")).fetchAll(db)
    }

    /// Of the weights in use; newest first.
    public func latestWeightChanges(limit: Int) throws -> [WeightChangeRow] {
        try WeightChangeRow.filter(Column("session_id") == nil).order(Column("id").desc).limit(limit).fetchAll(db)
    }

    /// - Returns: its number.
    @discardableResult
    public func insert(_ row: EnsembleSnapshotRow) throws -> Int64 {
        try db.execute(
            sql: "INSERT INTO ensemble_snapshots (at, session_id, reason, weights) VALUES (?, ?, ?, ?)",
            arguments: [row.at.milliseconds, row.sessionId, row.reason, row.weights])
        return db.lastInsertedRowID
    }

    public func snapshot(_ id: Int64) throws -> EnsembleSnapshotRow? { try EnsembleSnapshotRow.fetchOne(db, key: id) }

    /// Newest first.
    public func snapshots(limit: Int) throws -> [EnsembleSnapshotRow] {
        try EnsembleSnapshotRow.order(Column("id").desc).limit(limit).fetchAll(db)
    }
}
