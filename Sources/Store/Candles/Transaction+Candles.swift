import GRDB
import Market

extension Transaction {
    /// Stores closed candles in any order; storing the same ones again changes nothing, corrected ones replace the old.
    ///
    /// Real and synthetic candles (`isSynthetic`) are kept apart.
    /// - Throws: ``StoreError/refused(reason:)`` for a candle that is not a sound bar of `interval`.
    @discardableResult
    public func insertCandles(
        _ candles: [Candle], symbol: Symbol, interval: Interval, isSynthetic: Bool
    ) throws -> CandleInsertion {
        try importCandles(symbol: symbol, interval: interval, isSynthetic: isSynthetic) { append in try append(candles)
        }
        .insertion
    }

    /// Stores what `feed` appends, batch by batch, without holding all of it in memory.
    ///
    /// ```swift
    /// try store.importCandles(symbol: symbol, interval: interval, isSynthetic: false) { append in
    ///     try reader.forEachBatch(append)
    /// }
    /// ```
    /// - Returns: what changed, and what `feed` returned.
    public func importCandles<Result>(
        symbol: Symbol, interval: Interval, isSynthetic: Bool,
        from feed: (_ append: ([Candle]) throws -> Void) throws -> Result
    ) throws -> (insertion: CandleInsertion, result: Result) {
        var appender: CandleAppender?
        let result = try feed { candles in
            guard !candles.isEmpty else { return }
            let current =
                try appender
                ?? CandleAppender(
                    db, .findOrCreate(db, symbol: symbol, interval: interval, isSynthetic: isSynthetic))
            appender = current
            try current.append(candles)
        }
        return (try appender?.finish() ?? CandleInsertion(), result)
    }

    /// The stored candles with open times in `from ..< to` (UTC milliseconds; nil: no bound), oldest first.
    /// - Parameter limit: at most so many, the latest of them.
    public func candles(
        symbol: Symbol, interval: Interval, isSynthetic: Bool, from: Int64? = nil, to: Int64? = nil, limit: Int? = nil
    ) throws -> CandleSeries {
        guard let series = try find(symbol, interval, isSynthetic) else {
            return CandleSeries(symbol: symbol, interval: interval, candles: [], isSynthetic: isSynthetic)
        }
        let rows = try RawStatement(
            db,
            sql: """
                SELECT open_time, open, high, low, close, volume, quote_volume, trades, taker_buy_base, taker_buy_quote
                FROM candles WHERE series_id = ? AND open_time >= ? AND open_time < ? ORDER BY open_time DESC LIMIT ?
                """)
        rows.bind(series.id, at: 1)
        rows.bind(from ?? .min, at: 2)
        rows.bind(to ?? .max, at: 3)
        rows.bind(limit.map { Int64(max(0, $0)) } ?? -1, at: 4)
        var candles: [Candle] = []
        while try rows.step() {
            candles.append(
                Candle(
                    openTime: rows.int64(0), open: rows.double(1), high: rows.double(2), low: rows.double(3),
                    close: rows.double(4), volume: rows.double(5), quoteVolume: rows.double(6), trades: rows.int64(7),
                    takerBuyBase: rows.double(8), takerBuyQuote: rows.double(9)))
        }
        candles.reverse()
        return CandleSeries(symbol: symbol, interval: interval, candles: candles, isSynthetic: isSynthetic)
    }

    /// Open time of the last stored candle (UTC milliseconds). A sync goes on one interval later.
    public func lastCandleTime(symbol: Symbol, interval: Interval, isSynthetic: Bool) throws -> Int64? {
        try frequent(
            """
            SELECT max(open_time) FROM candles WHERE series_id =
                (SELECT id FROM candle_series WHERE symbol = ? AND interval = ? AND is_synthetic = ?)
            """, [symbol.rawValue, interval.rawValue, isSynthetic]
        ).fetchOne(db)
    }

    /// The missing stretches between the first and the last stored candle, oldest first.
    public func candleGaps(symbol: Symbol, interval: Interval, isSynthetic: Bool) throws -> [CandleGap] {
        guard let series = try find(symbol, interval, isSynthetic) else { return [] }
        return try Row.fetchAll(
            db, sql: "SELECT from_time, to_time FROM candle_gaps WHERE series_id = ? ORDER BY from_time",
            arguments: [series.id]
        ).map { CandleGap(from: $0["from_time"], to: $0["to_time"], interval: interval) }
    }

    /// Every series that holds candles, by symbol, interval length, real before synthetic.
    public func candleStatus() throws -> [CandleSeriesStatus] {
        let rows = try Row.fetchAll(db, sql: "SELECT id, symbol, interval, is_synthetic FROM candle_series")
        let status = try rows.compactMap { row -> CandleSeriesStatus? in
            let names: (String, String) = (row["symbol"], row["interval"])
            guard let symbol = Symbol(rawValue: names.0), let interval = Interval(rawValue: names.1) else {
                throw StoreError.refused(reason: "the stored series “\(names.0) \(names.1)” has an unknown name")
            }
            let series = StoredSeries(id: row["id"], interval: interval)
            guard let span = try series.span(db) else { return nil }
            let totals = try series.gapTotals(db, within: span)
            return CandleSeriesStatus(
                symbol: symbol, interval: interval, isSynthetic: row["is_synthetic"],
                rows: series.bars(in: span) - totals.missing, first: span.lowerBound, last: span.upperBound,
                gaps: totals.gaps, missing: totals.missing)
        }
        return status.sorted {
            ($0.symbol.rawValue, $0.interval.milliseconds, $0.isSynthetic ? 1 : 0)
                < ($1.symbol.rawValue, $1.interval.milliseconds, $1.isSynthetic ? 1 : 0)
        }
    }

    private func find(_ symbol: Symbol, _ interval: Interval, _ isSynthetic: Bool) throws -> StoredSeries? {
        try StoredSeries.find(db, symbol: symbol, interval: interval, isSynthetic: isSynthetic)
    }
}
