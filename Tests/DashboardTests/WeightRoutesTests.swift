import ControlPlane
import Foundation
import Store
import Testing

@Suite("Weights and a bot's own trades over HTTP")
struct WeightRoutesTests {
    @Test("weights are shown, set and frozen; what cannot be is refused and changes nothing")
    func weights() async throws {
        try await RunningServer.with { server in
            let models = try await server.call(.GET, "/api/v1/weights").list("models")
            #expect(models.map { $0["model"] as? String }.prefix(3) == ["trading_ai", "lava_ai", "lgbm_ai"])
            #expect(models.map { $0["weight"] as? Double }.prefix(3) == [0.25, 0.35, 0.40])
            let body = #"{"weights": {"trading_ai": 0.5, "lava_ai": 0.5, "lgbm_ai": 0}, "frozen": true}"#
            let set = try await server.call(.PUT, "/api/v1/weights", body: body)
            #expect(set.status == 200 && set.json["frozen"] as? Bool == true)
            #expect(set.list("models").map { $0["state"] as? String }.prefix(3) == ["active", "active", "shadow"])
            for bad in [#"{"weights": {"trading_ai": 0.9}}"#, #"{"weights": {"nobody": 1}}"#, "{}", "[]", "no"] {
                try await server.call(.PUT, "/api/v1/weights", body: bad).isProblem(400, "Bad Request")
            }
            let after = try await server.call(.GET, "/api/v1/weights").list("models")
            #expect(after.map { $0["weight"] as? Double }.prefix(3) == [0.5, 0.5, 0])
            try await server.call(.GET, "/api/v1/weights", token: nil).isProblem(401, "Unauthorized")
        }
    }

    @Test("a bot's trades come in whole or not at all")
    func trades() async throws {
        try await RunningServer.with { server in
            func trade(_ from: String, _ to: String) -> String {
                """
                {"symbol": "BTC/USDT", "side": "long", "entry_at": "\(from)", "exit_at": "\(to)", "entry_price": 100,
                 "exit_price": 110, "entry_fee": 0.001, "exit_fee": 0.001}
                """
            }
            let path = "/api/v1/trades?source=mybot"
            let one = try await server.call(.POST, path, body: trade("2024-02-01T00:00:00Z", "2024-02-01T06:00:00Z"))
            #expect(one.status == 201 && one.json["stored"] as? [Int] == [1])
            let list =
                "[\(trade("2024-03-01", "2024-03-02")), \(trade("2024-02-01T01:00:00Z", "2024-02-01T02:00:00Z"))]"
            try await server.call(.POST, path, body: list).isProblem(400, "Bad Request")
            let clash = trade("2024-02-01T05:00:00Z", "2024-02-01T07:00:00Z")
            try await server.call(.POST, path, body: clash).isProblem(409, "Conflict")
            try await server.call(.POST, "/api/v1/trades?source=paper", body: "[]").isProblem(400, "Bad Request")
            let stored = try await server.call(.GET, "/api/v1/trades").list("trades")
            #expect(stored.map { $0["source"] as? String } == ["mybot"])
            #expect(abs((stored[0]["net_return"] as? Double ?? 0) - 0.0979) < 1e-12)
        }
    }
}
