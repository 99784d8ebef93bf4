import Foundation

/// An answer of the built-in web server.
struct HTTPAnswer: Sendable {
    let status: Int
    let body: String

    var json: [String: Any] {
        // A body that is no object shows as missing members in the test that reads them.
        (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
    }
}

extension RunningMarketFlow {
    /// Calls the service's own web server, on the port its log names.
    func call(
        _ method: String, _ path: String, token: String? = nil, headers: [String: String] = [:], body: String = ""
    ) async throws -> HTTPAnswer {
        let port = try await waitForLog(/HTTP listens.*port=(\d+)/)
        var lines = [
            "\(method) \(path) HTTP/1.1", "Host: 127.0.0.1", "Connection: close", "Content-Length: \(body.utf8.count)",
        ]
        if let token { lines.append("Authorization: Bearer \(token)") }
        lines += headers.map { "\($0.key): \($0.value)" }
        let request = lines.joined(separator: "\r\n") + "\r\n\r\n" + body
        let answer = try exchange(request, port: UInt16(port) ?? 0)
        let parts = answer.components(separatedBy: "\r\n\r\n")
        let status = parts[0].split(separator: " ").dropFirst().first.flatMap { Int($0) }
        guard let status, parts.count > 1 else { throw WaitedInVain(description: "no HTTP answer but “\(answer)”") }
        return HTTPAnswer(status: status, body: parts.dropFirst().joined(separator: "\r\n\r\n"))
    }

    /// Sends a request over a connection of its own and reads until the server closes it.
    private func exchange(_ request: String, port: UInt16) throws -> String {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(connection) }
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0, send(connection, request, request.utf8.count, Int32(MSG_NOSIGNAL)) > 0 else {
            throw WaitedInVain(description: "no connection to port \(port): \(String(cString: strerror(errno)))")
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = recv(connection, &buffer, buffer.count, 0), count > 0 { answer += buffer[..<count] }
        return String(decoding: answer, as: UTF8.self)
    }
}
