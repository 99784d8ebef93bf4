import Foundation
import Testing

@Suite("Prometheus metrics")
struct ScrapeTests {
    @Test("every sample belongs to a family that is named with help and type, once")
    func form() async throws {
        try await RunningServer.with(pollAge: 1.5) { server in
            _ = try await server.call(.POST, "/api/v1/cycles")
            await server.control.runQueuedCycles()
            let answer = try await server.call(.GET, "/metrics", token: nil)
            #expect(answer.status == 200)
            #expect(answer.headers["Content-Type"] == ["text/plain; version=0.0.4; charset=utf-8"])
            var types: [Substring: Substring] = [:]
            for line in answer.text.split(separator: "\n") {
                if let type = line.wholeMatch(of: /# TYPE ([a-z_]+) (counter|gauge|histogram)/) {
                    #expect(types.updateValue(type.2, forKey: type.1) == nil)
                } else if !line.hasPrefix("# HELP ") {
                    let sample = line.wholeMatch(of: /([a-z_]+?)(_bucket|_sum|_count)?(\{[^}]*\})? ([-+0-9.eInf]+)/)
                    let name = sample.map { types[$0.1 + ($0.2 ?? "")] == nil ? $0.1 : $0.1 + ($0.2 ?? "") }
                    #expect(name.flatMap { types[$0] } != nil, "\(line)")
                }
            }
            #expect(types["marketflow_cycle_step_duration_seconds"] == "histogram")
        }
    }

    @Test("the figures are those of the database and the bot")
    func figures() async throws {
        try await RunningServer.with(pollAge: 1.5) { server in
            try await server.control.publish(4, as: .champion)
            _ = try await server.call(.POST, "/api/v1/cycles")
            _ = try await server.call(.POST, "/api/v1/cycles/1/stop")
            await server.control.runQueuedCycles()
            let lines = try await server.call(.GET, "/metrics", token: nil).text.split(separator: "\n")
            for line in [
                "marketflow_cycles_total{outcome=\"cancelled\"} 1", "marketflow_cycles_total{outcome=\"promoted\"} 0",
                "marketflow_bot_poll_age_seconds 1.5", "marketflow_champion_version 4", "marketflow_trades_total 0",
                "marketflow_outbox_messages{state=\"pending\"} 0", "marketflow_training_steps_per_second 0",
                "marketflow_database_up 1", "marketflow_http_requests_total{status=\"202\"} 2",
            ] {
                #expect(lines.contains { $0 == line }, "\(line)")
            }
            #expect(lines.contains { $0.hasPrefix("process_resident_memory_bytes ") })
        }
    }

    @Test("no metric carries the token; without a bot there is no age of its poll")
    func quiet() async throws {
        try await RunningServer.with { server in
            _ = try await server.call(.GET, "/api/v1/cycles")
            let text = try await server.call(.GET, "/metrics", token: nil).text
            #expect(!text.contains(RunningServer.token))
            #expect(!text.contains("marketflow_bot_poll_age_seconds"))
        }
    }
}
