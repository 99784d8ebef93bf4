import ControlBot
import ControlPlane
import Foundation
import Store
import Testing

/// What is told, to whom, when.
struct NoticeTests {
    private let office: Office

    init() throws { office = try Office.staffed() }

    /// An event as it stands in the log.
    static func event(_ text: String) throws -> ControlEvent { try JSON.value(text) }

    private static let alarm =
        #"{"alarmRaised":{"_0":{"key":"disk","detail":"no space","since":"2024-03-01T12:00:00Z"}}}"#
    private static let missed =
        #"{"scheduleMissed":{"_0":{"job":"retrain","scheduledFor":"2024-03-01T06:00:00Z","missed":1,"ran":false,"reason":"busy"}}}"#
    private static let changed = #"{"policyChanged":{"_0":{"from":2,"to":1,"by":"Ann","sha256":"ab"}}}"#
    private static let started =
        #"{"cycleStarted":{"_0":{"cycle":1,"trigger":"cron","requestedBy":"schedule","steps":5}}}"#

    private func tell(_ text: String) throws {
        let event = try Self.event(text)
        try office.write { _ = try $0.tell(event, at: office.clock.now) }
    }

    private func advance(_ notifier: Notifier) async throws { while try await notifier.advance() {} }

    // MARK: The headline

    private func report(outcome: String, serving: String, challenger: String = "RL-Agent-v6") throws -> CycleReport {
        func figures(_ total: Double, _ drawdown: Double) -> String {
            """
            {"totalReturn":\(total),"meanLogReturnPerBar":0.0001,"sharpeAnnual":1.5,"maxDrawdown":\(drawdown),"trades":20,
             "winRate":0.55,"winRateLow":0.4,"winRateHigh":0.7,"breakEvenWinRate":0.5}
            """
        }
        return try JSON.value(
            """
            {"cycle":6,"outcome":"\(outcome)","serving":"\(serving)","challenger":"\(challenger)",
             "reasons":[{"passed":\(outcome == "promoted"),"english":"better at 2 %","russian":"лучше"}],
             "finishedAt":"2025-11-15T03:00:00Z","seconds":48,"requestedBy":"schedule","trigger":"cron",
             "market":{"symbols":["BTCUSDT"],"interval":"15m","synthetic":false,"source":"Binance","bars":1000,"newBars":4,
              "missingBars":0,"from":"2025-10-01T00:00:00Z","to":"2025-11-15T00:00:00Z"},
             "training":{"steps":50000,"seconds":12,"stepsPerSecond":4166,"seed":7,"parent":5,"threads":1,"stability":0.9,
              "curve":[],"resumed":false},
             "validation":{"from":"2025-11-01T00:00:00Z","to":"2025-11-15T00:00:00Z","bars":336,
              "costs":{"feeBps":10,"slippageBps":2},"challenger":\(figures(0.067, 0.044)),"champion":\(figures(0.02, 0.05)),
              "buyAndHold":\(figures(0.1, 0.08)),"meanDifference":0.0001,"differenceLow":0.00001,"differenceHigh":0.0002,
              "probabilityNotBetter":0.02,"tries":1,"worlds":[],"promoted":\(outcome == "promoted")}}
            """)
    }

    private func lines(_ report: CycleReport, _ language: Language = .english) -> [String] {
        Announcement.text(of: report, control: office.control, language: language).components(separatedBy: "\n")
    }

