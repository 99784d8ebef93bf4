import Foundation
import GRDB
import Store
import Testing

/// Copies of the database, and coming back from them.
struct BackupTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    /// A database as it lies on the disk after the power went: with its log, never closed.
    private func cutOff(_ value: String, as name: String) throws {
        let store = try Store(path: folder.path("living-\(value).db"))
        try store.write { try $0.set("value", to: value, at: noon) }
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: folder.path("living-\(value).db" + suffix), toPath: folder.path(name + suffix))
        }
    }

    private func value(in name: String) throws -> String? {
        let store = try Store(path: folder.path(name))
        defer { try? store.pool.close() }  // a connection that stays open does not change the answer
        return try store.read { try $0.setting("value") }
    }

    private func backup(_ value: String, as name: String) throws {
        let store = try Store(path: folder.path("source-\(value).db"))
        try store.write { try $0.set("value", to: value, at: noon) }
        try store.backup(to: folder.path(name))
        try store.pool.close()
    }

    @Test("a backup is a whole database of its own, made while the store is in use")
    func backup() throws {
        let store = try folder.store()
        try store.write { try $0.set("value", to: "before", at: noon) }
        try store.backup(to: folder.path("copy.db"))
        try store.write { try $0.set("value", to: "after", at: noon) }
        #expect(try value(in: "copy.db") == "before")
        #expect(try store.read { try $0.setting("value") } == "after")
        #expect(folder.bytes("copy.db.partial") == nil)
    }

    @Test("a backup that was cut off before does not stand in the way of the next")
    func backupAfterCutOff() throws {
        let store = try folder.store()
        try Data("half".utf8).write(to: folder.url.appendingPathComponent("copy.db.partial"))
        try store.backup(to: folder.path("copy.db"))
        #expect(try Store(path: folder.path("copy.db")).integrity() == "ok")
    }

    @Test("a backup into a folder that is not there says so")
    func backupNowhere() throws {
        let store = try folder.store()
        #expect(throws: StoreError.self) { try store.backup(to: folder.path("missing/copy.db")) }
    }

    @Test("restoring brings the backup and keeps what was there, its log included")
    func restore() throws {
        try backup("backup", as: "copy.db")
        try cutOff("lost?", as: "marketflow.db")
        try Store.restore(folder.path("copy.db"), to: folder.path("marketflow.db"))
        #expect(try value(in: "marketflow.db") == "backup")
        #expect(try value(in: "marketflow.db.before-restore") == "lost?")
        #expect(try value(in: "copy.db") == "backup")
    }

    @Test("restoring where there is no database yet works too")
    func restoreFresh() throws {
        try backup("backup", as: "copy.db")
        try Store.restore(folder.path("copy.db"), to: folder.path("marketflow.db"))
        #expect(try value(in: "marketflow.db") == "backup")
    }

    @Test("the log kept by an earlier restore is not mixed into the database kept by the next")
    func restoreTwice() throws {
        try backup("backup", as: "copy.db")
        try cutOff("first", as: "marketflow.db")
        try Store.restore(folder.path("copy.db"), to: folder.path("marketflow.db"))
        // The second time there is no log to keep.
        try backup("second", as: "second.db")
        try Store.restore(folder.path("second.db"), to: folder.path("marketflow.db"))
        #expect(folder.bytes("marketflow.db.before-restore-wal") == nil)
        #expect(try value(in: "marketflow.db.before-restore") == "backup")
        #expect(try value(in: "marketflow.db") == "second")
    }

    private func refusal(of name: String) throws -> StoreError? {
        try cutOff("original", as: "marketflow.db")
        let before = folder.bytes("marketflow.db")
        let error = storeError { try Store.restore(folder.path(name), to: folder.path("marketflow.db")) }
        #expect(folder.bytes("marketflow.db") == before)
        #expect(folder.bytes("marketflow.db.before-restore") == nil)
        #expect(try value(in: "marketflow.db") == "original")
        return error
    }

    @Test("a damaged backup is refused and the database stays")
    func damaged() throws {
        try backup("backup", as: "copy.db")
        var bytes = try #require(folder.bytes("copy.db"))
        for index in 8_192..<20_480 { bytes[index] ^= 0x5A }
        try bytes.write(to: folder.url.appendingPathComponent("copy.db"))
        #expect(try refusal(of: "copy.db")?.kind == "damaged")
    }

    @Test("a file that is no database is refused and the database stays")
    func text() throws {
        try Data(repeating: 65, count: 5_000).write(to: folder.url.appendingPathComponent("copy.db"))
        #expect(try refusal(of: "copy.db")?.kind == "damaged")
    }

    @Test("a file that is not there is refused and the database stays")
    func absent() throws {
        #expect(try refusal(of: "copy.db")?.kind == "cannotOpen")
    }

    @Test("somebody else's database is refused and the database stays")
    func foreign() throws {
        let other = try DatabaseQueue(path: folder.path("copy.db"))
        try other.write { try $0.execute(sql: "CREATE TABLE notes (text TEXT)") }
        try other.close()
        let error = try refusal(of: "copy.db")
        #expect(error?.kind == "refused")
        #expect(error?.description.contains("not one of MarketFlow") == true)
    }

    @Test("somebody else's database with migrations of its own is refused too")
    func foreignMigrations() throws {
        let other = try DatabaseQueue(path: folder.path("copy.db"))
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { try $0.execute(sql: "CREATE TABLE notes (text TEXT)") }
        try migrator.migrate(other)
        try other.close()
        #expect(try refusal(of: "copy.db")?.kind == "refused")
    }

    @Test("a backup of a newer version is refused and the database stays")
    func newer() throws {
        try backup("newer", as: "copy.db")
        let queue = try DatabaseQueue(path: folder.path("copy.db"))
        try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('control-99')") }
        try queue.close()
        #expect(try refusal(of: "copy.db")?.kind == "newerSchema")
    }
}
