extension Settings {
    /// What an environment variable that sets a key begins with.
    public static let environmentPrefix = "MARKETFLOW_"

    /// The settings in force: defaults, then the file, then the environment, then the overrides.
    ///
    /// - Parameters:
    ///   - file: a JSON file of at most 1 MiB; nil for none.
    ///   - environment: of the process. `MARKETFLOW_` and the key in upper case, dots as underscores, sets a key.
    ///   - overrides: `key=value`, as given to `--set`.
    /// - Throws: everything that is wrong, at once.
    public static func load(
        file: String? = nil, environment: [String: String] = [:], overrides: [String] = []
    ) throws(SettingsError) -> Settings {
        var document: (name: String, bytes: [UInt8])?
        if let file { document = (file, try read(file)) }
        return try load(document: document, environment: environment, overrides: overrides)
    }

    /// The same for a file's content.
    package static func load(
        document: (name: String, bytes: [UInt8])?, environment: [String: String], overrides: [String]
    ) throws(SettingsError) -> Settings {
        var assembly = Assembly()
        if let document {
            do {
                assembly.apply(try JSONReader.read(document.bytes), from: document.name, bytes: document.bytes)
            } catch {
                throw .syntax(
                    file: document.name, line: error.position.line, column: error.position.column, reason: error.reason)
            }
        }
        assembly.apply(environment: environment)
        assembly.apply(overrides: overrides)
        return try assembly.finish()
    }

    private static func read(_ file: String) throws(SettingsError) -> [UInt8] {
        do {
            return try BoundedFile.read(file, limit: 1 << 20)
        } catch {
            throw .unreadable(file: file, reason: error.reason)
        }
    }
}

extension Settings {
    /// Where a file of the state lies: an absolute path stays; a relative one stands in the data directory, and a
    /// leading `data/` is the data directory itself.
    public static func statePath(_ path: String, in dataDirectory: String) -> String {
        if path.hasPrefix("/") { return path }
        let inside = path.hasPrefix("data/") ? String(path.dropFirst("data/".count)) : path
        return dataDirectory.hasSuffix("/") ? dataDirectory + inside : dataDirectory + "/" + inside
    }
}
