import GRDB

/// Sessions, their trades and figures, the history of the weights, decisions and the ensemble's open books.
enum EnsembleMigration {
    static func register(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("ensemble-1") { db in try db.execute(sql: tables) }
    }

    private static let tables = """
        CREATE TABLE sessions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            idempotency_key TEXT UNIQUE, trigger TEXT NOT NULL, requested_by TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN
                ('queued', 'running', 'finished', 'failed', 'cancelled', 'interrupted', 'imported')),
            plan TEXT NOT NULL, attempt INTEGER NOT NULL DEFAULT 0, stop_requested INTEGER NOT NULL DEFAULT 0,
            created_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER,
            iterations INTEGER NOT NULL DEFAULT 0, weights TEXT, result TEXT, reason TEXT
        ) STRICT;
        CREATE INDEX sessions_state ON sessions(state);

        CREATE TABLE session_iterations (
            session_id INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
            iteration INTEGER NOT NULL, finished_at INTEGER NOT NULL, result TEXT NOT NULL,
            PRIMARY KEY (session_id, iteration)
        ) STRICT;

        CREATE TABLE session_models (
            session_id INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
            iteration INTEGER NOT NULL, model TEXT NOT NULL, weight REAL NOT NULL, trades INTEGER NOT NULL,
            win_rate REAL NOT NULL, expectancy REAL NOT NULL, roi REAL NOT NULL, drawdown REAL NOT NULL, fault TEXT,
            PRIMARY KEY (session_id, iteration, model)
        ) STRICT;

        CREATE TABLE session_trades (
            id INTEGER PRIMARY KEY,
            session_id INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
            iteration INTEGER NOT NULL, symbol TEXT NOT NULL, side TEXT NOT NULL,
            entry_at INTEGER NOT NULL, exit_at INTEGER NOT NULL, net_return REAL NOT NULL, size REAL NOT NULL,
            exit_reason TEXT NOT NULL, result TEXT NOT NULL, decision TEXT NOT NULL
        ) STRICT;
        CREATE INDEX session_trades_session ON session_trades(session_id, iteration);

        CREATE TABLE weight_changes (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL, session_id INTEGER REFERENCES sessions(id) ON DELETE CASCADE, iteration INTEGER,
            model TEXT NOT NULL, state TEXT NOT NULL, cause TEXT NOT NULL, reason TEXT NOT NULL,
            old REAL NOT NULL, raw REAL NOT NULL, projected REAL NOT NULL,
            quality REAL NOT NULL, gain REAL NOT NULL, baseline REAL NOT NULL, rate REAL NOT NULL,
            trade TEXT NOT NULL, trade_id INTEGER REFERENCES trades(id)
        ) STRICT;
        CREATE INDEX weight_changes_session ON weight_changes(session_id, id);

        CREATE TABLE ensemble_snapshots (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL, session_id INTEGER REFERENCES sessions(id) ON DELETE SET NULL,
            reason TEXT NOT NULL, weights TEXT NOT NULL
        ) STRICT;

        CREATE TABLE ensemble_decisions (
            id INTEGER PRIMARY KEY,
            symbol TEXT NOT NULL, interval TEXT NOT NULL, synthetic INTEGER NOT NULL, bar INTEGER NOT NULL,
            side TEXT NOT NULL, confidence REAL NOT NULL, threshold REAL NOT NULL, regime TEXT NOT NULL,
            size REAL NOT NULL, outcome TEXT NOT NULL, votes TEXT NOT NULL,
            UNIQUE (symbol, interval, synthetic, bar)
        ) STRICT;

        CREATE TABLE ensemble_books (
            symbol TEXT NOT NULL, interval TEXT NOT NULL, synthetic INTEGER NOT NULL,
            last_open_time INTEGER NOT NULL, book TEXT NOT NULL, updated_at INTEGER NOT NULL,
            PRIMARY KEY (symbol, interval, synthetic)
        ) STRICT;
        """
}
