import AsyncHTTPClient
import ControlPlane
import Dashboard
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Testing

/// A server at work on a free port, with the control plane behind it.
struct RunningServer: Sendable {
    static let token = "a-token-only-the-test-knows"

    let control: ControlPlane
    let port: Int
    /// Begins the graceful shutdown.
    let stop: @Sendable () async -> Void

    /// Runs `body` against a server, then stops it gracefully; fails when that hangs on.
    static func with(
        token: String? = token, pollAge: Double? = nil, grace: Duration = .seconds(5),
        _ body: @escaping @Sendable (RunningServer) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("http-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // a leftover in the temporary folder harms nobody
        let control = try ControlPlane.inFolder(folder)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = HTTPServer(
            control: control, host: "127.0.0.1", port: 0, token: token, botPollAge: { pollAge }, logger: silent,
            grace: grace, onListening: { port.yield($0) })
        let group = ServiceGroup(configuration: .init(services: [server], logger: silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                for await port in ports {
                    try await body(
                        RunningServer(control: control, port: port, stop: { await group.triggerGracefulShutdown() }))
                    break
                }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }

    static var silent: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    func request(
        _ method: HTTPMethod, _ path: String, token: String? = token, headers: [String: String] = [:],
        body: String? = nil
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        return request
    }

    func call(
        _ method: HTTPMethod, _ path: String, token: String? = token, headers: [String: String] = [:],
        body: String? = nil
    ) async throws -> Answer {
        let request = request(method, path, token: token, headers: headers, body: body)
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        let bytes = try await response.body.collect(upTo: 10 << 20)
        return Answer(
            status: Int(response.status.code), headers: response.headers, text: String(buffer: bytes))
    }
}

struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let text: String

    /// The body as a JSON object; empty when it is none.
    var json: [String: Any] {
        // A body that is no object shows as missing members in the test that reads them.
        (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
    }

    var detail: String { json["detail"] as? String ?? "" }
    func list(_ name: String) -> [[String: Any]] { json[name] as? [[String: Any]] ?? [] }

    /// Checks the form of RFC 9457.
    func isProblem(_ status: Int, _ title: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(self.status == status, sourceLocation: sourceLocation)
        #expect(headers["Content-Type"] == ["application/problem+json"], sourceLocation: sourceLocation)
        #expect(json["type"] as? String == "about:blank", sourceLocation: sourceLocation)
        #expect(json["title"] as? String == title, sourceLocation: sourceLocation)
        #expect(json["status"] as? Int == status, sourceLocation: sourceLocation)
        #expect(!detail.isEmpty, sourceLocation: sourceLocation)
    }
}
