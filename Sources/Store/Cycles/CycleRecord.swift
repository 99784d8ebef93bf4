import Foundation
import GRDB

/// Where a cycle stands. It ends in exactly one of the last five.
public enum CycleState: String, Codable, Sendable, CaseIterable, DatabaseValueConvertible {
    case queued, running, promoted, rejected, failed, cancelled, interrupted

    public var isFinished: Bool { self != .queued && self != .running }
    /// Learned, validated and judged: what "a successful cycle" means for the alarm.
    public var isSuccess: Bool { self == .promoted || self == .rejected }
}

/// One run of the learning cycle: a row that moves.
public struct CycleRecord: StoredRecord, Identifiable {
    public static let databaseTableName = "cycles"
    /// 0 until inserted.
    public var id: Int64
    public var idempotencyKey: String?
    /// `cron`, `chat`, `http` or `cli`.
    public var trigger: String
    public var requestedBy: String
    public var steps: Int
    /// Nil until the cycle begins, unless the order named one.
    public var seed: Int64?
    public var state: CycleState
    public var step: String?
    public var attempt: Int
    public var stopRequested: Bool
    public var createdAt: Date
    public var startedAt: Date?
    public var finishedAt: Date?
    /// Why it ended as it did, for a person.
    public var reason: String?
    /// JSON of the final report.
    public var report: String?

    public init(
        idempotencyKey: String?, trigger: String, requestedBy: String, steps: Int, seed: Int64?, createdAt: Date
    ) {
        id = 0
        self.idempotencyKey = idempotencyKey
        self.trigger = trigger
        self.requestedBy = requestedBy
        self.steps = steps
        self.seed = seed
        state = .queued
        attempt = 0
        stopRequested = false
        self.createdAt = createdAt
    }

    public mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }

    public func encode(to container: inout PersistenceContainer) throws {
        container["id"] = id == 0 ? nil : id
        container["idempotency_key"] = idempotencyKey
        container["trigger"] = trigger
        container["requested_by"] = requestedBy
        container["steps"] = steps
        container["seed"] = seed
        container["state"] = state
        container["step"] = step
        container["attempt"] = attempt
        container["stop_requested"] = stopRequested
        container["created_at"] = createdAt.milliseconds
        container["started_at"] = startedAt?.milliseconds
        container["finished_at"] = finishedAt?.milliseconds
        container["reason"] = reason
        container["report"] = report
    }
}

/// A finished step of a cycle with its result as JSON; a resumed cycle reads it instead of running the step again.
public struct CycleStepRecord: StoredRecord {
    public static let databaseTableName = "cycle_steps"
    public var cycleId: Int64
    public var step: String
    public var attempt: Int
    public var startedAt: Date
    public var finishedAt: Date
    public var result: String

    public init(cycleId: Int64, step: String, attempt: Int, startedAt: Date, finishedAt: Date, result: String) {
        self.cycleId = cycleId
        self.step = step
        self.attempt = attempt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.result = result
    }
}

extension Transaction {
    /// Queues a cycle. With a known idempotency key nothing is inserted and the earlier cycle is returned.
    public func enqueue(_ cycle: CycleRecord) throws -> (cycle: CycleRecord, isNew: Bool) {
        if let key = cycle.idempotencyKey,
            let earlier = try CycleRecord.filter(Column("idempotency_key") == key).fetchOne(db)
        {
            return (earlier, false)
        }
        return (try cycle.inserted(db), true)
    }

    public func cycle(_ id: Int64) throws -> CycleRecord? { try CycleRecord.fetchOne(db, key: id) }

    /// The running cycle, else the oldest queued one.
    public func activeCycle() throws -> CycleRecord? {
        try frequent(
            """
            SELECT * FROM cycles WHERE state IN ('running', 'queued') ORDER BY state = 'queued', id LIMIT 1
            """
        ).fetchOne(db)
    }

    /// Newest first.
    public func cycles(limit: Int) throws -> [CycleRecord] {
        try CycleRecord.order(Column("id").desc).limit(limit).fetchAll(db)
    }

    public func cycleCounts() throws -> [CycleState: Int] {
        let rows = try Row.fetchAll(db, sql: "SELECT state, COUNT(*) AS n FROM cycles GROUP BY state")
        return Dictionary(uniqueKeysWithValues: rows.map { (CycleState(rawValue: $0["state"])!, $0["n"]) })
    }

    /// When the newest cycle that learned and was judged ended; nil before the first.
    public func lastSuccess() throws -> Date? {
        let time = try Int64.fetchOne(
            db, sql: "SELECT MAX(finished_at) FROM cycles WHERE state IN ('promoted', 'rejected')")
        return time.map(Date.init(milliseconds:))
    }

    public func finishedCycles(since: Date) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT COUNT(*) FROM cycles WHERE finished_at >= ? AND state IN ('promoted', 'rejected')",
            arguments: [since.milliseconds]) ?? 0
    }

    public func cycle(withKey key: String) throws -> CycleRecord? {
        try CycleRecord.filter(Column("idempotency_key") == key).fetchOne(db)
    }

    /// Cycles whose challenger was judged and kept out.
    public func rejectedCycles(since: Date) throws -> [Int64] {
        try Int64.fetchAll(
            db, sql: "SELECT id FROM cycles WHERE finished_at >= ? AND state = 'rejected'",
            arguments: [since.milliseconds])
    }

    public func update(_ cycle: CycleRecord) throws { try cycle.update(db) }

    public func steps(of cycle: Int64) throws -> [CycleStepRecord] {
        try CycleStepRecord.filter(Column("cycle_id") == cycle).order(Column("finished_at"), Column("rowid")).fetchAll(
            db)
    }

    public func save(_ step: CycleStepRecord) throws { try step.replace(in: db) }
}
