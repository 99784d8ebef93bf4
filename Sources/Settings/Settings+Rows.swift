extension Settings {
    /// One setting as it is shown to a person.
    public struct Row: Sendable, Equatable {
        public let path: String
        /// As it would stand after `--set path=`.
        public let value: String
        public let defaultValue: String
        public let source: Source
        /// A noun phrase.
        public let allowed: String
        /// One sentence.
        public let meaning: String
    }

    /// Every setting in force, in the order of the reference. Holds no secret.
    public var rows: [Row] {
        let defaults = Settings()
        return Settings.keys.map { key in
            Row(
                path: key.path, value: key.value(in: self).argument, defaultValue: key.value(in: defaults).argument,
                source: sources[key.path] ?? .default, allowed: key.allowed, meaning: key.meaning)
        }
    }
}
