import Foundation
import GRDB
import Store

/// A folder of its own, gone with the test.
final class Folder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("store-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    // What is left behind in the temporary folder harms nobody.
    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: path(name)) }

    /// The database of this folder.
    func store() throws -> Store { try Store(path: path("marketflow.db")) }
}

/// 2024-03-01T12:00:00Z
let noon = Date(milliseconds: 1_709_294_400_000)

extension Store {
    func pragma(_ name: String) throws -> String? {
        try pool.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA \(name)") }
    }

    func execute(_ sql: String) throws { try pool.writeWithoutTransaction { try $0.execute(sql: sql) } }
}

/// What `body` throws, if it is a ``StoreError``.
func storeError(_ body: () throws -> Void) -> StoreError? {
    do { try body() } catch { return error as? StoreError }
    return nil
}

extension StoreError {
    /// The case without what it carries.
    var kind: String {
        switch self {
        case .cannotOpen: "cannotOpen"
        case .damaged: "damaged"
        case .readOnly: "readOnly"
        case .diskFull: "diskFull"
        case .locked: "locked"
        case .newerSchema: "newerSchema"
        case .refused: "refused"
        }
    }
}
