import Foundation
import GRDB

extension Transaction {
    /// A setting changed while running (paused, the poller's offset, …); nil when never set.
    public func setting(_ key: String) throws -> String? {
        try frequent("SELECT value FROM settings WHERE key = ?", [key]).fetchOne(db)
    }

    /// Stores the setting, or removes it when `value` is nil.
    public func set(_ key: String, to value: String?, at now: Date) throws {
        guard let value else {
            return try db.execute(sql: "DELETE FROM settings WHERE key = ?", arguments: [key])
        }
        try db.execute(
            sql: """
                INSERT INTO settings (key, value, updated_at) VALUES (?, ?, ?)
                ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
                """, arguments: [key, value, now.milliseconds])
    }

    /// The moments for which each scheduled job last ran.
    public func scheduleRuns() throws -> [String: Date] {
        let rows = try Row.fetchAll(db, sql: "SELECT job, last_scheduled FROM schedule_runs")
        return Dictionary(uniqueKeysWithValues: rows.map { ($0["job"], Date(milliseconds: $0["last_scheduled"])) })
    }

    public func recordScheduleRun(job: String, scheduledFor: Date, outcome: String) throws {
        try db.execute(
            sql: """
                INSERT INTO schedule_runs (job, last_scheduled, last_outcome) VALUES (?, ?, ?)
                ON CONFLICT (job) DO UPDATE SET last_scheduled = MAX(last_scheduled, excluded.last_scheduled),
                    last_outcome = excluded.last_outcome
                """, arguments: [job, scheduledFor.milliseconds, outcome])
    }
}
