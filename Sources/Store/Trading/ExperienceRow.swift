import Foundation
import GRDB

/// One step of experience: (state, action, reward, next_state, timestamp). States are little-endian Float32.
public struct ExperienceRow: StoredRecord {
    public static let databaseTableName = "experience"
    public var policyVersion: Int
    public var symbol: String
    public var interval: String
    public var synthetic: Bool
    /// Name of the observation layout the states follow.
    public var layout: String
    /// When the action was decided.
    public var timestamp: Date
    public var state: Data
    public var action: Int
    public var reward: Double
    public var nextState: Data

    public init(
        policyVersion: Int, symbol: String, interval: String, synthetic: Bool, layout: String, timestamp: Date,
        state: Data, action: Int, reward: Double, nextState: Data
    ) {
        self.policyVersion = policyVersion
        self.symbol = symbol
        self.interval = interval
        self.synthetic = synthetic
        self.layout = layout
        self.timestamp = timestamp
        self.state = state
        self.action = action
        self.reward = reward
        self.nextState = nextState
    }
}

extension Transaction {
    /// Adds what is not known yet and keeps the newest `keep` rows.
    public func insert(_ experience: [ExperienceRow], keep: Int) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO experience (policy_version, symbol, interval, synthetic, layout, timestamp, state, action,
                    reward, next_state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """)
        for row in experience {
            try statement.execute(arguments: [
                row.policyVersion, row.symbol, row.interval, row.synthetic, row.layout, row.timestamp.milliseconds,
                row.state, row.action, row.reward, row.nextState,
            ])
        }
        try db.execute(
            sql: "DELETE FROM experience WHERE id <= (SELECT MAX(id) FROM experience) - ?", arguments: [keep])
    }

    /// Every stored step of one observation layout, real or synthetic, market after market in time.
    public func experience(layout: String, synthetic: Bool) throws -> [ExperienceRow] {
        try ExperienceRow.filter(Column("layout") == layout).filter(Column("synthetic") == synthetic)
            .order(Column("symbol"), Column("interval"), Column("policy_version"), Column("timestamp")).fetchAll(db)
    }

    public func experienceCount() throws -> Int { try ExperienceRow.fetchCount(db) }
}
