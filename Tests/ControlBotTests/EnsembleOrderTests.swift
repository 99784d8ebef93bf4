import ControlBot
import ControlPlane
import Foundation
import Store
import Testing

/// Weights and win-rate sessions by chat.
struct EnsembleOrderTests {
    private let office: Office

    init() throws { office = try Office.staffed() }

    @Test("/weights shows who is listened to; setting them is held to the rules and can be taken back")
    func weights() async throws {
        let shown = try await office.send("/weights").text
        #expect(shown.contains("lgbm_ai 40.0%") && shown.contains("mistral_ai: in the shadow"))
        let set = try await office.send("/weights set trading_ai=0.5 lava_ai=0.5 lgbm_ai=0").text
        #expect(set == "Changed: lava_ai 50.0%, trading_ai 50.0%")
        #expect(try await office.send("/weights set trading_ai=0.9").text.hasPrefix("Refused: the weights sum to 1.4"))
        #expect(try await office.send("/weights set trading_ai").text.contains("Right form: /weights"))
        #expect(
            try await office.send("/weights rollback").text == "Changed: lgbm_ai 40.0%, lava_ai 35.0%, trading_ai 25.0%"
        )
        #expect(try await office.send("/weights history").text.contains("trading_ai 50.0% → 25.0%"))
    }

    @Test("a viewer may look at weights and sessions and change neither")
    func roles() async throws {
        #expect(try await office.send("/weights", by: Office.viewer).text.contains("trading_ai 25.0%"))
        for order in ["/weights freeze", "/winrate 30"] {
            #expect(try await office.send(order, by: Office.viewer).text.contains("Nothing was done."))
        }
        #expect(try office.store.read { try $0.sessions(limit: 1) }.isEmpty)
    }

    @Test("/winrate queues one session, a second names it, and /stop ends it")
    func sessions() async throws {
        #expect(try await office.send("/winrate").text == "No session yet. /winrate 30 starts one.")
        #expect(
            try await office.send("/winrate 20").text.hasPrefix("Session 1 queued: 10 windows of 20 days on BTCUSDT"))
        #expect(try await office.send("/winrate 20").text.hasPrefix("Session 1 is at work already."))
        #expect(try await office.send("/stop").text.hasPrefix("Stopping session 1."))
        await office.control.winRate.drainQueue()
        #expect(try office.store.read { try $0.session(1)?.state } == .cancelled)
        #expect(try await office.send("/winrate 0").text.contains("is not a whole number from 1 to 3,650"))
        #expect(try await office.send("/report 1").text.hasPrefix("There is no session 1 with a result."))
    }
}
