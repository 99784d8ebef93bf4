import GRDB

/// The tables of the candles: series, their candles, and the stretches that are missing in them.
enum CandleMigration {
    static func register(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("candles-1") { db in try db.execute(sql: tables) }
    }

    /// Real and synthetic candles of one symbol and interval are two series, so they never mix.
    /// A candle is found by series and open time alone, so the table is that index (`WITHOUT ROWID`).
    private static let tables = """
        CREATE TABLE candle_series (
            id INTEGER PRIMARY KEY,
            symbol TEXT NOT NULL, interval TEXT NOT NULL,
            is_synthetic INTEGER NOT NULL CHECK (is_synthetic IN (0, 1)),
            UNIQUE (symbol, interval, is_synthetic)
        ) STRICT;

        CREATE TABLE candles (
            series_id INTEGER NOT NULL REFERENCES candle_series(id) ON DELETE CASCADE,
            open_time INTEGER NOT NULL,
            open REAL NOT NULL, high REAL NOT NULL, low REAL NOT NULL, close REAL NOT NULL, volume REAL NOT NULL,
            quote_volume REAL NOT NULL, trades INTEGER NOT NULL,
            taker_buy_base REAL NOT NULL, taker_buy_quote REAL NOT NULL,
            PRIMARY KEY (series_id, open_time)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE candle_gaps (
            series_id INTEGER NOT NULL REFERENCES candle_series(id) ON DELETE CASCADE,
            from_time INTEGER NOT NULL, to_time INTEGER NOT NULL, missing INTEGER NOT NULL CHECK (missing > 0),
            PRIMARY KEY (series_id, from_time)
        ) STRICT, WITHOUT ROWID;
        """
}
