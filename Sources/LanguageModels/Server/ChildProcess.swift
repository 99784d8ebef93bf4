import Foundation
import Glibc
import Synchronization

/// A program that was started in a process group of its own, with its output read line by line.
///
/// Foundation's `Process` would do for most, but hands on ignored signals (a service ignores SIGTERM to handle it otherwise) and
/// every open file.
final class ChildProcess: Sendable {
    let pid: pid_t
    /// Set once the process was waited for: its number may belong to another one since.
    private let isGone = Mutex(false)

    private init(pid: pid_t) { self.pid = pid }

    /// - Parameters:
    ///   - environment: the whole of it; nothing is inherited.
    ///   - onLine: gets what it writes to either output.
    ///   - onExit: called once, after which nothing is signalled any more.
    /// - Throws: ``ServerFault/notSpawned(_:)``.
    static func spawn(
        _ path: String, arguments: [String], environment: [String: String], niceness: Int32,
        onLine: @escaping @Sendable (String) -> Void, onExit: @escaping @Sendable (ExitStatus) -> Void
    ) throws(ServerFault) -> ChildProcess {
        var pipe: [Int32] = [-1, -1]
        guard Glibc.pipe(&pipe) == 0 else { throw .notSpawned(reason(errno)) }
        keepFilesToOurselves()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, pipe[1], 1)
        posix_spawn_file_actions_adddup2(&actions, pipe[1], 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var pid: pid_t = 0
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        let result = posix_spawn(&pid, path, &actions, &attributes, &words, &variables)
        for pointer in words + variables { free(pointer) }
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
        close(pipe[1])
        guard result == 0 else {
            close(pipe[0])
            throw .notSpawned(reason(result))
        }
        // A lower priority that is refused costs nothing but speed elsewhere.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(pid), niceness)
        let child = ChildProcess(pid: pid)
        let output = pipe[0]
        thread("model-server-log") { readLines(output, onLine) }
        thread("model-server-exit") { onExit(child.wait()) }
        return child
    }

    /// To the whole group, so that what it started goes with it. Does nothing once it is gone.
    func signal(_ number: Int32) {
        isGone.withLock { isGone in
            if !isGone { kill(-pid, number) }
        }
    }

    private func wait() -> ExitStatus {
        var information = siginfo_t()
        // The process stays a zombie, and its number its own, until the lock is held.
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        var status: Int32 = 0
        isGone.withLock { isGone in
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            isGone = true
        }
        let signal = status & 0x7F
        return signal == 0 ? .code((status >> 8) & 0xFF) : .signal(signal)
    }

    /// Marks every open file close-on-exec: a server that outlives us must not hold our listening port open.
    private static func keepFilesToOurselves() {
        // Without /proc there is nothing to list; then only what the libraries mark themselves stays ours.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for descriptor in names.compactMap({ Int32($0) }) where descriptor > 2 {
            let flags = fcntl(descriptor, F_GETFD)
            if flags >= 0 { _ = fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) }
        }
    }

    private static func thread(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.start()
    }

    private static func readLines(_ file: Int32, _ onLine: (String) -> Void) {
        defer { close(file) }
        let longest = 4096
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            for byte in buffer[..<count] {
                if byte != 0x0A, line.count < longest {
                    line.append(byte)
                } else {
                    onLine(String(decoding: line, as: UTF8.self))
                    line.removeAll(keepingCapacity: true)
                }
            }
        }
        if !line.isEmpty { onLine(String(decoding: line, as: UTF8.self)) }
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
