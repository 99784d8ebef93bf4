import GRDB

/// Every migration, in order. One that has landed is never edited.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        CandleMigration.register(in: &migrator)
        migrator.registerMigration("control-1") { db in try db.execute(sql: controlTables) }
        migrator.registerMigration("trades-by-exit") { db in
            try db.execute(sql: "CREATE INDEX trades_exit ON trades(exit_at)")
        }
        AnalysisMigration.register(in: &migrator)
        StrategyMigration.register(in: &migrator)
        EnsembleMigration.register(in: &migrator)
        ExplanationMigration.register(in: &migrator)
        return migrator
    }

    private static let controlTables = """
        CREATE TABLE settings (
            key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE cycles (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            idempotency_key TEXT UNIQUE,
            trigger TEXT NOT NULL, requested_by TEXT NOT NULL,
            steps INTEGER NOT NULL CHECK (steps > 0), seed INTEGER,
            state TEXT NOT NULL CHECK (state IN
                ('queued', 'running', 'promoted', 'rejected', 'failed', 'cancelled', 'interrupted')),
            step TEXT, attempt INTEGER NOT NULL DEFAULT 0, stop_requested INTEGER NOT NULL DEFAULT 0,
            created_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER,
            reason TEXT, report TEXT
        ) STRICT;
        CREATE INDEX cycles_state ON cycles(state);

        CREATE TABLE cycle_steps (
            cycle_id INTEGER NOT NULL REFERENCES cycles(id) ON DELETE CASCADE,
            step TEXT NOT NULL, attempt INTEGER NOT NULL,
            started_at INTEGER NOT NULL, finished_at INTEGER NOT NULL, result TEXT NOT NULL,
            PRIMARY KEY (cycle_id, step)
        ) STRICT;

        CREATE TABLE events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL, kind TEXT NOT NULL, cycle_id INTEGER REFERENCES cycles(id), payload TEXT NOT NULL
        ) STRICT;
        CREATE INDEX events_kind ON events(kind, id);

        CREATE TABLE consumers (name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE users (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
            language TEXT NOT NULL, chat_id INTEGER NOT NULL, paired_at INTEGER NOT NULL,
            muted_reason TEXT
        ) STRICT;

        CREATE TABLE pairing_codes (
            code TEXT PRIMARY KEY, role TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
            used_by INTEGER
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE callback_tokens (
            token TEXT PRIMARY KEY, user_id INTEGER, chat_id INTEGER NOT NULL, message_id INTEGER,
            action TEXT NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER
        ) STRICT;
        CREATE INDEX callback_tokens_expiry ON callback_tokens(expires_at);

        CREATE TABLE updates_seen (update_id INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;

        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            dedupe_key TEXT NOT NULL UNIQUE,
            chat_id INTEGER NOT NULL, event_id INTEGER REFERENCES events(id), content TEXT NOT NULL,
            class TEXT NOT NULL, silent INTEGER NOT NULL DEFAULT 0,
            state TEXT NOT NULL CHECK (state IN ('held', 'pending', 'sending', 'sent', 'uncertain', 'failed', 'expired')),
            attempts INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL, not_before INTEGER NOT NULL,
            sent_at INTEGER, message_id INTEGER, error TEXT
        ) STRICT;
        CREATE INDEX outbox_state ON outbox(state, id);

        CREATE TABLE policies (
            version INTEGER PRIMARY KEY, state TEXT NOT NULL CHECK (state IN
                ('pending', 'champion', 'fallback', 'rejected', 'retired', 'pruned')),
            cycle_id INTEGER REFERENCES cycles(id), parent INTEGER, created_at INTEGER NOT NULL, deployed_at INTEGER,
            sha256 TEXT NOT NULL, manifest TEXT NOT NULL, reason TEXT
        ) STRICT;
        CREATE UNIQUE INDEX one_champion ON policies(state) WHERE state = 'champion';

        CREATE TABLE metrics (
            at INTEGER NOT NULL, name TEXT NOT NULL, value REAL NOT NULL, cycle_id INTEGER REFERENCES cycles(id)
        ) STRICT;
        CREATE INDEX metrics_name ON metrics(name, at);

        CREATE TABLE experience (
            id INTEGER PRIMARY KEY, policy_version INTEGER NOT NULL, symbol TEXT NOT NULL, interval TEXT NOT NULL,
            synthetic INTEGER NOT NULL, layout TEXT NOT NULL, timestamp INTEGER NOT NULL,
            state BLOB NOT NULL, action INTEGER NOT NULL, reward REAL NOT NULL, next_state BLOB NOT NULL,
            UNIQUE (policy_version, symbol, interval, synthetic, timestamp)
        ) STRICT;

        CREATE TABLE trades (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            source TEXT NOT NULL, policy_version INTEGER, symbol TEXT NOT NULL, interval TEXT NOT NULL,
            synthetic INTEGER NOT NULL, side TEXT NOT NULL, entry_at INTEGER NOT NULL, exit_at INTEGER NOT NULL,
            entry_price REAL NOT NULL, exit_price REAL NOT NULL, gross_return REAL NOT NULL, fees REAL NOT NULL,
            slippage REAL NOT NULL, net_return REAL NOT NULL, bars INTEGER NOT NULL, exit_reason TEXT NOT NULL,
            detail TEXT NOT NULL, recorded_at INTEGER NOT NULL,
            UNIQUE (source, symbol, interval, synthetic, entry_at)
        ) STRICT;

        CREATE TABLE paper_books (
            symbol TEXT NOT NULL, interval TEXT NOT NULL, synthetic INTEGER NOT NULL,
            policy_version INTEGER NOT NULL, last_open_time INTEGER NOT NULL, book TEXT NOT NULL, updated_at INTEGER NOT NULL,
            PRIMARY KEY (symbol, interval, synthetic)
        ) STRICT;

        CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL, user_id INTEGER, chat_id INTEGER, actor TEXT NOT NULL, command TEXT NOT NULL,
            arguments TEXT NOT NULL, outcome TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
        ) STRICT;

        CREATE TABLE alarms (
            key TEXT PRIMARY KEY, raised_at INTEGER NOT NULL, event_id INTEGER REFERENCES events(id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE schedule_runs (
            job TEXT PRIMARY KEY, last_scheduled INTEGER NOT NULL, last_outcome TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}
