import Foundation
import GRDB
import Store
import Testing

/// Opening a database, and what is said when it cannot be.
struct OpeningTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    @Test("a fresh database has every table, a write-ahead log, full syncs and foreign keys")
    func fresh() throws {
        let store = try folder.store()
        #expect(try store.pragma("journal_mode") == "wal")
        #expect(try store.pragma("synchronous") == "2")
        #expect(try store.pragma("foreign_keys") == "1")
        let tables = try store.pool.read {
            try Set(String.fetchAll($0, sql: "SELECT name FROM sqlite_master WHERE type = 'table'"))
        }
        #expect(
            tables.isSuperset(of: [
                "settings", "cycles", "cycle_steps", "events", "consumers", "users", "pairing_codes", "callback_tokens",
                "updates_seen", "outbox", "policies", "metrics", "experience", "trades", "paper_books", "audit",
                "alarms", "schedule_runs",
            ]))
        #expect(try store.integrity() == "ok")
    }

    @Test("opening again keeps what was stored")
    func again() throws {
        try folder.store().write { try $0.set("telegram.offset", to: "42", at: noon) }
        #expect(try folder.store().read { try $0.setting("telegram.offset") } == "42")
    }

    @Test("a database of a newer version is refused and not migrated")
    func newer() throws {
        let store = try folder.store()
        try store.execute("INSERT INTO grdb_migrations (identifier) VALUES ('control-99')")
        let error = storeError { _ = try folder.store() }
        #expect(error?.kind == "newerSchema")
        #expect(error?.description.contains("newer version of MarketFlow. Nothing was changed") == true)
    }

    @Test("text in place of a database is called damaged and left as it is")
    func notADatabase() throws {
        let text = Data(String(repeating: "this is no database\n", count: 100).utf8)
        try text.write(to: folder.url.appendingPathComponent("marketflow.db"))
        let error = storeError { _ = try folder.store() }
        #expect(error?.kind == "damaged")
        #expect(error?.description.contains("left as it is; restore the newest backup") == true)
        #expect(folder.bytes("marketflow.db") == text)
    }

    @Test("a database with destroyed pages is called damaged")
    func destroyedPages() throws {
        let living = try Store(path: folder.path("living.db"))
        try living.write { transaction in
            for index in 0..<500 {
                try transaction.set("key \(index)", to: String(repeating: "x", count: 200), at: noon)
            }
        }
        // A copy has everything in one file.
        try living.backup(to: folder.path("marketflow.db"))
        var bytes = try #require(folder.bytes("marketflow.db"))
        #expect(bytes.count > 100_000)
        // Everything but the first page, which holds the header and the schema's root.
        for index in 4096..<bytes.count { bytes[index] = 0xA5 }
        try bytes.write(to: folder.url.appendingPathComponent("marketflow.db"))
        let error = storeError {
            let store = try folder.store()
            _ = try store.read { try $0.setting("key 7") }
        }
        #expect(error?.kind == "damaged")
    }

    @Test("a folder that is not there is said to be the reason")
    func noFolder() {
        let error = storeError { _ = try Store(path: folder.path("missing/marketflow.db")) }
        #expect(error?.kind == "cannotOpen")
        #expect(error?.description.contains("Check that the folder exists and belongs to this user.") == true)
    }

    @Test(
        "a folder without write permission is refused", .enabled(if: geteuid() != 0, "the superuser may write anywhere")
    )
    func readOnlyFolder() throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.url.path)
        defer {
            // Or the folder could not be removed; a failure only leaves it behind.
            try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.url.path)
        }
        let error = storeError { _ = try folder.store() }
        #expect(["cannotOpen", "readOnly"].contains(error?.kind))
    }

    @Test("a write into a read-only database says so, and reading goes on")
    func readOnly() throws {
        let store = try folder.store()
        try store.write { try $0.set("kept", to: "yes", at: noon) }
        try store.execute("PRAGMA query_only = 1")
        let error = storeError { try store.write { try $0.set("new", to: "1", at: noon) } }
        #expect(error?.kind == "readOnly")
        #expect(error?.description.contains("is read-only. Nothing was changed") == true)
        #expect(try store.read { try $0.setting("kept") } == "yes")
    }

    @Test("a full disk undoes the change it met and nothing before it")
    func diskFull() throws {
        let store = try folder.store()
        try store.write { try $0.set("kept", to: "yes", at: noon) }
        let pages = try #require(try store.pragma("page_count"))
        try store.execute("PRAGMA max_page_count = \(pages)")
        let error = storeError {
            try store.write { try $0.set("new", to: String(repeating: "x", count: 1_000_000), at: noon) }
        }
        #expect(error?.kind == "diskFull")
        #expect(error?.description.contains("everything before it is safe; free some space") == true)
        #expect(try store.read { try [$0.setting("kept"), $0.setting("new")] } == ["yes", nil])
    }

    @Test("a database another process is writing to is called locked, and is writable afterwards")
    func locked() throws {
        let store = try folder.store()
        try store.execute("PRAGMA busy_timeout = 1")
        let other = try DatabaseQueue(path: store.path)
        try other.inDatabase { db in
            try db.execute(sql: "BEGIN IMMEDIATE")
            let error = storeError { try store.write { try $0.set("a", to: "1", at: noon) } }
            #expect(error?.kind == "locked")
            #expect(error?.description.contains("locked by another process") == true)
            try db.execute(sql: "ROLLBACK")
        }
        try store.write { try $0.set("a", to: "1", at: noon) }
        #expect(try store.read { try $0.setting("a") } == "1")
    }

    @Test("a transaction that throws leaves nothing behind")
    func rollBack() throws {
        struct Refusal: Error {}
        let store = try folder.store()
        #expect(throws: Refusal.self) {
            try store.write { transaction in
                try transaction.set("a", to: "1", at: noon)
                throw Refusal()
            }
        }
        #expect(try store.read { try $0.setting("a") } == nil)
    }

    @Test("a row that names a cycle that is not there is refused")
    func foreignKeys() throws {
        let store = try folder.store()
        let error = storeError {
            try store.write {
                _ = try $0.append(EventRecord(at: noon, kind: "cycle.started", cycleId: 9, payload: "{}"))
            }
        }
        #expect(error?.kind == "refused")
        #expect(error?.description.contains("FOREIGN KEY") == true)
    }
}
