import Foundation
import Store
import Testing

@Suite("Over HTTP", .serialized, .timeLimit(.minutes(1)))
struct HTTPTests {
    @Test("the same order sent twice is one cycle, which can be watched to its end")
    func idempotency() async throws {
        try await Town.visit { town in
            let service = try town.serve(botToken: nil)
            let headers = ["Idempotency-Key": "nightly-2025-11-15"]
            let body = #"{"steps": 2000, "seed": 9}"#
            func order() async throws -> HTTPAnswer {
                try await service.call("POST", "/api/v1/cycles", token: Town.httpToken, headers: headers, body: body)
            }
            let first = try await order()
            let second = try await order()
            #expect(first.status == 202)
            #expect([200, 202].contains(second.status), "200 once it has ended")
            #expect(first.json["id"] as? Int == 1 && second.json["id"] as? Int == 1)
            let end = try await eventually("the end over HTTP") {
                let cycle = try await service.call("GET", "/api/v1/cycles/1", token: Town.httpToken)
                return cycle.json["state"] as? String == "promoted" ? cycle : nil
            }
            #expect(end.json["steps"] as? Int == 2000)
            #expect(try town.stored { try $0.cycles(limit: 5) }.count == 1)
            let metrics = try await service.call("GET", "/metrics").body
            #expect(metrics.contains(#"marketflow_cycles_total{outcome="promoted"} 1"#))
            #expect(try await service.call("GET", "/healthz").status == 200)
        }
    }

    @Test("without the token nothing is ordered or told, health and metrics apart")
    func noToken() async throws {
        try await Town.visit { town in
            let service = try town.serve(botToken: nil)
            for token in [nil, "wrong", Town.httpToken + "x"] {
                #expect(try await service.call("POST", "/api/v1/cycles", token: token).status == 401)
                #expect(try await service.call("GET", "/api/v1/policies", token: token).status == 401)
            }
            #expect(try town.stored { try $0.cycles(limit: 5) }.isEmpty)
            #expect(try await service.call("GET", "/metrics").status == 200)
        }
    }

    @Test("a long run is stopped over HTTP")
    func stop() async throws {
        try await Town.visit { town in
            let service = try town.serve(botToken: nil)
            let body = #"{"steps": 500000000}"#
            _ = try await service.call("POST", "/api/v1/cycles", token: Town.httpToken, body: body)
            try await eventually("training") { try town.cycle(1)?.step == "train" ? () : nil }
            let busy = try await service.call("POST", "/api/v1/cycles", token: Town.httpToken)
            #expect(busy.status == 409 && busy.json["cycle"] as? Int == 1)
            let stop = try await service.call("POST", "/api/v1/cycles/1/stop", token: Town.httpToken)
            #expect(stop.status == 202)
            #expect(try await town.waitForEnd(of: 1).state == .cancelled)
        }
    }
}
