import Foundation
import GRDB

/// Where a version stands.
public enum PolicyState: String, Codable, Sendable, DatabaseValueConvertible {
    /// Number taken, files not yet proven.
    case pending
    case champion
    /// The champion before.
    case fallback
    /// Kept with the reason it was not promoted.
    case rejected
    case retired
    /// Its files were deleted; the row stays.
    case pruned
}

/// A version `RL-Agent-vN`.
public struct PolicyRecord: StoredRecord, Identifiable {
    public static let databaseTableName = "policies"
    public var version: Int
    public var state: PolicyState
    public var cycleId: Int64?
    public var parent: Int?
    public var createdAt: Date
    public var deployedAt: Date?
    /// Of the weights file.
    public var sha256: String
    /// JSON, as written beside the weights.
    public var manifest: String
    public var reason: String?

    public var id: Int { version }
    public var name: String { "RL-Agent-v\(version)" }

    public init(
        version: Int, state: PolicyState, cycleId: Int64?, parent: Int?, createdAt: Date, sha256: String,
        manifest: String, reason: String? = nil
    ) {
        self.version = version
        self.state = state
        self.cycleId = cycleId
        self.parent = parent
        self.createdAt = createdAt
        self.sha256 = sha256
        self.manifest = manifest
        self.reason = reason
    }
}

extension Transaction {
    public func nextPolicyVersion() throws -> Int {
        (try Int.fetchOne(db, sql: "SELECT MAX(version) FROM policies") ?? 0) + 1
    }

    public func policy(_ version: Int) throws -> PolicyRecord? { try PolicyRecord.fetchOne(db, key: version) }

    public func policy(ofCycle cycle: Int64) throws -> PolicyRecord? {
        try PolicyRecord.filter(Column("cycle_id") == cycle).fetchOne(db)
    }

    public func policy(in state: PolicyState) throws -> PolicyRecord? {
        // The state is written out: with a bound one SQLite would plan anew each time, because of the partial index.
        try frequent(
            "SELECT * FROM policies WHERE state = '\(state.rawValue)' ORDER BY version DESC LIMIT 1"
        ).fetchOne(db)
    }

    /// Newest first.
    public func policies(limit: Int) throws -> [PolicyRecord] {
        try PolicyRecord.order(Column("version").desc).limit(limit).fetchAll(db)
    }

    public func save(_ policy: PolicyRecord) throws { try policy.replace(in: db) }

    /// Makes `version` the champion and the one before it the fallback, in this transaction.
    public func promote(_ version: Int, at: Date) throws {
        let before = try policy(in: .champion)
        guard before?.version != version else { return }
        if let before {
            try db.execute(sql: "UPDATE policies SET state = 'retired' WHERE state = 'fallback'")
            try db.execute(sql: "UPDATE policies SET state = 'fallback' WHERE version = ?", arguments: [before.version])
        }
        try db.execute(
            sql: "UPDATE policies SET state = 'champion', deployed_at = ? WHERE version = ?",
            arguments: [at.milliseconds, version])
    }
}
