import ControlBot
import ControlPlane
import Foundation
import Store
import Testing

/// Orders, and the buttons that give them.
struct OrderTests {
    private let office: Office

    init() throws { office = try Office.staffed() }

    // MARK: Cycles

    @Test("/train queues one cycle and offers to stop it; a second names the first")
    func train() async throws {
        let first = try await office.send("/train 5_000")
        #expect(first.text == "Cycle 1 queued: 5,000 steps.")
        #expect(first.messages[0].buttons.map(\.label) == ["Stop"])
        #expect(
            try await office.send("/train").text
                == "Cycle 1 is running already (queued). One at a time; nothing was queued.")
        let cycles = try office.cycles()
        #expect(cycles.map(\.steps) == [5_000] && cycles[0].trigger == "chat" && cycles[0].requestedBy == "Ann (1)")
    }

    @Test("/stop withdraws what is queued, by command or by button, and says when there is nothing")
    func stop() async throws {
        #expect(try await office.send("/stop").text == "No cycle is running. Nothing to stop.")
        _ = try await office.send("/train")
        #expect(try await office.send("/stop 7").text == "Cycle 7 is not running. Nothing to stop.")
        #expect(try await office.send("/stop").text == "Cycle 1 was withdrawn before it began.")
        await office.control.runQueuedCycles()
        let queued = try #require(try await office.send("/train").messages.first)
        let pressed = try await office.press("Stop", on: queued)
        #expect(pressed.text == "Cycle 2 was withdrawn before it began." && pressed.isSpent)
        await office.control.runQueuedCycles()
        #expect(try office.cycles().map(\.state) == [.cancelled, .cancelled])
    }

    @Test("/pause and /resume hold the schedule back and let it go, and /status shows it")
    func pause() async throws {
        #expect(try await office.send("/pause").text.hasPrefix("Scheduled cycles are paused."))
        #expect(
            try await office.send("/pause").text
                == "Scheduled cycles have already been paused since 2024-03-01 12:00 UTC.")
        #expect(try await office.send("/status").text.contains("paused since 2024-03-01 12:00 UTC by Ann (1)"))
        #expect(try await office.send("/resume").text.hasPrefix("Scheduled cycles run again."))
        #expect(try await office.send("/resume").text.hasPrefix("Scheduled cycles are not paused."))
    }

    // MARK: Orders that waited

    @Test("an order older than a minute is offered as a button and run only when it is pressed")
    func stale() async throws {
        let offer = try await office.send("/train 5000", age: 61)
        #expect(offer.text.hasPrefix("/train 5000 was sent 61 s ago, while I was away. It was not run."))
        #expect(try office.cycles().isEmpty)
        #expect(try await office.press("Run now", on: offer.messages[0]).text == "Cycle 1 queued: 5,000 steps.")
        #expect(try await office.press("Run now", on: offer.messages[0]).toast?.contains("expired or was used") == true)
        #expect(try office.cycles().count == 1)
    }

    @Test("a minute is still fresh, and a question is answered however old it is")
    func fresh() async throws {
        #expect(try await office.send("/status", age: 86_400).text.hasPrefix("MarketFlow "))
        #expect(try await office.send("/train 5000", age: 60).text == "Cycle 1 queued: 5,000 steps.")
    }

    @Test("an update that comes twice has one effect and one answer")
    func twice() async throws {
        #expect(try await office.send("/train 5000", update: 900).messages.count == 1)
        #expect(try await office.send("/train 5000", update: 900).messages.isEmpty)
        _ = try await office.send("/stop", update: 901)
        await office.control.runQueuedCycles()
        // Even now, when it could run again.
        #expect(try await office.send("/train 5000", update: 900).messages.isEmpty)
        #expect(try office.cycles().count == 1 && office.audit().count == 2)
    }

    @Test("an update that is handled twice at the same time has one effect and one answer")
    func twiceAtOnce() async throws {
        let incoming = Incoming(
            update: 900, content: .text("/train 5000", replyTo: nil), user: 1, userName: "Ann", languageCode: "en",
            chat: 1,
            isPrivate: true, sentAt: office.clock.now)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { [office] in _ = await office.dispatcher.respond(to: incoming) } }
        }
        #expect(try office.cycles().count == 1 && office.audit().count == 1)
        #expect(try await office.deliver().map(\.text) == ["Cycle 1 queued: 5,000 steps."])
    }

    // MARK: Roll-back

    private func versions() throws {
        try office.publish(1, as: .fallback)
        try office.publish(2, as: .champion)
        try office.control.reconcilePolicies()
    }

    private var champion: Int? {
        get throws { try office.store.read { try $0.policy(in: .champion) }?.version }
    }

    @Test("/rollback asks with the effect spelled out, does it at a press, and can be undone the same way")
    func rollback() async throws {
        try versions()
        let question = try await office.send("/rollback")
        #expect(question.text.hasPrefix("Roll back from RL-Agent-v2 to RL-Agent-v1?\n"))
        #expect(question.text.contains("RL-Agent-v2 stays as fallback"))
        #expect(question.messages[0].buttons.map(\.label) == ["Yes, do it", "No, leave it"])
        #expect(try champion == 2)
        let done = try await office.press("Yes, do it", on: question.messages[0])
        let hash = try office.control.verifiedPolicy(1).sha256.prefix(16)
        #expect(done.text.hasPrefix("↩️ RL-Agent-v1 serves again (was RL-Agent-v2). Verified: SHA-256 \(hash)"))
        #expect(done.isSpent)
        #expect(try champion == 1)
        #expect(office.control.registry.championLink == 1)
        #expect(try office.store.read { try $0.policy(in: .fallback) }?.version == 2)
        let last = try #require(try office.store.read { try $0.latestEvents(limit: 1) }.first)
        guard case .policyChanged(let change) = try ControlEvent(last) else {
            Issue.record("\(last.kind)")
            return
        }
        #expect(change.from == 2 && change.to == 1 && change.by == "Ann (1)" && change.sha256.hasPrefix(hash))
        let undo = try await office.send("/rollback 2")
        _ = try await office.press("Yes, do it", on: undo.messages[0])
        #expect(try champion == 2)
    }

    @Test("a roll-back is left when the person says no, and its buttons end")
    func leftAlone() async throws {
        try versions()
        let question = try #require(try await office.send("/rollback").messages.first)
        #expect(try await office.press("No, leave it", on: question).text == "Left as it is.")
        #expect(try await office.press("Yes, do it", on: question).toast?.contains("expired or was used") == true)
        #expect(try champion == 2)
    }

    @Test("/cancel forgets the question that waits")
    func cancelled() async throws {
        try versions()
        let question = try #require(try await office.send("/rollback").messages.first)
        #expect(try await office.send("/cancel").text == "Forgotten: 1 waiting question(s).")
        #expect(try await office.send("/cancel").text == "Nothing is waiting for an answer.")
        #expect(try await office.press("Yes, do it", on: question).toast?.contains("expired or was used") == true)
        #expect(try champion == 2)
    }

    @Test(
        "a version whose weights were damaged does not serve, whether found when asked or when pressed",
        arguments: [true, false])
    func damaged(isFoundWhenAsked: Bool) async throws {
        try versions()
        let file = office.control.registry.folder(of: 1).appendingPathComponent("weights.mfp")
        var weights = try Data(contentsOf: file)
        weights[weights.count / 2] ^= 1
        if isFoundWhenAsked { try weights.write(to: file) }
        var reaction = try await office.send("/rollback")
        if !isFoundWhenAsked {
            try weights.write(to: file)
            reaction = try await office.press("Yes, do it", on: try #require(reaction.messages.first))
        }
        #expect(reaction.text.hasPrefix("RL-Agent-v1 cannot serve: "))
        #expect(reaction.text.contains("is damaged or foreign"))
        #expect(try champion == 2)
        #expect(office.control.registry.championLink == 2)
    }

    @Test("a version exchanged for another sound one is recognised by the recorded hash")
    func exchanged() async throws {
        try versions()
        let (one, two) = (office.control.registry.folder(of: 1), office.control.registry.folder(of: 2))
        try FileManager.default.removeItem(at: one)
        try FileManager.default.copyItem(at: two, to: one)
        #expect(try await office.send("/rollback").text.contains("its hash is not the one recorded"))
        #expect(try champion == 2)
    }

    @Test("there is nothing to roll back to before there are two versions, nor to what serves or does not exist")
    func nothingThere() async throws {
        #expect(try await office.send("/rollback").text.hasPrefix("There is nothing to roll back to"))
        try versions()
        #expect(try await office.send("/rollback 2").text == "RL-Agent-v2 is the champion already. Nothing was done.")
        #expect(try await office.send("/rollback v9").text == "There is no version 9. /models lists them.")
    }

    // MARK: Buttons

    @Test("a button is its person's, in its chat, on its message, for its time, once")
    func buttons() async throws {
        try versions()
        try office.hire(3, "Eve", .admin)
        let question = try #require(try await office.send("/rollback").messages.first)
        #expect(
            try await office.press("Yes, do it", on: question, by: 3).toast
                == "This button belongs to someone else. Nothing was done.")
        #expect(try await office.press("Yes, do it", on: question, chat: 77).toast?.contains("expired") == true)
        let elsewhere = Shown(id: 5, chat: 1, text: "", buttons: question.buttons, isSilent: false)
        #expect(try await office.press("Yes, do it", on: elsewhere).toast?.contains("expired") == true)
        #expect(try champion == 2)
        office.clock.advance(599)
        #expect(try await office.press("Yes, do it", on: question).toast == nil)
        #expect(try champion == 1)
        #expect(try await office.press("Yes, do it", on: question).toast?.contains("expired") == true)
        let late = try #require(try await office.send("/rollback").messages.first)
        office.clock.advance(600)
        #expect(try await office.press("Yes, do it", on: late).toast?.contains("expired") == true)
        #expect(try champion == 1)
    }

    @Test("a word that no button carries does nothing")
    func forged() async throws {
        let message = Shown(id: 5, chat: 1, text: "", buttons: [], isSilent: false)
        let pressed = try await office.press(token: "AAAAAAAAAAAAAAAA", on: message)
        #expect(pressed.toast?.contains("expired") == true)
        #expect(try office.audit().isEmpty)
    }

    @Test("the same press brought twice has one effect")
    func pressedTwice() async throws {
        try versions()
        let question = try #require(try await office.send("/rollback").messages.first)
        #expect(try await office.press("Yes, do it", on: question, update: 500).messages.count == 1)
        #expect(try await office.press("Yes, do it", on: question, update: 500).messages.isEmpty)
        #expect(try office.store.read { try $0.latestEvents(limit: 9) }.count == 1)
    }

    // MARK: Mistakes

    @Test("an argument that cannot be meant is answered with the problem, the form and an example")
    func badArguments() async throws {
        #expect(
            try await office.send("/train abc").text == """
                “abc” is not a whole number from 1,000 to 1,000,000,000
                Right form: /train [STEPS]
                For example: /train 50000
                """)
        for line in [
            "/train 999", "/train -5000", "/train 9999999999999999999999", "/cycle", "/cycle x", "/model 0",
            "/compare 1", "/why", "/trade ½", "/cycles 51", "/settings quiet 25:00-07:00", "/settings notify x on",
            "/settings language fr", "/users dance",
        ] {
            #expect(try await office.send(line).text.contains("Right form: /"), "\(line)")
        }
        #expect(try office.cycles().isEmpty)
    }

    @Test("a command that is nearly right is recognised and offered")
    func nearest() async throws {
        let reaction = try await office.send("/satus")
        #expect(reaction.text == "I don't know /satus. Did you mean /status?")
        #expect(try await office.press("/status", on: reaction.messages[0]).text.hasPrefix("MarketFlow "))
        #expect(try await office.send("/tarin").text.contains("Did you mean /train?"))
        #expect(try await office.send("/abracadabra").text == "I don't know /abracadabra. /help lists what I know.")
        #expect(try office.cycles().isEmpty)
    }

    // MARK: Asking

    @Test(
        "free text asks why a trade lost, in both languages",
        arguments: ["why did trade 42 lose", "почему сделка 42 убыточна", "Why trade #42?", "/why 42"])
    func why(_ text: String) async throws {
        try office.trade(count: 42)
        let answer = try await office.send(text).text
        #expect(answer.hasPrefix("Why trade 42 lost 1.24%"))
        // No candles are stored here: what is left are the bookkeeping and the decision.
        #expect(answer.contains("Main cause: not found — the facts do not say why"))
        #expect(answer.contains("Split: price −1.00%, fees −0.20%, slippage −0.04% = −1.24%"))
        #expect(answer.contains("E6 The policy gave long 45%, then flat 30%"))
        #expect(answer.contains("By rule, from stored facts; no model was asked. Synthetic market."))
    }

    @Test("all facts are a tap away, the missing ones with their reason")
    func details() async throws {
        try office.trade(count: 1)
        let answer = try await office.send("/why 1")
        let all = try await office.press("Details", on: answer.messages[0]).text
        #expect(all.hasPrefix("All facts of trade 1 · "))
        #expect(all.contains("E2 Split: Price −1.00%, costs −0.24%, net −1.24%."))
        #expect(all.contains("E17 Luck: – (its candles are not stored)"))
        #expect(try await office.send("/why 1 nonsense").text.contains("Right form: /why TRADE [details]"))
        #expect(try await office.send("/why 77").text == "There is no trade 77. /trades lists the latest.")
    }

    @Test("other free text is pointed to the commands in private and left alone in a group")
    func freeText() async throws {
        #expect(try await office.send("hello there").text.hasPrefix("I answer commands; /help lists them."))
        #expect(try await office.send("why do trades 1 and 2 differ").text.hasPrefix("I answer commands"))
        #expect(try await office.send("hello there", chat: -5).messages.isEmpty)
    }

    @Test("a reply to a trade's notice asks about that trade, in its own chat")
    func reply() async throws {
        try office.trade(count: 3)
        let row = try #require(try office.store.read { try $0.trade(2) })
        let notices = try await office.tell(.tradeClosed(row.notice(id: 2, lossThreshold: 0.01)))
        let notice = try #require(notices.first { $0.chat == Office.admin })
        #expect(notice.text.hasPrefix("🔴 Trade 2 closed: BTCUSDT long −1.24% net"))
        #expect(try await office.send("почему?", replyTo: notice.id).text.hasPrefix("Why trade 2 lost"))
        #expect(try await office.press("Why?", on: notice).text.hasPrefix("Why trade 2 lost"))
        #expect(try await office.send("почему?", chat: -5, replyTo: notice.id).messages.isEmpty)
    }

    @Test("every question has an answer on an empty installation and on a full one", arguments: ["en", "ru"])
    func questions(_ language: String) async throws {
        let office = try Office.staffed(language: language)
        let questions = [
            "/help", "/help train", "/status", "/schedule", "/cycles", "/cycle 1", "/models", "/model 1",
            "/compare 2 1", "/metrics", "/trades", "/trade 1", "/why 1", "/data", "/users", "/audit", "/health",
            "/logs", "/settings", "/start",
        ]
        for round in 0..<2 {
            for question in questions {
                let text = try await office.send(question).text
                #expect(!text.isEmpty, "\(question), round \(round)")
                #expect(!text.contains("That did not work") && !text.contains("не получилось"), "\(text)")
            }
            if round == 0 {
                try office.publish(1, as: .fallback)
                try office.publish(2, as: .champion)
                try office.trade(count: 2)
                _ = try await office.send("/train")
                _ = try await office.control.ingestor.ingest()
                office.control.logTail.conceal("nothing here")
            }
        }
    }

    @Test("settings are the person's own, and survive")
    func settings() async throws {
        _ = try await office.send("/settings language ru")
        _ = try await office.send("/settings quiet 22:00-07:00")
        _ = try await office.send("/settings notify cycle_promoted silent")
        let mine = try await office.send("/settings").text
        #expect(mine.contains("22:00-07:00") && mine.contains("cycle_promoted silent"))
        #expect(try await office.send("/settings", by: Office.viewer).text.hasPrefix("Your settings"))
    }
}
