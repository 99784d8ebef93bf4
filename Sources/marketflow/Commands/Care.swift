import ArgumentParser
import ControlPlane
import Foundation
import Settings
import Store

/// Copies the database, also while the service runs.
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy the database into the backups folder; the service may be running.")

    @OptionGroup var state: StateOptions

    func run() async throws {
        let settings = try state.settings()
        let folder = URL(fileURLWithPath: state.dataDir, isDirectory: true)
        let configuration = try Assembly(settings: settings, folder: folder).configuration()
        guard FileManager.default.fileExists(atPath: configuration.databaseFile.path) else {
            throw AssemblyError(
                "there is no database at \(configuration.databaseFile.path) yet; nothing was backed up.")
        }
        let store = try Store(path: configuration.databaseFile.path)
        try FileManager.default.createDirectory(at: configuration.backupsFolder, withIntermediateDirectories: true)
        let file = Backups(folder: configuration.backupsFolder).file(for: Date())
        try store.backup(to: file.path)
        print(file.path)
    }
}

/// Puts a backup in the database's place.
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a backup in the database's place. The service must be stopped; what was there is kept beside.")

    @OptionGroup var state: StateOptions

    @Argument(help: "A file of the backups folder.")
    var file: String

    func run() async throws {
        let settings = try state.settings()
        guard FileManager.default.fileExists(atPath: file) else {
            throw AssemblyError("there is no file \(file). Nothing was changed.")
        }
        let (folder, lock) = try state.lockedFolder()
        defer { withExtendedLifetime(lock) {} }
        let target = try Assembly(settings: settings, folder: folder).configuration().databaseFile
        try Store.restore(file, to: target.path)
        print(
            "Restored \(target.path) from \(file). What was there before is kept as \(target.lastPathComponent).before-restore."
        )
    }
}
