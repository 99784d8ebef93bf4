extension Settings {
    /// Where the state lies and how often it is copied.
    public struct Database: Sendable, Equatable {
        /// See ``Settings/statePath(_:in:)`` for what a relative path means.
        public var path = "data/reinforcement_learning.db"
        /// Seconds.
        public var backupInterval = 3600
        public var maxBackupFiles = 10

        public init() {}
    }
}

extension Settings.Database {
    static let section = Section(
        name: "database", meaning: "Where the state lies and how often it is copied.",
        keys: [
            Key(
                "database.path", \.database.path, .path,
                "The SQLite file; a relative path stands in the data directory, whose name a leading `data/` is."),
            Key(
                "database.backup_interval", \.database.backupInterval, .whole(60...2_592_000),
                "Seconds between two backups."),
            Key(
                "database.max_backup_files", \.database.maxBackupFiles, .whole(1...10_000),
                "Backups that are kept; the oldest goes first."),
        ])
}
