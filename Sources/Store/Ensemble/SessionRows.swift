import Foundation
import GRDB

/// What one iteration of a session came to.
public struct SessionIterationRow: StoredRecord {
    public static let databaseTableName = "session_iterations"
    public var sessionId: Int64
    public var iteration: Int
    public var finishedAt: Date
    /// JSON.
    public var result: String

    public init(sessionId: Int64, iteration: Int, finishedAt: Date, result: String) {
        self.sessionId = sessionId
        self.iteration = iteration
        self.finishedAt = finishedAt
        self.result = result
    }
}

/// One model's figures in one iteration, alone on the judged window.
public struct SessionModelRow: StoredRecord {
    public static let databaseTableName = "session_models"
    public var sessionId: Int64
    public var iteration: Int
    public var model: String
    public var weight: Double
    public var trades: Int
    public var winRate: Double
    public var expectancy: Double
    public var roi: Double
    public var drawdown: Double
    public var fault: String?

    public init(
        sessionId: Int64, iteration: Int, model: String, weight: Double, trades: Int, winRate: Double,
        expectancy: Double, roi: Double, drawdown: Double, fault: String?
    ) {
        self.sessionId = sessionId
        self.iteration = iteration
        self.model = model
        self.weight = weight
        self.trades = trades
        self.winRate = winRate
        self.expectancy = expectancy
        self.roi = roi
        self.drawdown = drawdown
        self.fault = fault
    }
}

/// A trade of a session with the decision that led to it.
public struct SessionTradeRow: StoredRecord {
    public static let databaseTableName = "session_trades"
    public var sessionId: Int64
    public var iteration: Int
    public var symbol: String
    public var side: String
    public var entryAt: Date
    public var exitAt: Date
    public var netReturn: Double
    public var size: Double
    public var exitReason: String
    /// JSON of the closed trade.
    public var result: String
    /// JSON of the decision with all votes.
    public var decision: String

    public init(
        sessionId: Int64, iteration: Int, symbol: String, side: String, entryAt: Date, exitAt: Date, netReturn: Double,
        size: Double, exitReason: String, result: String, decision: String
    ) {
        self.sessionId = sessionId
        self.iteration = iteration
        self.symbol = symbol
        self.side = side
        self.entryAt = entryAt
        self.exitAt = exitAt
        self.netReturn = netReturn
        self.size = size
        self.exitReason = exitReason
        self.result = result
        self.decision = decision
    }
}

extension Transaction {
    public func save(_ row: SessionIterationRow) throws { try row.replace(in: db) }
    public func save(_ row: SessionModelRow) throws { try row.replace(in: db) }
    public func insert(_ row: SessionTradeRow) throws { try row.insert(in: db) }

    /// In order.
    public func iterations(of session: Int64) throws -> [SessionIterationRow] {
        try SessionIterationRow.filter(Column("session_id") == session).order(Column("iteration")).fetchAll(db)
    }

    /// In order of iterations, then of names.
    public func models(of session: Int64) throws -> [SessionModelRow] {
        try SessionModelRow.filter(Column("session_id") == session).order(Column("iteration"), Column("model"))
            .fetchAll(db)
    }

    /// In the order they were closed.
    public func trades(of session: Int64) throws -> [SessionTradeRow] {
        try SessionTradeRow.filter(Column("session_id") == session).order(Column("iteration"), Column("id"))
            .fetchAll(db)
    }

    /// As if `iteration` and what came of it had never been.
    package func forgetIteration(_ iteration: Int, of session: Int64) throws {
        for table in ["session_iterations", "session_models", "session_trades", "weight_changes"] {
            try db.execute(
                sql: "DELETE FROM \(table) WHERE session_id = ? AND iteration >= ?", arguments: [session, iteration])
        }
    }

    /// Forgets all but the last iteration, with its trades and weight changes.
    public func dropIntermediateResults(of session: Int64, keeping iteration: Int) throws {
        for table in ["session_iterations", "session_models", "session_trades", "weight_changes"] {
            try db.execute(
                sql: "DELETE FROM \(table) WHERE session_id = ? AND iteration < ?", arguments: [session, iteration])
        }
    }
}

extension StoredRecord {
    /// Inserts the row.
    func insert(in db: Database) throws {
        var row = self
        try row.insert(db)
    }
}
