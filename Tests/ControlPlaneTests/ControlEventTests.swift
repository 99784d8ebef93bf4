import ControlPlane
import Foundation
import Store
import Testing

/// Events as they are stored.
struct ControlEventTests {
    private static let moment = Date(timeIntervalSince1970: 1_709_294_400)
    /// As an earlier process left them in the log.
    private static let texts = [
        #"{"serviceStarted":{"_0":{"version":"1","afterCrash":true,"uncertainMessages":2}}}"#,
        #"{"cycleStarted":{"_0":{"cycle":3,"trigger":"cron","requestedBy":"schedule","steps":50000}}}"#,
        #"{"cycleResumed":{"_0":{"cycle":3,"step":"train","attempt":2}}}"#,
        #"{"policyChanged":{"_0":{"from":1,"to":2,"by":"Ann","sha256":"ab"}}}"#,
        #"{"tradeClosed":{"_0":{"trade":9,"source":"paper","policy":1,"symbol":"BTCUSDT","side":"short","netReturn":-0.0124,"#
            + #""entryPrice":42283.58,"exitPrice":42700.1,"exitReason":"signal","bars":4,"exitAt":"2024-03-01T12:00:00Z","#
            + #""synthetic":true,"isNotable":true}}}"#,
        #"{"alarmRaised":{"_0":{"key":"disk","detail":"full","since":"2024-03-01T12:00:00Z"}}}"#,
        #"{"alarmCleared":{"_0":{"key":"disk","detail":"full","since":"2024-03-01T12:00:00Z","until":"2024-03-01T13:00:00Z"}}}"#,
        #"{"scheduleMissed":{"_0":{"job":"retrain","scheduledFor":"2024-03-01T12:00:00Z","missed":1,"ran":false,"reason":"late"}}}"#,
        #"{"accessGranted":{"_0":{"user":1,"name":"Анна \"A\"\n","role":"admin","by":"code"}}}"#,
    ]

    @Test("every event comes back from the log as it was told", arguments: texts)
    func roundTrip(_ text: String) throws {
        let event: ControlEvent = try JSON.value(text)
        let workshop = try Workshop()
        // A cycle an event speaks of exists.
        for _ in 0..<3 {
            try workshop.write {
                _ = try $0.enqueue(
                    CycleRecord(
                        idempotencyKey: nil, trigger: "cli", requestedBy: "test", steps: 1, seed: nil,
                        createdAt: Self.moment))
            }
        }
        let id = try workshop.write { try $0.tell(event, at: Self.moment) }
        let record = try #require(try workshop.store.read { try $0.event(id) })
        #expect(try ControlEvent(record) == event)
        #expect(record.kind == event.kind && record.at == Self.moment)
    }

    @Test("kinds are told apart by name")
    func kinds() throws {
        let kinds = try Self.texts.map { try JSON.value($0, as: ControlEvent.self).kind }
        #expect(Set(kinds).count == kinds.count)
    }

    @Test("an event of a newer version is refused, not misread")
    func unknown() {
        let record = EventRecord(
            at: Self.moment, kind: "moon.risen", cycleId: nil, payload: "{\"moonRisen\":{\"_0\":{}}}")
        #expect(throws: DecodingError.self) { try ControlEvent(record) }
    }

    @Test("the headline's reward and drawdown are differences against what served before")
    func headline() throws {
        let figures = Samples.figures
        var report = try Samples.report()
        report.validation?.challenger = try figures(0.067, 0.044)
        report.validation?.champion = try figures(0.02, 0.05)
        report.validation?.buyAndHold = try figures(0.1, 0.08)
        #expect(abs((report.rewardChange ?? 0) - 0.047) < 1e-12)
        #expect(abs((report.drawdownChange ?? 0) + 0.12) < 1e-12)
        report.validation?.champion = nil
        #expect(abs((report.rewardChange ?? 0) - 0.067) < 1e-12)
        #expect(abs((report.drawdownChange ?? 0) + 0.45) < 1e-12)
        report.validation = nil
        #expect(report.rewardChange == nil && report.drawdownChange == nil)
    }
}

/// Reports have no public initialiser: a test reads one as a later process would.
enum Samples {
    static func figures(_ total: Double, _ drawdown: Double) throws -> CycleReport.Figures {
        try JSON.value(figuresText(total, drawdown))
    }

    private static func figuresText(_ total: Double, _ drawdown: Double) -> String {
        """
        {"totalReturn":\(total),"meanLogReturnPerBar":0.0001,"sharpeAnnual":1.5,"maxDrawdown":\(drawdown),"trades":20,
         "winRate":0.55,"winRateLow":0.4,"winRateHigh":0.7,"breakEvenWinRate":0.5}
        """
    }

    static func report() throws -> CycleReport {
        let figures = figuresText(0, 0.1)
        return try JSON.value(
            """
            {"cycle":6,"outcome":"promoted","reasons":[],"serving":"RL-Agent-v6","challenger":"RL-Agent-v6",
             "finishedAt":"2025-11-15T03:00:00Z","seconds":48,"requestedBy":"schedule","trigger":"cron",
             "validation":{"from":"2025-11-01T00:00:00Z","to":"2025-11-15T00:00:00Z","bars":336,
              "costs":{"feeBps":10,"slippageBps":2},"challenger":\(figures),"champion":\(figures),"buyAndHold":\(figures),
              "meanDifference":0.0001,"differenceLow":0.00001,"differenceHigh":0.0002,"probabilityNotBetter":0.02,"tries":1,
              "worlds":[],"promoted":true}}
            """)
    }
}
