import Foundation
import Policies
import Settings
import Store

extension StateOptions {
    var folder: URL { URL(fileURLWithPath: dataDir, isDirectory: true) }

    func databaseFile() throws -> URL {
        try Assembly(settings: settings(), folder: folder).configuration().databaseFile
    }

    /// The database, if there is one; nothing is made by asking.
    func existingStore() throws -> Store? {
        let file = try databaseFile()
        return FileManager.default.fileExists(atPath: file.path) ? try Store(path: file.path) : nil
    }

    /// The database, made if need be.
    func store() throws -> Store {
        let file = try databaseFile()
        try DurableFile.makeFolder(file.deletingLastPathComponent())
        return try Store(path: file.path)
    }

    /// The data folder, made if need be.
    func madeFolder() throws -> URL {
        try DurableFile.makeFolder(folder)
        return folder
    }

    /// For commands whose own words are the output: only warnings are logged, unless the user asked for more.
    func quiet() -> StateOptions {
        var quiet = self
        if logLevel == "info" { quiet.logLevel = "warning" }
        return quiet
    }
}
