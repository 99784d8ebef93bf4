import Foundation
import Testing

@Suite("Requests, good and bad")
struct RequestTests {
    @Test("health needs no token and tells each part")
    func health() async throws {
        try await RunningServer.with { server in
            let answer = try await server.call(.GET, "/healthz", token: nil)
            #expect(answer.status == 200)
            #expect(["ok", "warning"].contains(answer.json["status"] as? String))
            #expect(
                answer.list("checks").contains { $0["name"] as? String == "database" && $0["level"] as? String == "ok" }
            )
        }
    }

    @Test("health answers 503 when a part fails")
    func failing() async throws {
        try await RunningServer.with { server in
            server.control.addHealthCheck { .init("bot", .failing, "no answer for 300 s") }
            let answer = try await server.call(.GET, "/healthz", token: nil)
            #expect(answer.status == 503)
            #expect(answer.json["status"] as? String == "failing")
        }
    }

    @Test("an unknown route is a 404 problem", arguments: ["/nowhere", "/api/v1/nothing", "/api/v2/cycles"])
    func unknown(path: String) async throws {
        try await RunningServer.with { server in
            let answer = try await server.call(.GET, path)
            answer.isProblem(404, "Not Found")
            #expect(answer.detail.contains(path))
        }
    }

    @Test("a wrong method is a 405 problem that names the right ones")
    func wrongMethod() async throws {
        try await RunningServer.with { server in
            let cycles = try await server.call(.DELETE, "/api/v1/cycles")
            cycles.isProblem(405, "Method Not Allowed")
            #expect(cycles.headers["Allow"] == ["GET, HEAD, POST"])
            let stop = try await server.call(.GET, "/api/v1/cycles/1/stop")
            stop.isProblem(405, "Method Not Allowed")
            #expect(stop.headers["Allow"] == ["POST"])
            try await server.call(.POST, "/metrics", token: nil).isProblem(405, "Method Not Allowed")
        }
    }

    @Test(
        "every answer forbids sniffing and storing", arguments: ["/healthz", "/metrics", "/nowhere", "/api/v1/cycles"])
    func headers(path: String) async throws {
        try await RunningServer.with { server in
            let answer = try await server.call(.GET, path)
            #expect(answer.headers["X-Content-Type-Options"] == ["nosniff"])
            #expect(answer.headers["Cache-Control"] == ["no-store"])
        }
    }

    @Test("HEAD answers as GET does, without a body")
    func head() async throws {
        try await RunningServer.with { server in
            let answer = try await server.call(.HEAD, "/healthz", token: nil)
            #expect(answer.status == 200)
            #expect(answer.text.isEmpty)
        }
    }

    @Test(
        "a missing or wrong token is a 401 problem with a challenge, wherever it is asked for",
        arguments: [
            nil, "Bearer", "Bearer ", "Bearer wrong", "Bearer a-token-only-the-test-know", "Basic dGVzdA==",
            "Bearer a-token-only-the-test-knowsX", "a-token-only-the-test-knows",
        ])
    func unauthorized(header: String?) async throws {
        try await RunningServer.with { server in
            let headers = header.map { ["Authorization": $0] } ?? [:]
            for path in ["/api/v1/cycles", "//api//v1/cycles", "/api/v1/events", "/api/v1/policies/1"] {
                let answer = try await server.call(.GET, path, token: nil, headers: headers)
                answer.isProblem(401, "Unauthorized")
                #expect(answer.headers.first(name: "WWW-Authenticate")?.hasPrefix("Bearer") == true)
            }
            let order = try await server.call(.POST, "/api/v1/cycles", token: nil, headers: headers)
            order.isProblem(401, "Unauthorized")
            #expect(try server.control.store.read { try $0.activeCycle() } == nil)
        }
    }

    @Test("the scheme's name is read in any case")
    func scheme() async throws {
        try await RunningServer.with { server in
            let headers = ["Authorization": "bearer \(RunningServer.token)"]
            let answer = try await server.call(.GET, "/api/v1/cycles", token: nil, headers: headers)
            #expect(answer.status == 200)
        }
    }

    @Test("without a configured token the API is closed and says how to open it", arguments: [nil, ""])
    func closed(token: String?) async throws {
        try await RunningServer.with(token: token) { server in
            for given in [nil, "", "anything"] {
                let answer = try await server.call(.GET, "/api/v1/cycles", token: given)
                answer.isProblem(403, "Forbidden")
                #expect(answer.detail.contains("http_token") && answer.detail.contains("HTTP_TOKEN"))
            }
            let health = try await server.call(.GET, "/healthz", token: nil)
            #expect(health.status == 200)
        }
    }

    @Test("a body of more than 64 KiB is a 413 problem, one of 64 KiB is read")
    func bodyLimit() async throws {
        try await RunningServer.with { server in
            let padding = String(repeating: " ", count: (64 << 10) - 2)
            let tooLong = try await server.call(.POST, "/api/v1/cycles", body: padding + "{} ")
            tooLong.isProblem(413, "Content Too Large")
            #expect(try server.control.store.read { try $0.activeCycle() } == nil)
            let full = try await server.call(.POST, "/api/v1/cycles", body: padding + "{}")
            #expect(full.status == 202)
        }
    }

    @Test(
        "a malformed body is a 400 problem that says what is wrong",
        arguments: [
            ("{\"steps\": 5000", "not JSON"), ("steps=5000", "around character 0"), ("[1]", "JSON object"),
            ("\"text\"", "JSON object"), ("null", "JSON object"), ("{\"steps\": \"many\"}", "“steps”"),
            ("{\"steps\": 1.5}", "“steps”"),
            ("{\"steps\": -1}", "“steps”"), ("{\"steps\": 999}", "“steps”"), ("{\"steps\": 1000000001}", "“steps”"),
            ("{\"steps\": 1e400}", "steps"), ("{\"seed\": -1}", "“seed”"),
            ("{\"seed\": 18446744073709551616}", "“seed”"),
            ("{\"step\": 5000}", "“step”"), ("{\"steps\": {}}", "“steps”"),
            (String(repeating: "[", count: 600), "not JSON"),
        ])
    func malformed(body: String, word: String) async throws {
        try await RunningServer.with { server in
            let answer = try await server.call(.POST, "/api/v1/cycles", body: body)
            answer.isProblem(400, "Bad Request")
            #expect(answer.detail.contains(word), "\(answer.detail)")
            #expect(try server.control.store.read { try $0.activeCycle() } == nil)
        }
    }

    @Test("a limit outside 1 to 500 is a 400 problem", arguments: ["0", "501", "-1", "x", "", "1e3"])
    func badLimit(text: String) async throws {
        try await RunningServer.with { server in
            for list in ["cycles", "policies", "trades"] {
                try await server.call(.GET, "/api/v1/\(list)?limit=\(text)").isProblem(400, "Bad Request")
            }
        }
    }
}
