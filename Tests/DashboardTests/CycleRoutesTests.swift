import ControlPlane
import Foundation
import Store
import Testing

@Suite("Cycles over HTTP")
struct CycleRoutesTests {
    @Test("an order queues a cycle, names its place and is audited with it")
    func order() async throws {
        try await RunningServer.with { server in
            let answer = try await server.call(
                .POST, "/api/v1/cycles", body: "{\"steps\": 2000, \"seed\": 18446744073709551615}")
            #expect(answer.status == 202)
            #expect(answer.headers["Location"] == ["/api/v1/cycles/1"])
            #expect(answer.json["id"] as? Int == 1)
            #expect(answer.json["state"] as? String == "queued")
            #expect(answer.json["steps"] as? Int == 2000)
            #expect(answer.json["seed"] as? UInt64 == .max)
            #expect(answer.json["trigger"] as? String == "http")
            #expect(answer.json["created_at"] as? String == "2024-03-01T12:00:00Z")
            let audit = try server.control.store.read { try $0.audit(limit: 10) }
            #expect(audit.map(\.actor) == ["http"])
            #expect(audit.first?.command == "POST /api/v1/cycles")
            #expect(audit.first?.arguments == "steps=2000 seed=18446744073709551615")
            #expect(audit.first?.outcome == "cycle 1 queued")
        }
    }

    @Test("an order without a body takes the configured steps")
    func defaults() async throws {
        try await RunningServer.with { server in
            let answer = try await server.call(.POST, "/api/v1/cycles")
            #expect(answer.status == 202)
            #expect(answer.json["steps"] as? Int == 1_000)
            #expect(answer.json["seed"] == nil)
        }
    }

    @Test("the same key is the same cycle, however often it is sent at once")
    func idempotent() async throws {
        try await RunningServer.with { server in
            let answers = try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let answer = try await server.call(.POST, "/api/v1/cycles", headers: ["Idempotency-Key": "k-1"])
                        return answer.status == 202 ? answer.json["id"] as? Int : nil
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers == Array(repeating: 1, count: 8))
            #expect(try server.control.store.read { try $0.cycles(limit: 10).count } == 1)
        }
    }

    @Test("a key used for another order is refused")
    func otherOrder() async throws {
        try await RunningServer.with { server in
            let headers = ["Idempotency-Key": "k-1"]
            _ = try await server.call(.POST, "/api/v1/cycles", headers: headers, body: "{\"steps\": 2000}")
            let other = try await server.call(.POST, "/api/v1/cycles", headers: headers, body: "{\"steps\": 3000}")
            other.isProblem(422, "Unprocessable Content")
            #expect(other.json["cycle"] as? Int == 1)
        }
    }

    @Test("a key of no or more than 200 characters is refused", arguments: [0, 201])
    func badKey(length: Int) async throws {
        try await RunningServer.with { server in
            let headers = ["Idempotency-Key": String(repeating: "k", count: length)]
            try await server.call(.POST, "/api/v1/cycles", headers: headers).isProblem(400, "Bad Request")
        }
    }

    @Test("while one waits or runs another order is a 409 problem that names it")
    func busy() async throws {
        try await RunningServer.with { server in
            _ = try await server.call(.POST, "/api/v1/cycles")
            let second = try await server.call(.POST, "/api/v1/cycles", headers: ["Idempotency-Key": "other"])
            second.isProblem(409, "Conflict")
            #expect(second.json["cycle"] as? Int == 1)
            #expect(second.detail.contains("Cycle 1"))
            let outcomes = try server.control.store.read { try $0.audit(limit: 10).map(\.outcome) }
            #expect(outcomes == ["refused, cycle 1 is active", "cycle 1 queued"])
        }
    }

    @Test("a cycle ordered here runs to its end and shows its steps and its report")
    func wholeCycle() async throws {
        try await RunningServer.with { server in
            let headers = ["Idempotency-Key": "k-1"]
            _ = try await server.call(.POST, "/api/v1/cycles", headers: headers)
            await server.control.runQueuedCycles()
            let cycle = try await server.call(.GET, "/api/v1/cycles/1")
            #expect(cycle.status == 200)
            #expect(["promoted", "rejected"].contains(cycle.json["state"] as? String), "\(cycle.text.prefix(500))")
            #expect(
                cycle.list("timeline").map { $0["step"] as? String } == [
                    "ingest", "drift", "generate", "experience", "train", "validate", "deploy", "report",
                ])
            let report = cycle.json["report"] as? [String: Any]
            #expect(report?["requested_by"] as? String == "http")
            #expect((report?["market"] as? [String: Any])?["synthetic"] as? Bool == true)
            #expect(cycle.json["progress"] == nil)
            let again = try await server.call(.POST, "/api/v1/cycles", headers: headers)
            #expect(again.status == 200)
            #expect(again.json["id"] as? Int == 1)
            let list = try await server.call(.GET, "/api/v1/cycles?limit=1")
            #expect(list.list("cycles").map { $0["id"] as? Int } == [1])
            let policies = try await server.call(.GET, "/api/v1/policies")
            #expect(policies.list("policies").map { $0["cycle"] as? Int } == [1])
        }
    }

    @Test("a queued cycle is withdrawn, an ended one is not stopped again, an unknown one is not found")
    func stop() async throws {
        try await RunningServer.with { server in
            _ = try await server.call(.POST, "/api/v1/cycles")
            let stopped = try await server.call(.POST, "/api/v1/cycles/1/stop")
            #expect(stopped.status == 202)
            #expect(stopped.json["stop_requested"] as? Bool == true)
            await server.control.runQueuedCycles()
            let cancelled = try await server.call(.GET, "/api/v1/cycles/1")
            #expect(cancelled.json["state"] as? String == "cancelled")
            let late = try await server.call(.POST, "/api/v1/cycles/1/stop")
            late.isProblem(409, "Conflict")
            #expect(late.detail.contains("cancelled"))
            try await server.call(.POST, "/api/v1/cycles/2/stop").isProblem(404, "Not Found")
            let outcomes = try server.control.store.read { try $0.audit(limit: 10).map(\.outcome) }
            #expect(outcomes == ["no such cycle", "has ended already", "cycle 1 stopping", "cycle 1 queued"])
        }
    }

    @Test(
        "what names no cycle is not found",
        arguments: ["7", "0", "-1", "x", "9223372036854775808", "1%2F2", "%00"])
    func unknown(name: String) async throws {
        try await RunningServer.with { server in
            try await server.call(.GET, "/api/v1/cycles/\(name)").isProblem(404, "Not Found")
        }
    }
}
