import Crypto
import Foundation

/// Files that are either wholly there or not at all: written aside, fsynced, renamed, their folder fsynced.
public enum DurableFile {
    /// Replaces the file at `url`. What was there stays until the new content is safe on disk.
    public static func write(_ data: Data, to url: URL) throws {
        let aside = url.deletingLastPathComponent().appendingPathComponent(".\(url.lastPathComponent).partial")
        try writeAndSync(data, to: aside)
        try move(aside, to: url)
    }

    /// Renames, replacing what is there, and makes the rename itself durable.
    public static func move(_ source: URL, to target: URL) throws {
        guard rename(source.path, target.path) == 0 else { throw FileFailure(target.path, doing: "rename to") }
        try syncFolder(target.deletingLastPathComponent())
    }

    public static func syncFolder(_ folder: URL) throws {
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { throw FileFailure(folder.path, doing: "open") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileFailure(folder.path, doing: "sync") }
    }

    /// Makes a folder and those above it; one that is there stays as it is.
    public static func makeFolder(_ folder: URL) throws {
        if mkdir(folder.path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, folder.pathComponents.count > 1 else { throw FileFailure(folder.path, doing: "create") }
        try makeFolder(folder.deletingLastPathComponent())
        guard mkdir(folder.path, 0o755) == 0 || errno == EEXIST else { throw FileFailure(folder.path, doing: "create") }
    }

    static func writeAndSync(_ data: Data, to url: URL) throws {
        let descriptor = open(url.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileFailure(url.path, doing: "create") }
        defer { close(descriptor) }
        try data.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
                if count < 0 {
                    if errno == EINTR { continue }
                    throw FileFailure(url.path, doing: "write")
                }
                written += count
            }
        }
        guard fsync(descriptor) == 0 else { throw FileFailure(url.path, doing: "sync") }
    }

    /// Points the symbolic link `link` at `target` (a name within the same folder) in one step.
    static func pointLink(_ link: URL, at target: String) throws {
        let aside = link.deletingLastPathComponent().appendingPathComponent(".\(link.lastPathComponent).partial")
        unlink(aside.path)  // left over from a cut-off attempt; usually absent
        guard symlink(target, aside.path) == 0 else { throw FileFailure(link.path, doing: "link") }
        try move(aside, to: link)
    }
}

/// The operating system's reason why a file could not be written.
public struct FileFailure: Error, Sendable, CustomStringConvertible {
    public let path: String
    public let description: String

    init(_ path: String, doing action: String) {
        let reason = String(cString: strerror(errno))
        self.path = path
        description = "cannot \(action) \(path): \(reason). Nothing that was there before was changed."
    }
}

/// SHA-256 in lower-case hex.
public func sha256(_ data: some DataProtocol) -> String {
    SHA256.hash(data: data).map { byte in
        let hex = String(byte, radix: 16)
        return byte < 16 ? "0" + hex : hex
    }.joined()
}
