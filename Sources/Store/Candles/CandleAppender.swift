import GRDB
import Market

/// Stores candles of one series within a transaction and brings the gap list up to date at the end.
final class CandleAppender {
    private let db: Database
    private let series: StoredSeries
    /// One statement for many rows takes SQLite two thirds of the work of as many statements.
    private let block: RawStatement
    private let single: RawStatement
    private let rowsBefore: Int
    private let changesBefore: Int
    private var received = 0
    private var touched: ClosedRange<Int64>?

    init(_ db: Database, _ series: StoredSeries) throws {
        self.db = db
        self.series = series
        block = try RawStatement(db, sql: Self.upsert(rows: Self.blockRows))
        single = try RawStatement(db, sql: Self.upsert(rows: 1))
        block.bind(series.id, at: 1)
        single.bind(series.id, at: 1)
        rowsBefore = try series.rows(db)
        changesBefore = db.totalChangesCount
    }

    /// - Throws: ``StoreError/refused(reason:)`` for a candle that is not sound.
    func append(_ candles: [Candle]) throws {
        for candle in candles {
            if let fault = candle.fault(interval: series.interval) {
                throw StoreError.refused(reason: "the candle opened at \(candle.openTime) is not sound: \(fault)")
            }
            let time = candle.openTime
            touched = touched.map { min($0.lowerBound, time)...max($0.upperBound, time) } ?? time...time
        }
        let inBlocks = candles.count - candles.count % Self.blockRows
        for start in stride(from: 0, to: inBlocks, by: Self.blockRows) {
            for row in 0..<Self.blockRows { bind(candles[start + row], to: block, row: row) }
            try block.run()
        }
        for candle in candles[inBlocks...] {
            bind(candle, to: single, row: 0)
            try single.run()
        }
        received += candles.count
    }

    private func bind(_ candle: Candle, to statement: RawStatement, row: Int) {
        let first = Int32(2 + row * Self.boundColumns)
        statement.bind(candle.openTime, at: first)
        statement.bind(candle.open, at: first + 1)
        statement.bind(candle.high, at: first + 2)
        statement.bind(candle.low, at: first + 3)
        statement.bind(candle.close, at: first + 4)
        statement.bind(candle.volume, at: first + 5)
        statement.bind(candle.quoteVolume, at: first + 6)
        statement.bind(candle.trades, at: first + 7)
        statement.bind(candle.takerBuyBase, at: first + 8)
        statement.bind(candle.takerBuyQuote, at: first + 9)
    }

    func finish() throws -> CandleInsertion {
        guard let touched else { return CandleInsertion() }
        let changed = db.totalChangesCount - changesBefore
        let stretch = try series.refreshGaps(db, around: touched)
        let inserted = try series.rows(db) - rowsBefore
        let totals = try series.gapTotals(db, within: stretch)
        return CandleInsertion(
            inserted: inserted, updated: changed - inserted, identical: received - changed, gaps: totals.gaps,
            missing: totals.missing)
    }

    /// A candle that is already there changes only by what the new one knows better: 0 in the last four columns means
    /// unknown and gives way to a known figure, unless prices or volume differ, when the old row as a whole is wrong.
    private static func upsert(rows: Int) -> String {
        let places = Array(repeating: "?", count: boundColumns).joined(separator: ", ")
        let row = "(?1, \(places))"
        return """
            INSERT INTO candles (series_id, open_time, open, high, low, close, volume,
                quote_volume, trades, taker_buy_base, taker_buy_quote)
            VALUES \(Array(repeating: row, count: rows).joined(separator: ", "))
            ON CONFLICT (series_id, open_time) DO UPDATE SET
                open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
                volume = excluded.volume,
                \(optionalColumns.map { "\($0) = iif(excluded.\($0) = 0 AND \(isSameBar), \($0), excluded.\($0))" }
                    .joined(separator: ", "))
            WHERE NOT \(isSameBar)
                OR \(optionalColumns.map { "excluded.\($0) NOT IN (0, \($0))" }.joined(separator: " OR "))
            """
    }

    private static let blockRows = 32
    /// All but the series, which is the same in every row.
    private static let boundColumns = 10
    private static let optionalColumns = ["quote_volume", "trades", "taker_buy_base", "taker_buy_quote"]
    private static let isSameBar = """
        ((open, high, low, close, volume) = (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume))
        """
}
