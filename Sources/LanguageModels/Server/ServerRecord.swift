import Foundation
import Glibc

/// The note of a running server, by which the next process finds one whose parent was killed.
struct ServerRecord: Codable, Sendable, Hashable {
    var pid: Int32
    /// In clock ticks since the machine started: with the number it names one process for ever.
    var startTime: UInt64
    var port: Int

    /// Nil when there is no such process.
    init?(pid: pid_t, port: Int) {
        guard let startTime = Self.startTime(of: pid) else { return nil }
        self.pid = pid
        self.startTime = startTime
        self.port = port
    }

    /// Nil when there is no readable note.
    static func read(_ path: String) -> ServerRecord? {
        // A note that was cut off names nobody.
        FileManager.default.contents(atPath: path).flatMap { try? JSONDecoder().decode(ServerRecord.self, from: $0) }
    }

    func write(_ path: String) throws {
        try JSONEncoder().encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    static func remove(_ path: String) { unlink(path) }

    /// Whether the very process still runs.
    var isAlive: Bool { Self.startTime(of: pid) == startTime }

    func signal(_ number: Int32) {
        if isAlive { kill(-pid, number) }
    }

    /// Field 22 of `/proc/PID/stat`; nil for a process that is gone or only waits to be collected.
    static func startTime(of pid: pid_t) -> UInt64? {
        guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        // The name may hold anything; it ends with the last parenthesis.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z" else { return nil }
        return UInt64(fields[19])
    }
}
