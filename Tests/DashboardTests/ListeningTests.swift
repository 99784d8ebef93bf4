import ControlPlane
import Dashboard
import Foundation
import Testing

@Suite("Listening")
struct ListeningTests {
    @Test("a port in use is one clear error")
    func portInUse() async throws {
        try await RunningServer.with { server in
            let error = await error(host: "127.0.0.1", port: server.port, control: server.control)
            #expect(
                error == """
                    HTTP cannot listen on 127.0.0.1 port \(server.port): another process uses it. Nothing was started; \
                    stop that one, or set http.port to a free port (0 takes any).
                    """)
        }
    }

    @Test("an address that is not ours, or none at all, is one clear error", arguments: ["192.0.2.1", "no such host"])
    func badHost(host: String) async throws {
        try await RunningServer.with { server in
            let error = try #require(await error(host: host, port: 0, control: server.control))
            #expect(error.hasPrefix("HTTP cannot listen on \(host) port 0: "))
            #expect(error.hasSuffix("correct http.host, or use 127.0.0.1."))
        }
    }

    private func error(host: String, port: Int, control: ControlPlane) async -> String? {
        let server = HTTPServer(
            control: control, host: host, port: port, token: nil, botPollAge: { nil }, logger: RunningServer.silent)
        do {
            try await server.run()
            return nil
        } catch {
            return (error as? HTTPServerError)?.description
        }
    }
}
