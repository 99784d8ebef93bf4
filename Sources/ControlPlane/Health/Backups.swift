import Foundation
import Store

/// The folder of database backups, named by the moment they were made.
public struct Backups: Sendable {
    public struct Entry: Sendable {
        public let file: URL
        public let date: Date
    }

    public let folder: URL

    public init(folder: URL) { self.folder = folder }

    /// Oldest first.
    public var entries: [Entry] {
        // A folder that is not there yet holds no backups.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().compactMap { name in
            guard name.hasPrefix("marketflow-"), name.hasSuffix(".db"),
                let date = try? Date(String(name.dropFirst(11).dropLast(3)), strategy: Self.stamp)
            else { return nil }
            return Entry(file: folder.appendingPathComponent(name), date: date)
        }
    }

    public var newest: Entry? { entries.last }

    /// Where a backup made at `date` lies.
    public func file(for date: Date) -> URL {
        folder.appendingPathComponent("marketflow-\(date.formatted(Self.stamp)).db")
    }

    private static let stamp = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
}

extension ControlPlane {
    /// Copies the database into the backup folder and removes the oldest beyond the configured number.
    public func backUp() throws -> URL {
        let backups = Backups(folder: configuration.backupsFolder)
        let file = backups.file(for: now())
        try store.backup(to: file.path)
        for old in backups.entries.dropLast(configuration.backup.maximumFiles) {
            try FileManager.default.removeItem(at: old.file)
        }
        return file
    }
}
