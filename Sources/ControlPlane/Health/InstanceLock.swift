import Foundation

/// Holds the data folder for one process; ends with the process, however it ends.
public final class InstanceLock: Sendable {
    private let descriptor: Int32

    /// - Throws: ``InstanceLockError`` when another process holds the folder.
    public init(folder: URL) throws {
        let path = folder.appendingPathComponent("marketflow.lock").path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw InstanceLockError(path: path, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw InstanceLockError(path: path, reason: nil)
        }
    }

    deinit { close(descriptor) }
}

public struct InstanceLockError: Error, Sendable, CustomStringConvertible {
    let path: String
    /// Nil when somebody else holds it.
    let reason: String?

    public var description: String {
        guard let reason else {
            return
                "another MarketFlow process uses this data folder (\(path)). Nothing was changed; order it through that one (chat, HTTP), stop it, or choose another --data-dir."
        }
        return "the data folder cannot be used: \(path): \(reason). Nothing was changed."
    }
}
