import Foundation
import GRDB

/// A closed trade with its costs. Returns are fractions of the equity at entry.
public struct TradeRow: StoredRecord, Identifiable {
    public static let databaseTableName = "trades"
    public var id: Int64
    /// `paper` or the name of a user's own bot.
    public var source: String
    public var policyVersion: Int?
    public var symbol: String
    public var interval: String
    public var synthetic: Bool
    /// `long` or `short`.
    public var side: String
    public var entryAt: Date
    public var exitAt: Date
    public var entryPrice: Double
    public var exitPrice: Double
    public var grossReturn: Double
    public var fees: Double
    public var slippage: Double
    public var netReturn: Double
    public var bars: Int
    public var exitReason: String
    /// JSON: the policy's probabilities, value and inputs at entry, excursions.
    public var detail: String
    public var recordedAt: Date

    public init(
        source: String, policyVersion: Int?, symbol: String, interval: String, synthetic: Bool, side: String,
        entryAt: Date, exitAt: Date, entryPrice: Double, exitPrice: Double, grossReturn: Double, fees: Double,
        slippage: Double, netReturn: Double, bars: Int, exitReason: String, detail: String, recordedAt: Date
    ) {
        id = 0
        self.source = source
        self.policyVersion = policyVersion
        self.symbol = symbol
        self.interval = interval
        self.synthetic = synthetic
        self.side = side
        self.entryAt = entryAt
        self.exitAt = exitAt
        self.entryPrice = entryPrice
        self.exitPrice = exitPrice
        self.grossReturn = grossReturn
        self.fees = fees
        self.slippage = slippage
        self.netReturn = netReturn
        self.bars = bars
        self.exitReason = exitReason
        self.detail = detail
        self.recordedAt = recordedAt
    }
}

/// The open books of paper trading on one series, so that a position survives a restart.
public struct PaperBookRow: StoredRecord {
    public static let databaseTableName = "paper_books"
    public var symbol: String
    public var interval: String
    public var synthetic: Bool
    public var policyVersion: Int
    public var lastOpenTime: Int64
    /// JSON of the walker: position, entry, equity.
    public var book: String
    public var updatedAt: Date

    public init(
        symbol: String, interval: String, synthetic: Bool, policyVersion: Int, lastOpenTime: Int64, book: String,
        updatedAt: Date
    ) {
        self.symbol = symbol
        self.interval = interval
        self.synthetic = synthetic
        self.policyVersion = policyVersion
        self.lastOpenTime = lastOpenTime
        self.book = book
        self.updatedAt = updatedAt
    }
}

extension Transaction {
    /// Stores a trade unless the same entry of the same source is known; nil then, else its number.
    public func insert(_ trade: TradeRow) throws -> Int64? {
        try db.execute(
            sql: """
                INSERT INTO trades (source, policy_version, symbol, interval, synthetic, side, entry_at, exit_at,
                    entry_price, exit_price, gross_return, fees, slippage, net_return, bars, exit_reason, detail, recorded_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """,
            arguments: [
                trade.source, trade.policyVersion, trade.symbol, trade.interval, trade.synthetic, trade.side,
                trade.entryAt.milliseconds, trade.exitAt.milliseconds, trade.entryPrice, trade.exitPrice,
                trade.grossReturn, trade.fees, trade.slippage, trade.netReturn, trade.bars, trade.exitReason,
                trade.detail, trade.recordedAt.milliseconds,
            ])
        return db.changesCount == 1 ? db.lastInsertedRowID : nil
    }

    public func trade(_ id: Int64) throws -> TradeRow? { try TradeRow.fetchOne(db, key: id) }

    /// Newest first.
    public func trades(limit: Int) throws -> [TradeRow] {
        try TradeRow.order(Column("id").desc).limit(limit).fetchAll(db)
    }

    public func trades(closedSince time: Date) throws -> [TradeRow] {
        try frequent("SELECT * FROM trades WHERE exit_at >= ? ORDER BY exit_at", [time.milliseconds]).fetchAll(db)
    }

    public func tradeCount() throws -> Int { try TradeRow.fetchCount(db) }

    public func paperBook(symbol: String, interval: String, synthetic: Bool) throws -> PaperBookRow? {
        try PaperBookRow.filter(Column("symbol") == symbol).filter(Column("interval") == interval)
            .filter(Column("synthetic") == synthetic).fetchOne(db)
    }

    public func paperBooks() throws -> [PaperBookRow] { try PaperBookRow.fetchAll(db) }
    public func save(_ book: PaperBookRow) throws { try book.replace(in: db) }
}
