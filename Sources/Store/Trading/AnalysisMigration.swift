import Foundation
import GRDB

/// The tables of why trades ended as they did.
enum AnalysisMigration {
    static func register(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("trade-analysis-1") { db in
            try db.execute(sql: tables)
            try takeOver(db)
        }
    }

    /// States are read in the order of their key, thousands at a time, so the table is that index.
    private static let tables = """
        CREATE TABLE trade_analyses (
            trade_id INTEGER PRIMARY KEY REFERENCES trades(id) ON DELETE CASCADE,
            evidence TEXT NOT NULL, digest TEXT NOT NULL, verdict TEXT NOT NULL, bars_after INTEGER NOT NULL,
            code_version TEXT NOT NULL, created_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE trade_states (
            layout TEXT NOT NULL, synthetic INTEGER NOT NULL, exit_at INTEGER NOT NULL,
            trade_id INTEGER NOT NULL REFERENCES trades(id) ON DELETE CASCADE,
            net_return REAL NOT NULL, state BLOB NOT NULL,
            PRIMARY KEY (layout, synthetic, exit_at, trade_id)
        ) STRICT, WITHOUT ROWID;
        """

    /// What trades remember in their detail, as this migration knows it.
    private struct Detail: Decodable {
        var inputs: [Float]?
        var layout: String?
    }

    private static func takeOver(_ db: Database) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT id, synthetic, exit_at, net_return, detail FROM trades")
        let decoder = JSONDecoder()
        while let row = try rows.next() {
            let text: String = row[4]
            // A detail in another form has no state that could be compared.
            guard let detail = try? decoder.decode(Detail.self, from: Data(text.utf8)), let layout = detail.layout,
                let inputs = detail.inputs, !inputs.isEmpty
            else { continue }
            try TradeStateTable.insert(
                TradeStateRow(
                    trade: row[0], layout: layout, synthetic: row[1], exitAt: Date(milliseconds: row[2]),
                    netReturn: row[3], state: inputs), in: db)
        }
    }
}

enum TradeStateTable {
    static func insert(_ row: TradeStateRow, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO trade_states (layout, synthetic, exit_at, trade_id, net_return, state)
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """)
        try statement.execute(arguments: [
            row.layout, row.synthetic, row.exitAt.milliseconds, row.trade, row.netReturn, FloatBlob.data(row.state),
        ])
    }
}
