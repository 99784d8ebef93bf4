import Foundation
import GRDB

/// A figure with its moment; formulas stand in `docs/metrics.md`.
public struct MetricRow: StoredRecord {
    public static let databaseTableName = "metrics"
    public var at: Date
    public var name: String
    public var value: Double
    public var cycleId: Int64?

    public init(at: Date, name: String, value: Double, cycleId: Int64? = nil) {
        self.at = at
        self.name = name
        self.value = value
        self.cycleId = cycleId
    }
}

extension Transaction {
    /// Stores a figure; one that is not finite is left out, since it would say nothing.
    public func record(_ metric: MetricRow) throws {
        guard metric.value.isFinite else { return }
        try db.execute(
            sql: "INSERT INTO metrics (at, name, value, cycle_id) VALUES (?, ?, ?, ?)",
            arguments: [metric.at.milliseconds, metric.name, metric.value, metric.cycleId])
    }

    public func latestMetric(_ name: String) throws -> MetricRow? {
        try MetricRow.filter(Column("name") == name).order(Column("at").desc).fetchOne(db)
    }

    /// Oldest first.
    public func metrics(_ name: String, since: Date) throws -> [MetricRow] {
        try MetricRow.filter(Column("name") == name).filter(Column("at") >= since.milliseconds).order(Column("at"))
            .fetchAll(db)
    }

    public func metrics(ofCycle cycle: Int64) throws -> [MetricRow] {
        try MetricRow.filter(Column("cycle_id") == cycle).fetchAll(db)
    }
}
