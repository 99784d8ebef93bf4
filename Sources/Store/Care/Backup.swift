import Foundation
import GRDB

extension Store {
    /// Writes a consistent copy of the database to `file`: aside first, then renamed. Readers and the writer go on.
    public func backup(to file: String) throws {
        let aside = file + ".partial"
        // Left over from a backup that was cut off; there may be none.
        try? FileManager.default.removeItem(atPath: aside)
        do {
            try pool.writeWithoutTransaction { db in try db.execute(sql: "VACUUM INTO ?", arguments: [aside]) }
        } catch { throw try StoreError(error, path: path) }
        guard rename(aside, file) == 0 else {
            throw StoreError.cannotOpen(path: file, reason: String(cString: strerror(errno)))
        }
    }

    /// Replaces the database at `path` by the backup `file`. No process may have the database open.
    ///
    /// The backup is checked first; the database replaced is kept beside as `.before-restore`.
    public static func restore(_ file: String, to path: String) throws {
        let check = try checkedCopy(of: file, aside: path + ".restoring")
        let keep = path + ".before-restore"
        if FileManager.default.fileExists(atPath: path) {
            // The log holds committed changes: they move with the file they belong to. That of a database kept earlier would
            // be taken for this one's.
            for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: keep + suffix) {
                try FileManager.default.removeItem(atPath: keep + suffix)
            }
            for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
                guard rename(path + suffix, keep + suffix) == 0 else {
                    throw StoreError.cannotOpen(path: path, reason: String(cString: strerror(errno)))
                }
            }
        }
        guard rename(check, path) == 0 else {
            throw StoreError.cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
    }

    private static func checkedCopy(of file: String, aside: String) throws -> String {
        do {
            let queue = try DatabaseQueue(path: file, configuration: readOnly)
            let verdict = try queue.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } ?? "no answer"
            guard verdict == "ok" else { throw StoreError.damaged(path: file, reason: verdict) }
            let known = try queue.read { try Schema.migrator.appliedMigrations($0) }
            guard !known.isEmpty else {
                throw StoreError.refused(reason: "\(file) is a SQLite database, but not one of MarketFlow")
            }
            if try queue.read(Schema.migrator.hasBeenSuperseded) { throw StoreError.newerSchema(path: file) }
            try? FileManager.default.removeItem(atPath: aside)  // left over from a restore that was cut off, if any
            try FileManager.default.copyItem(atPath: file, toPath: aside)
        } catch { throw try StoreError(error, path: file) }
        return aside
    }

    private static var readOnly: GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        return configuration
    }

    /// SQLite's own check: `ok`, or what is wrong.
    public func integrity() throws -> String {
        do { return try pool.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } ?? "no answer" } catch {
            throw try StoreError(error, path: path)
        }
    }
}
