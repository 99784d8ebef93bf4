import GRDB
import Market

/// A row of `candle_series`.
struct StoredSeries {
    let id: Int64
    let interval: Interval

    /// Nil when nothing was ever stored.
    static func find(_ db: Database, symbol: Symbol, interval: Interval, isSynthetic: Bool) throws -> StoredSeries? {
        let id = try Int64.fetchOne(
            db, sql: "SELECT id FROM candle_series WHERE symbol = ? AND interval = ? AND is_synthetic = ?",
            arguments: [symbol.rawValue, interval.rawValue, isSynthetic])
        return id.map { StoredSeries(id: $0, interval: interval) }
    }

    static func findOrCreate(_ db: Database, symbol: Symbol, interval: Interval, isSynthetic: Bool) throws
        -> StoredSeries
    {
        if let series = try find(db, symbol: symbol, interval: interval, isSynthetic: isSynthetic) { return series }
        try db.execute(
            sql: "INSERT INTO candle_series (symbol, interval, is_synthetic) VALUES (?, ?, ?)",
            arguments: [symbol.rawValue, interval.rawValue, isSynthetic])
        return StoredSeries(id: db.lastInsertedRowID, interval: interval)
    }

    /// Open times of the first and the last candle.
    func span(_ db: Database) throws -> ClosedRange<Int64>? {
        let bounds = try Row.fetchOne(
            db,
            sql: """
                SELECT (SELECT min(open_time) FROM candles WHERE series_id = ?1) AS first,
                       (SELECT max(open_time) FROM candles WHERE series_id = ?1) AS last
                """, arguments: [id])
        guard let first: Int64 = bounds?["first"], let last: Int64 = bounds?["last"] else { return nil }
        return first...last
    }

    /// The number of candles, which the gap list gives without counting them.
    func rows(_ db: Database) throws -> Int {
        guard let span = try span(db) else { return 0 }
        return bars(in: span) - (try gapTotals(db, within: span).missing)
    }

    func bars(in span: ClosedRange<Int64>) -> Int {
        Int((span.upperBound - span.lowerBound) / interval.milliseconds) + 1
    }

    func gapTotals(_ db: Database, within span: ClosedRange<Int64>) throws -> (gaps: Int, missing: Int) {
        let totals = try Row.fetchOne(
            db,
            sql: """
                SELECT count(*) AS gaps, ifnull(sum(missing), 0) AS missing FROM candle_gaps
                WHERE series_id = ? AND from_time > ? AND from_time < ?
                """, arguments: [id, span.lowerBound, span.upperBound])
        return (totals?["gaps"] ?? 0, totals?["missing"] ?? 0)
    }

    /// Finds the gaps around candles that were stored in `touched` anew.
    /// - Returns: the stretch that was looked at: `touched` with its neighbours on both sides.
    func refreshGaps(_ db: Database, around touched: ClosedRange<Int64>) throws -> ClosedRange<Int64> {
        let before = try Int64.fetchOne(
            db, sql: "SELECT max(open_time) FROM candles WHERE series_id = ? AND open_time < ?",
            arguments: [id, touched.lowerBound])
        let after = try Int64.fetchOne(
            db, sql: "SELECT min(open_time) FROM candles WHERE series_id = ? AND open_time > ?",
            arguments: [id, touched.upperBound])
        let stretch = (before ?? touched.lowerBound)...(after ?? touched.upperBound)
        try db.execute(
            sql: "DELETE FROM candle_gaps WHERE series_id = ? AND from_time > ? AND from_time < ?",
            arguments: [id, stretch.lowerBound, stretch.upperBound])
        for gap in try missing(db, in: stretch) {
            try db.execute(
                sql: "INSERT INTO candle_gaps (series_id, from_time, to_time, missing) VALUES (?, ?, ?, ?)",
                arguments: [id, gap.from, gap.to, gap.missing])
        }
        return stretch
    }

    private func missing(_ db: Database, in stretch: ClosedRange<Int64>) throws -> [CandleGap] {
        let times = try RawStatement(
            db,
            sql: "SELECT open_time FROM candles WHERE series_id = ? AND open_time BETWEEN ? AND ? ORDER BY open_time")
        times.bind(id, at: 1)
        times.bind(stretch.lowerBound, at: 2)
        times.bind(stretch.upperBound, at: 3)
        var gaps: [CandleGap] = []
        var expected = stretch.lowerBound
        while try times.step() {
            let time = times.int64(0)
            if time > expected { gaps.append(CandleGap(from: expected, to: time, interval: interval)) }
            expected = time + interval.milliseconds
        }
        return gaps
    }
}
