import Foundation
import Logging
import Synchronization

/// The newest log lines, for `/logs`, and the one place where secrets are struck out of what is logged.
public final class LogTail: Sendable {
    private struct State {
        var lines: [String] = []
        var secrets: [String] = []
    }

    public static let limit = 500
    private let state = Mutex(State())

    public init() {}

    /// Text that must never be written; shorter than 8 characters is ignored, since it would strike out ordinary words.
    public func conceal(_ secret: String) {
        guard secret.count >= 8 else { return }
        // Longest first: one that is the beginning of another would leave the other's end.
        state.withLock { state in
            state.secrets.append(secret)
            state.secrets.sort { $0.count > $1.count }
        }
    }

    /// The line as it may be written.
    func admit(_ line: String) -> String {
        state.withLock { state in
            let clean = state.secrets.reduce(line) { $0.replacing($1, with: "••••") }
            state.lines.append(clean)
            if state.lines.count > Self.limit { state.lines.removeFirst(state.lines.count - Self.limit) }
            return clean
        }
    }

    /// Oldest first.
    public func newest(_ count: Int) -> [String] { state.withLock { Array($0.lines.suffix(count)) } }

    /// A handler that writes to standard error and remembers; one line an entry.
    public func handler(label: String, level: Logger.Level) -> any LogHandler {
        TailHandler(tail: self, label: label, logLevel: level)
    }
}

private struct TailHandler: LogHandler {
    let tail: LogTail
    let label: String
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let pairs = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let time = Date.now.formatted(.iso8601)
        let text = "\(event.message)\(pairs)".replacing("\n", with: " ⏎ ")
        let line = tail.admit("\(time) \(event.level) \(label): \(text)")
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
