import Glibc

/// Tells systemd how the service is (`sd_notify`): does nothing when systemd did not ask.
public struct ServiceNotifier: Sendable {
    private let socketName: String?
    /// How often ``alive()`` must be sent at the least, or systemd kills the service; nil if there is no watchdog.
    /// Send it twice as often.
    public let watchdogInterval: Duration?

    /// Reads `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` as sd_notify(3) and sd_watchdog_enabled(3) describe.
    public init(environment: [String: String]) {
        let name = environment["NOTIFY_SOCKET"] ?? ""
        socketName = name.hasPrefix("/") || name.hasPrefix("@") ? name : nil
        let isOurs = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init) ?? 0
        watchdogInterval = isOurs && microseconds > 0 ? .microseconds(microseconds) : nil
    }

    /// The service has started.
    public func ready() { send("READY=1") }

    /// One line for `systemctl status`.
    public func status(_ text: String) {
        send("STATUS=" + text.split(whereSeparator: \.isNewline).joined(separator: " "))
    }

    /// Feeds the watchdog.
    public func alive() { send("WATCHDOG=1") }

    /// The service has begun to stop.
    public func stopping() { send("STOPPING=1") }

    private func send(_ message: String) {
        guard let socketName else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(socketName.utf8)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        // An abstract name begins with a zero byte and has none at its end.
        if name[0] == UInt8(ascii: "@") { name[0] = 0 } else { name.append(0) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }

        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(message.utf8)
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        // A lost message is not an error of the service: sd_notify(3) says to ignore it.
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
