import ControlPlane
import Glibc
import Testing

@Suite("Telling systemd")
struct ServiceNotifierTests {
    @Test("messages arrive at a socket with a path and at an abstract one", arguments: [false, true])
    func arrive(isAbstract: Bool) throws {
        let socket = try ListeningSocket(isAbstract: isAbstract)
        let notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": socket.name])
        notifier.ready()
        notifier.status("training\nREADY=1")
        notifier.alive()
        notifier.stopping()
        #expect(socket.received() == ["READY=1", "STATUS=training READY=1", "WATCHDOG=1", "STOPPING=1"])
    }

    @Test(
        "without a socket, with a wrong one or with nobody listening nothing happens",
        arguments: [nil, "", "tcp:1", "/nowhere/x", "@none", "/" + String(repeating: "x", count: 200)])
    func silent(name: String?) {
        let notifier = ServiceNotifier(environment: name.map { ["NOTIFY_SOCKET": $0] } ?? [:])
        notifier.ready()
        notifier.alive()
    }

    @Test("the watchdog's interval is read, unless it is meant for another process")
    func watchdog() {
        #expect(ServiceNotifier(environment: ["WATCHDOG_USEC": "60000000"]).watchdogInterval == .seconds(60))
        let own = ["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "\(getpid())"]
        #expect(ServiceNotifier(environment: own).watchdogInterval == .seconds(3))
        #expect(
            ServiceNotifier(environment: ["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"]).watchdogInterval == nil)
        for text in ["", "0", "-5", "x"] {
            #expect(ServiceNotifier(environment: ["WATCHDOG_USEC": text]).watchdogInterval == nil)
        }
        #expect(ServiceNotifier(environment: [:]).watchdogInterval == nil)
    }
}

/// A datagram socket as systemd opens one.
private final class ListeningSocket {
    struct Failure: Error { let code: Int32 }

    let name: String
    private let descriptor: Int32

    init(isAbstract: Bool) throws {
        let unique = "marketflow-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        name = isAbstract ? "@" + unique : "/tmp/" + unique
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = isAbstract ? [0] + Array(unique.utf8) : Array(name.utf8) + [0]
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        guard result == 0 else { throw Failure(code: errno) }
    }

    func received() -> [String] {
        var messages: [String] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(descriptor, &buffer, buffer.count, 0), count >= 0 {
            messages.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
        return messages
    }

    deinit {
        close(descriptor)
        if name.hasPrefix("/") { unlink(name) }
    }
}
