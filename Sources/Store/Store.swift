import Foundation
import GRDB

/// The one writer of truth: a SQLite database in WAL mode with `synchronous=FULL`.
///
/// ```swift
/// let store = try Store(path: "data/marketflow.db")
/// try store.write { tx in
///     let cycle = try tx.insert(CycleRecord(...))
///     try tx.append(event)
/// }
/// ```
///
/// Every state change and the event that tells of it go into one `write`. Times are stored as UTC milliseconds.
public final class Store: Sendable {
    public let path: String
    package let pool: DatabasePool

    /// Opens the database at `path`, creating and migrating it as needed.
    ///
    /// - Throws: ``StoreError`` when the file cannot be opened, is damaged, is not a database, or belongs to a newer version.
    public init(path: String) throws {
        self.path = path
        var configuration = GRDB.Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        configuration.label = "store"
        // The default asks for a higher priority than a sandboxed service may have.
        configuration.qos = .default
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            try pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
            let migrator = Schema.migrator
            if try pool.read(migrator.hasBeenSuperseded) { throw StoreError.newerSchema(path: path) }
            try migrator.migrate(pool)
        } catch {
            throw try StoreError(error, path: path)
        }
    }

    /// Reads a consistent snapshot. Never waits for a writer.
    public func read<Value>(_ body: (Transaction) throws -> Value) throws -> Value {
        do { return try pool.read { try body(Transaction(db: $0)) } } catch { throw try StoreError(error, path: path) }
    }

    /// Runs `body` in one transaction; nothing of it is kept if it throws. For threads that may block.
    @discardableResult
    public func write<Value>(_ body: (Transaction) throws -> Value) throws -> Value {
        do { return try pool.write { try body(Transaction(db: $0)) } } catch { throw try StoreError(error, path: path) }
    }

    /// As the synchronous form, without holding a thread of the cooperative pool while the disk works.
    @discardableResult
    public func write<Value: Sendable>(_ body: @Sendable @escaping (Transaction) throws -> Value) async throws -> Value
    {
        do { return try await pool.write { try body(Transaction(db: $0)) } } catch {
            throw try StoreError(error, path: path)
        }
    }
}

/// What can be read and changed within one transaction; each concept adds its part in its own folder.
public struct Transaction {
    package let db: Database

    /// A query asked with every message: compiled once a connection. The others need not be kept.
    func frequent<Row>(_ sql: String, _ arguments: StatementArguments = []) -> SQLRequest<Row> {
        SQLRequest(sql: sql, arguments: arguments, cached: true)
    }
}

/// A row that is a plain struct: camelCase here, snake_case there, dates as UTC milliseconds.
public protocol StoredRecord: Codable, FetchableRecord, MutablePersistableRecord, Sendable {}

extension StoredRecord {
    /// Inserts the row, or replaces the one with its primary key. A row that another unique index forbids is refused: an
    /// upsert would overwrite the row in its way.
    func replace(in db: Database) throws {
        var row = self
        try row.save(db)
    }

    public static var databaseColumnDecodingStrategy: DatabaseColumnDecodingStrategy { .convertFromSnakeCase }
    public static var databaseColumnEncodingStrategy: DatabaseColumnEncodingStrategy { .convertToSnakeCase }
    public static func databaseDateDecodingStrategy(for column: String) -> DatabaseDateDecodingStrategy {
        .millisecondsSince1970
    }
    public static func databaseDateEncodingStrategy(for column: String) -> DatabaseDateEncodingStrategy {
        .millisecondsSince1970
    }
}

extension Date {
    /// UTC milliseconds, as times are stored.
    public var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }
    public init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}
