/// Why there are no settings. Nothing has been started or written when it is thrown.
public enum SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file is not there, may not be read, or is too large.
    case unreadable(file: String, reason: String)
    /// The file is not JSON. Line and column count from 1.
    case syntax(file: String, line: Int, column: Int, reason: String)
    /// Values or keys that are not allowed, one complete sentence each, never empty.
    case refused([String])

    public var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "The configuration \(file) cannot be read: \(reason). Nothing was started; mend that, or name another file with --config."
        case .syntax(let file, let line, let column, let reason):
            "\(file):\(line):\(column): this is not JSON: \(reason). Nothing was started."
        case .refused(let complaints):
            complaints.joined(separator: "\n")
        }
    }
}
