import Foundation
import GRDB

/// Something that happened, stored in the transaction that made it so.
public struct EventRecord: StoredRecord, Identifiable {
    public static let databaseTableName = "events"
    public var id: Int64
    public var at: Date
    public var kind: String
    public var cycleId: Int64?
    /// JSON, its shape given by `kind`.
    public var payload: String

    public init(at: Date, kind: String, cycleId: Int64?, payload: String) {
        id = 0
        self.at = at
        self.kind = kind
        self.cycleId = cycleId
        self.payload = payload
    }
}

extension Transaction {
    /// Appends to the log and returns the event's position.
    @discardableResult
    public func append(_ event: EventRecord) throws -> Int64 {
        try db.execute(
            sql: "INSERT INTO events (at, kind, cycle_id, payload) VALUES (?, ?, ?, ?)",
            arguments: [event.at.milliseconds, event.kind, event.cycleId, event.payload])
        return db.lastInsertedRowID
    }

    public func event(_ id: Int64) throws -> EventRecord? { try EventRecord.fetchOne(db, key: id) }

    /// Oldest first, from the position after `id`.
    public func events(after id: Int64, limit: Int) throws -> [EventRecord] {
        try EventRecord.filter(Column("id") > id).order(Column("id")).limit(limit).fetchAll(db)
    }

    public func events(ids: [Int64]) throws -> [EventRecord] {
        try EventRecord.filter(keys: ids).order(Column("id")).fetchAll(db)
    }

    /// Newest first.
    public func latestEvents(limit: Int) throws -> [EventRecord] {
        try EventRecord.order(Column("id").desc).limit(limit).fetchAll(db)
    }

    public func lastEventId() throws -> Int64 { try Int64.fetchOne(db, sql: "SELECT MAX(id) FROM events") ?? 0 }

    /// Up to where `consumer` has read; nil before its first read.
    public func position(of consumer: String) throws -> Int64? {
        try Int64.fetchOne(db, sql: "SELECT position FROM consumers WHERE name = ?", arguments: [consumer])
    }

    public func setPosition(of consumer: String, to id: Int64) throws {
        try db.execute(
            sql: """
                INSERT INTO consumers (name, position) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET position = excluded.position
                """, arguments: [consumer, id])
    }

    /// Raises the alarm `key` unless it stands already; true when it is new.
    public func raiseAlarm(_ key: String, at: Date, event: () throws -> EventRecord) throws -> Bool {
        guard try alarm(key) == nil else { return false }
        let id = try append(event())
        try db.execute(
            sql: "INSERT INTO alarms (key, raised_at, event_id) VALUES (?, ?, ?)",
            arguments: [key, at.milliseconds, id])
        return true
    }

    /// Clears the alarm `key`; gives the all-clear event when it stood. True when it stood.
    public func clearAlarm(_ key: String, event: (_ raisedAt: Date) throws -> EventRecord) throws -> Bool {
        guard let raisedAt = try alarm(key) else { return false }
        try db.execute(sql: "DELETE FROM alarms WHERE key = ?", arguments: [key])
        try append(event(raisedAt))
        return true
    }

    /// Since when the alarm stands.
    public func alarm(_ key: String) throws -> Date? {
        try Int64.fetchOne(db, sql: "SELECT raised_at FROM alarms WHERE key = ?", arguments: [key])
            .map(Date.init(milliseconds:))
    }

    public func standingAlarms() throws -> [(key: String, raisedAt: Date)] {
        let rows: [Row] = try frequent("SELECT key, raised_at FROM alarms ORDER BY raised_at").fetchAll(db)
        return rows.map { ($0["key"], Date(milliseconds: $0["raised_at"])) }
    }
}