    @Test(
        "a promotion begins with the four lines its reader asked for, in both languages", arguments: Language.allCases)
    func headline(_ language: Language) throws {
        let lines = try lines(report(outcome: "promoted", serving: "RL-Agent-v6"), language)
        #expect(
            lines.prefix(5) == [
                "🤖 Continual Learning Update",
                "Model: RL-Agent-v6",
                "Reward ↑ +4.7%, Drawdown ↓ 12%",
                "Deployed: 2025-11-15 03:00 UTC",
                "",
            ])
        let rest = lines.joined(separator: "\n")
        for figure in ["+6.7%", "+10.0%", "10 + 2 bp", "50,000", "BTCUSDT 15m"] {
            #expect(rest.contains(figure), "\(figure)")
        }
    }

    @Test("a rejection has the same form and says what was kept")
    func rejected() throws {
        let lines = try lines(report(outcome: "rejected", serving: "RL-Agent-v5"))
        #expect(lines[0] == "🤖 Continual Learning Update" && lines[1] == "Model: RL-Agent-v6")
        #expect(lines[2] == "Reward ↑ +4.7%, Drawdown ↓ 12%")
        #expect(lines[3] == "Kept: RL-Agent-v5 (RL-Agent-v6 was not better)")
        #expect(lines.contains { $0.hasPrefix("✗ better at 2 %") })
    }

    @Test("the notice carries Details, Compare and Roll back, for whoever may")
    func buttons() async throws {
        try office.publish(5, as: .fallback)
        try office.publish(6, as: .champion)
        _ = try await office.send("/train")
        let event = ControlEvent.cycleFinished(try report(outcome: "promoted", serving: "RL-Agent-v6"))
        // The cycle it speaks of.
        try office.execute("UPDATE cycles SET id = 6, state = 'promoted'")
        let notices = try await office.tell(event)
        let mine = try #require(notices.first { $0.chat == Office.admin })
        let theirs = try #require(notices.first { $0.chat == Office.viewer })
        #expect(mine.buttons.map(\.label) == ["Details", "Compare", "Roll back"])
        #expect(try await office.press("Compare", on: mine).text.hasPrefix("RL-Agent-v6 against RL-Agent-v5"))
        #expect(try await office.press("Details", on: mine).text.hasPrefix("Cycle 6: "))
        #expect(
            try await office.press("Roll back", on: mine).text.hasPrefix("Roll back from RL-Agent-v6 to RL-Agent-v5?"))
        #expect(
            try await office.press("Roll back", on: theirs, by: Office.viewer).text.hasPrefix(
                "This needs the role operator"))
    }

    // MARK: Once each

    @Test("every event is told once to everyone, also by two readers at once, and when the position is lost")
    func once() async throws {
        for _ in 0..<120 { try tell(Self.changed) }
        let (one, two) = try (office.notifier(), office.notifier())
        async let first: Void = advance(one)
        async let second: Void = advance(two)
        _ = try await (first, second)
        #expect(try office.outbox(.pending) == 240)
        try office.write { try $0.setPosition(of: "notifier", to: 0) }
        try await advance(office.notifier())
        #expect(try office.outbox(.pending) == 240)
        #expect(try await !office.notifier().advance())
    }

    @Test("an event nobody can read does not hold back the one after it")
    func unreadable() async throws {
        try office.write {
            _ = try $0.append(EventRecord(at: office.clock.now, kind: "moon.risen", cycleId: nil, payload: "{}"))
        }
        try tell(Self.alarm)
        try await advance(office.notifier())
        #expect(try office.outbox(.pending) == 2)
    }

    @Test("a message nobody can read does not hold back the one after it")
    func unreadableMessage() async throws {
        let event = try office.write {
            try $0.append(EventRecord(at: office.clock.now, kind: "moon.risen", cycleId: nil, payload: "{}"))
        }
        for (key, content) in [("a", "{\"event\":{\"_0\":\(event)}}"), ("b", "?"), ("c", "{\"digest\":{\"_0\":[]}}")] {
            try office.write {
                try $0.enqueue(
                    OutboxRecord(
                        dedupeKey: key, chatId: 1, eventId: nil, content: content, class: "alarm",
                        createdAt: office.clock.now))
            }
        }
        #expect(try await office.deliver().count == 1)
        #expect(try office.outbox(.failed) == 2)
    }

    @Test("levels decide who hears what, and how loudly")
    func levels() async throws {
        _ = try await office.send("/settings notify deployment off", by: Office.viewer)
        _ = try await office.send("/settings notify schedule on", by: Office.viewer)
        try tell(Self.changed)
        try tell(Self.missed)
        // Off for everyone who chose nothing.
        _ = try await office.send("/train")
        try tell(Self.started)
        try await advance(office.notifier())
        let shown = try await office.deliver()
        func heard(_ chat: Int64) -> [String] { shown.filter { $0.chat == chat }.map(\.text) }
        #expect(heard(Office.admin).count == 2 && heard(Office.viewer).count == 1)
        #expect(heard(Office.admin)[0].contains("RL-Agent-v1 serves now") && heard(Office.admin)[1].hasPrefix("⏰"))
        let late = shown.filter { $0.text.hasPrefix("⏰") }
        #expect(late.map { $0.chat == Office.admin } == late.map(\.isSilent) && late.count == 2)
    }

    @Test("whoever blocked the bot is told nothing")
    func muted() async throws {
        try office.write { try $0.muteChat(Office.viewer, reason: "blocked") }
        #expect(try await office.tell(Self.event(Self.alarm)).map(\.chat) == [Office.admin])
    }

    // MARK: Quiet hours

    @Test("in quiet hours notices wait for one digest at their end, alarms pass at once")
    func quietHours() async throws {
        let quiet = Preferences.Defaults(quiet: QuietHours("11:00-13:00"))
        for text in [Self.changed, Self.changed, Self.alarm] { try tell(text) }
        try office.write { try $0.deleteUser(Office.viewer) }
        try await advance(office.notifier(quiet))
        #expect(try await office.deliver().map(\.text) == ["🚨 no space"])
        try await office.notifier(quiet).releaseDigests()
        #expect(try await office.deliver().isEmpty)
        office.clock.advance(3600)
        try await office.notifier(quiet).releaseDigests()
        try await office.notifier(quiet).releaseDigests()
        let digests = try await office.deliver()
        #expect(digests.count == 1)
        #expect(digests.first?.text.hasPrefix("While you rested: 2 notice(s)") == true)
        #expect(digests.first?.text.components(separatedBy: "RL-Agent-v1 serves now").count == 3)
        #expect(try office.outbox(.held) == 0)
    }

    @Test("quiet hours over midnight, in the schedule's zone")
    func overMidnight() async throws {
        let zone = try #require(TimeZone(identifier: "Asia/Tokyo"))  // noon UTC is 21:00 there
        let quiet = Preferences.Defaults(quiet: QuietHours("22:00-07:00"))
        for (hours, isHeld) in [(0.0, false), (1, true), (8, true), (1, false)] {
            office.clock.advance(hours * 3600)
            try tell(Self.changed)
            let before = try office.outbox(.held)
            try await advance(office.notifier(quiet, zone: zone))
            #expect(try (office.outbox(.held) > before) == isHeld, "\(office.clock.now)")
            _ = try await office.deliver()
        }
    }

    @Test("quiet hours are read strictly", arguments: ["22:00-07:00", "0:5-23:59"])
    func quietForm(_ text: String) { #expect(QuietHours(text) != nil) }

    @Test(
        "what is no pair of times is refused",
        arguments: [
            "", "22:00", "22-07", "24:00-07:00", "22:60-07:00", "7:00-7:00", "a:b-c:d", "-1:00-2:00",
            "22:00-07:00-08:00",
        ])
    func quietRefused(_ text: String) { #expect(QuietHours(text) == nil) }
}
