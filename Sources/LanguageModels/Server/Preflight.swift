import Foundation
import Glibc

/// What can be known before the server is started: each fault has its own name, and costs no start.
struct Preflight {
    let settings: LocalServerSettings
    /// `PATH`.
    let searchPath: String

    /// - Returns: the command's path.
    func check() throws(ServerFault) -> String {
        let command = try commandPath()
        try checkModel()
        try checkPort()
        return command
    }

    private func commandPath() throws(ServerFault) -> String {
        let name = settings.command
        if name.contains("/") {
            guard access(name, F_OK) == 0 else { throw .commandMissing(name) }
            guard Self.isFile(name), access(name, X_OK) == 0 else { throw .commandNotExecutable(name) }
            return name
        }
        let candidates = searchPath.split(separator: ":").map { "\($0)/\(name)" }
        guard let found = candidates.first(where: { Self.isFile($0) && access($0, X_OK) == 0 }) else {
            throw .commandMissing(name)
        }
        return found
    }

    private func checkModel() throws(ServerFault) {
        let path = settings.modelPath
        guard access(path, F_OK) == 0 else { throw .modelMissing(path) }
        guard Self.isFile(path), let file = FileHandle(forReadingAtPath: path) else { throw .modelNotAFile(path) }
        // A file that cannot be read has no sign in front either.
        let sign = try? file.read(upToCount: 4)
        guard sign == Data("GGUF".utf8) else { throw .modelNotGGUF(path) }
    }

    /// Binds the port and lets go of it again.
    private func checkPort() throws(ServerFault) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .notSpawned(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var yes: Int32 = 1
        // As the server does: a port that is merely cooling down is free.
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(settings.port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isBound else { throw .portTaken(settings.port) }
    }

    private static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
