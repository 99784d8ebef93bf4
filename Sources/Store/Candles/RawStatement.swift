import GRDB
import GRDBSQLite

/// A statement driven through SQLite's own calls. Candles go by the million, and boxing each of their numbers into a
/// `DatabaseValue` would cost more than storing it. Changes made this way are not seen by GRDB's observers.
struct RawStatement {
    // Keeps `handle` valid.
    private let statement: Statement
    private let handle: OpaquePointer

    init(_ db: Database, sql: String) throws {
        statement = try db.makeStatement(sql: sql)
        handle = statement.sqliteStatement
    }

    /// - Parameter index: counted from 1.
    func bind(_ value: Int64, at index: Int32) { sqlite3_bind_int64(handle, index, value) }
    func bind(_ value: Double, at index: Int32) { sqlite3_bind_double(handle, index, value) }

    /// - Parameter column: counted from 0.
    func int64(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
    func double(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

    /// Moves to the next row; false when there is none.
    func step() throws -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        let message = sqlite3_errmsg(sqlite3_db_handle(handle)).map { String(cString: $0) }
        throw DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(sqlite3_db_handle(handle))), message: message)
    }

    /// Runs a statement that returns no rows, ready to be bound anew.
    func run() throws {
        defer { sqlite3_reset(handle) }
        _ = try step()
    }
}
