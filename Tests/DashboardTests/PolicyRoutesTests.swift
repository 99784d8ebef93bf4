import ControlPlane
import Foundation
import Store
import Testing

@Suite("Versions and trades over HTTP")
struct PolicyRoutesTests {
    @Test("versions are listed, newest first, and shown with what they learned from")
    func show() async throws {
        try await RunningServer.with { server in
            try await server.control.publish(1, as: .fallback)
            try await server.control.publish(2, as: .champion)
            let list = try await server.call(.GET, "/api/v1/policies").list("policies")
            #expect(list.map { $0["name"] as? String } == ["RL-Agent-v2", "RL-Agent-v1"])
            for path in ["1", "fallback"] {
                let policy = try await server.call(.GET, "/api/v1/policies/\(path)").json
                #expect(policy["version"] as? Int == 1)
                let manifest = policy["manifest"] as? [String: Any]
                #expect(
                    manifest?["trained_on"] as? [String: String]
                        == ["from": "2023-11-14T22:13:20Z", "to": "2023-11-15T22:13:20Z"])
                #expect(manifest?["metrics"] as? [String: Double] == ["total_return": 0.0125])
                #expect(manifest?["seed"] as? UInt64 == .max)
            }
            let champion = try await server.call(.GET, "/api/v1/policies/champion").json
            #expect(champion["version"] as? Int == 2)
            for name in ["3", "x", "0"] {
                try await server.call(.GET, "/api/v1/policies/\(name)").isProblem(404, "Not Found")
            }
        }
    }

    @Test("a roll-back changes the champion, its link and the log, and is audited")
    func rollBack() async throws {
        try await RunningServer.with { server in
            try await server.control.publish(1, as: .fallback)
            try await server.control.publish(2, as: .champion)
            let answer = try await server.call(.POST, "/api/v1/policies/1/rollback")
            #expect(answer.status == 200)
            #expect(answer.json["state"] as? String == "champion")
            #expect(server.control.registry.championLink == 1)
            let (kinds, audit) = try server.control.store.read {
                (try $0.latestEvents(limit: 5).map(\.kind), try $0.audit(limit: 5))
            }
            #expect(kinds == ["policy.changed"])
            #expect(audit.map(\.outcome) == ["RL-Agent-v2 → RL-Agent-v1"])
            #expect(audit.map(\.actor) == ["http"])
            let again = try await server.call(.POST, "/api/v1/policies/1/rollback")
            #expect(again.status == 200)
            #expect(try server.control.store.read { try $0.latestEvents(limit: 5).count } == 1)
        }
    }

    @Test("a version whose files are gone or changed does not serve; the champion stays", arguments: [true, false])
    func damaged(isGone: Bool) async throws {
        try await RunningServer.with { server in
            try await server.control.publish(1, as: .fallback)
            try await server.control.publish(2, as: .champion)
            let weights = server.control.registry.folder(of: 1).appendingPathComponent("weights.mfp")
            if isGone {
                try FileManager.default.removeItem(at: weights)
            } else {
                try Data("nonsense".utf8).write(to: weights)
            }
            let answer = try await server.call(.POST, "/api/v1/policies/1/rollback")
            answer.isProblem(409, "Conflict")
            #expect(answer.detail.contains("weights.mfp"))
            #expect(try server.control.store.read { try $0.policy(in: .champion)?.version } == 2)
        }
    }

    @Test("rolling back to an unknown version, or with nothing to roll back from, is refused")
    func refused() async throws {
        try await RunningServer.with { server in
            try await server.call(.POST, "/api/v1/policies/9/rollback").isProblem(404, "Not Found")
            try await server.control.publish(1, as: .rejected)
            try await server.call(.POST, "/api/v1/policies/1/rollback").isProblem(409, "Conflict")
        }
    }

    @Test("trades are listed, newest first, and the day's figures are told")
    func trades() async throws {
        try await RunningServer.with { server in
            for (hour, net) in [(1.0, 0.02), (2.0, -0.01)] {
                let trade = TradeRow(
                    source: "paper", policyVersion: 3, symbol: "BTCUSDT", interval: "1h", synthetic: true, side: "long",
                    entryAt: testMoment.addingTimeInterval(-hour * 3600), exitAt: testMoment, entryPrice: 100,
                    exitPrice: 101, grossReturn: net + 0.0024, fees: 0.002, slippage: 0.0004, netReturn: net, bars: 1,
                    exitReason: "signal", detail: "{}", recordedAt: testMoment)
                _ = try await server.control.store.write { try $0.insert(trade) }
            }
            let trades = try await server.call(.GET, "/api/v1/trades").list("trades")
            #expect(trades.map { $0["net_return"] as? Double } == [-0.01, 0.02])
            #expect(trades.first?["entry_at"] as? String == "2024-03-01T10:00:00Z")
            #expect(trades.first?["policy"] as? Int == 3)
            let metrics = try await server.call(.GET, "/api/v1/metrics").json
            #expect(metrics["average_reward"] as? Double == 0.005)
            #expect(metrics["rewarded_trades"] as? Int == 2)
            #expect(metrics["retrain_frequency"] as? Int == 0)
        }
    }

    @Test("why a trade lost is told with its split, verdict and evidence, in either language")
    func why() async throws {
        try await RunningServer.with { server in
            let trade = TradeRow(
                source: "mybot", policyVersion: nil, symbol: "BTCUSDT", interval: "1h", synthetic: false, side: "short",
                entryAt: testMoment.addingTimeInterval(-7200), exitAt: testMoment, entryPrice: 100, exitPrice: 100.05,
                grossReturn: -0.0005, fees: 0.002, slippage: 0.0004, netReturn: -0.0029, bars: 2, exitReason: "signal",
                detail: "{}", recordedAt: testMoment)
            _ = try await server.control.store.write { try $0.insert(trade) }
            let answer = try await server.call(.GET, "/api/v1/trades/1/why").json
            #expect(answer["trade"] as? Int == 1 && answer["side"] as? String == "short")
            #expect(answer["net_pnl"] as? Double == -0.0029 && answer["source"] as? String == "rules")
            #expect(
                answer["split"] as? [String: Double] == ["price_move": -0.0005, "fees": -0.002, "slippage": -0.0004])
            #expect(answer["verdict"] as? [String] == ["costs"])
            let evidence = answer["evidence"] as? [String: [String: Any]]
            #expect(evidence?["E2"]?["kind"] as? String == "split")
            #expect(evidence?["E17"]?["missing"] as? String == "no_candles")
            #expect((answer["text"] as? String)?.hasPrefix("Why trade 1 lost 0.29%") == true)
            let russian = try await server.call(.GET, "/api/v1/trades/1/why?language=ru").json
            #expect((russian["text"] as? String)?.hasPrefix("Почему сделка 1 потеряла 0.29%") == true)
            for path in ["2/why", "x/why"] {
                try await server.call(.GET, "/api/v1/trades/\(path)").isProblem(404, "Not Found")
            }
            try await server.call(.GET, "/api/v1/trades/1/why?language=de").isProblem(400, "Bad Request")
        }
    }
}
