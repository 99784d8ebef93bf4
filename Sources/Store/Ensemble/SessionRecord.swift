import Foundation
import GRDB

/// Where a win-rate session stands. It ends in exactly one of the last five.
public enum SessionState: String, Codable, Sendable, CaseIterable, DatabaseValueConvertible {
    case queued, running, finished, failed, cancelled, interrupted
    /// Came from another installation.
    case imported

    public var isFinished: Bool { self != .queued && self != .running }
}

/// One win-rate test: a row that moves.
public struct SessionRecord: StoredRecord, Identifiable {
    public static let databaseTableName = "sessions"
    /// 0 until inserted.
    public var id: Int64
    public var idempotencyKey: String?
    /// `chat`, `http` or `cli`.
    public var trigger: String
    public var requestedBy: String
    public var state: SessionState
    /// JSON of what is to be tested.
    public var plan: String
    /// How often it was begun.
    public var attempt: Int
    public var stopRequested: Bool
    public var createdAt: Date
    public var startedAt: Date?
    public var finishedAt: Date?
    /// Iterations that are stored.
    public var iterations: Int
    /// JSON of the weights after them.
    public var weights: String?
    /// JSON of the summary, after each iteration.
    public var result: String?
    /// Why it ended as it did, for a person.
    public var reason: String?

    public init(idempotencyKey: String?, trigger: String, requestedBy: String, plan: String, createdAt: Date) {
        id = 0
        self.idempotencyKey = idempotencyKey
        self.trigger = trigger
        self.requestedBy = requestedBy
        self.plan = plan
        self.createdAt = createdAt
        state = .queued
        attempt = 0
        stopRequested = false
        iterations = 0
    }

    public mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }

    public func encode(to container: inout PersistenceContainer) throws {
        container["id"] = id == 0 ? nil : id
        container["idempotency_key"] = idempotencyKey
        container["trigger"] = trigger
        container["requested_by"] = requestedBy
        container["state"] = state
        container["plan"] = plan
        container["attempt"] = attempt
        container["stop_requested"] = stopRequested
        container["created_at"] = createdAt.milliseconds
        container["started_at"] = startedAt?.milliseconds
        container["finished_at"] = finishedAt?.milliseconds
        container["iterations"] = iterations
        container["weights"] = weights
        container["result"] = result
        container["reason"] = reason
    }
}

extension Transaction {
    public func insert(_ session: SessionRecord) throws -> SessionRecord {
        var row = session
        try row.insert(db)
        return row
    }

    public func update(_ session: SessionRecord) throws { try session.update(db) }

    public func session(_ id: Int64) throws -> SessionRecord? { try SessionRecord.fetchOne(db, key: id) }

    public func session(withKey key: String) throws -> SessionRecord? {
        try SessionRecord.filter(Column("idempotency_key") == key).fetchOne(db)
    }

    /// The one that is queued or running.
    public func activeSession() throws -> SessionRecord? {
        try SessionRecord.filter(["queued", "running"].contains(Column("state"))).order(Column("id")).fetchOne(db)
    }

    /// Newest first.
    public func sessions(limit: Int) throws -> [SessionRecord] {
        try SessionRecord.order(Column("id").desc).limit(limit).fetchAll(db)
    }

    /// The newest that came to a result.
    public func latestSession() throws -> SessionRecord? {
        try SessionRecord.filter(Column("result") != nil).order(Column("id").desc).fetchOne(db)
    }
}
