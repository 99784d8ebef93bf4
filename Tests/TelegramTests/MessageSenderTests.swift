import BotAPIServer
import Foundation
import Telegram
import Testing

@Suite("A sender")
struct MessageSenderTests {
    @Test("delivers in order and tells the outbox about each message once")
    func order() async throws {
        try await Fixture.with { fixture in
            let told = Collected<Int64>()
            try await fixture.sending(completion: { id, outcome in
                #expect(outcome.receipt?.messageID != nil)
                told.append(id)
            }) { sender in
                for id in 1...50 as ClosedRange<Int64> {
                    sender.submit(OutgoingMessage(to: 7, .text("message \(id)")), id: id)
                    sender.submit(OutgoingMessage(to: 7, .text("again \(id)")), id: id)
                }
                let ids = try await told.wait(for: 50)
                #expect(ids == Array(1...50))
            }
            #expect(await fixture.server.messages(in: 7).map(\.text) == (1...50).map { "message \($0)" })
            #expect(await fixture.server.violations == [])
        }
    }

    @Test("sends long text in numbered parts, the buttons on the last, the reply on the first")
    func parts() async throws {
        try await Fixture.with { fixture in
            await fixture.server.userSends("?", from: 7)
            let text = MessageText((1...150).map { Block.line("row \($0) " + String(repeating: "x", count: 40)) })
            try await fixture.sending { sender in
                let outcome = await sender.send(
                    OutgoingMessage(to: 7, .text(text), buttons: [[Button("Go", callbackData: "go")]], replyTo: 1))
                let sent = await fixture.server.messages(in: 7).dropFirst()
                #expect(sent.map { String($0.text.prefix(5)) } == ["[1/2]", "[2/2]"])
                #expect(sent.map(\.replyTo) == [1, nil])
                #expect(sent.map(\.buttons.count) == [0, 1])
                #expect(outcome.receipt?.messageID == sent.last?.id)
                #expect(outcome.receipt?.messageIDs == sent.map(\.id))
            }
        }
    }

    @Test("sends very long text as a file")
    func file() async throws {
        try await Fixture.with { fixture in
            let text = MessageText((1...1000).map { Block.line("row \($0) " + String(repeating: "x", count: 40)) })
            try await fixture.sending { sender in
                _ = await sender.send(OutgoingMessage(to: 7, .text(text)))
            }
            let sent = await fixture.server.messages(in: 7)
            #expect(sent.map(\.kind) == [.text, .document])
            #expect(sent.last?.file.map { String(decoding: $0.bytes, as: UTF8.self) } == text.plain + "\n")
        }
    }

    @Test("puts a caption that is too long below the photo")
    func longCaption() async throws {
        try await Fixture.with { fixture in
            let caption = MessageText(plain: String(repeating: "a", count: 1025))
            try await fixture.sending { sender in
                _ = await sender.send(
                    OutgoingMessage(
                        to: 7, .photo(.png("c.png", Pictures.png), caption: caption),
                        buttons: [[Button("Go", callbackData: "go")]]))
            }
            let sent = await fixture.server.messages(in: 7)
            #expect(sent.map(\.kind) == [.photo, .text])
            #expect(sent.map(\.buttons.count) == [0, 1])
        }
    }

    struct RepairCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var refusal: Fault
        var message: OutgoingMessage
        var repair: SendRepair
    }

    static let repairs = [
        RepairCase(
            testDescription: "entities", refusal: .status(400, description: "Bad Request: can't parse entities: x"),
            message: OutgoingMessage(to: 7, .text(MessageText([.line(.bold("a"))]))), repair: .withoutFormatting),
        RepairCase(
            testDescription: "thread", refusal: .status(400, description: "Bad Request: message thread not found"),
            message: OutgoingMessage(to: 7, .text("a"), threadID: 5), repair: .toMainThread),
        RepairCase(
            testDescription: "reply",
            refusal: .status(400, description: "Bad Request: message to be replied not found"),
            message: OutgoingMessage(to: 7, .text("a"), replyTo: 5), repair: .withoutReply),
        RepairCase(
            testDescription: "edit", refusal: .status(400, description: "Bad Request: message to edit not found"),
            message: OutgoingMessage(to: 7, .edit(messageID: 5, "a")), repair: .asNewMessage),
        RepairCase(
            testDescription: "photo", refusal: .status(400, description: "Bad Request: IMAGE_PROCESS_FAILED"),
            message: OutgoingMessage(to: 7, .photo(.png("c.png", Pictures.png), caption: "a")), repair: .asDocument),
    ]

    @Test("repairs what the server refuses", arguments: repairs)
    func repair(row: RepairCase) async throws {
        try await Fixture.with { fixture in
            await fixture.server.inject(row.refusal)
            try await fixture.sending { sender in
                let outcome = await sender.send(row.message)
                #expect(outcome.receipt?.repairs == [row.repair])
                let sent = await fixture.server.messages(in: 7)
                #expect(sent.map(\.text) == ["a"])
                #expect(sent.first?.entities.isEmpty == true)
            }
        }
    }

    @Test("does not repair for ever")
    func hopeless() async throws {
        try await Fixture.with { fixture in
            await fixture.server.inject(
                .status(400, description: "Bad Request: can't parse entities: x"), count: 100)
            try await fixture.sending { sender in
                let outcome = await sender.send(OutgoingMessage(to: 7, .text(MessageText([.line(.bold("a"))]))))
                guard case .failed(.refused(let failure)) = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
                #expect(failure.verdict == .cannotParseEntities)
                #expect(await fixture.server.callLog.count == 2)
            }
        }
    }

    @Test("edits the caption when the message is a photo")
    func editCaption() async throws {
        try await Fixture.with { fixture in
            try await fixture.sending { sender in
                let photo = await sender.send(
                    OutgoingMessage(to: 7, .photo(.png("c.png", Pictures.png), caption: "before")))
                let id = try #require(photo.receipt?.messageID)
                let edit = await sender.send(OutgoingMessage(to: 7, .edit(messageID: id, "after")))
                #expect(edit.receipt?.messageID == id)
                #expect(await fixture.server.messages(in: 7).map(\.text) == ["after"])
            }
        }
    }

    @Test("follows a group to its new id, and stays there")
    func migration() async throws {
        try await Fixture.with { fixture in
            await fixture.server.addGroup(-5)
            await fixture.server.migrate(-5, to: -1005)
            try await fixture.sending { sender in
                let first = await sender.send(OutgoingMessage(to: -5, .text("one")))
                let second = await sender.send(OutgoingMessage(to: -5, .text("two")))
                #expect(first.receipt?.migratedTo == -1005)
                #expect(first.receipt?.repairs == [.toNewChat])
                #expect(second.receipt?.migratedTo == -1005)
                #expect(second.receipt?.repairs == [])
            }
            #expect(await fixture.server.messages(in: -1005).map(\.text) == ["one", "two"])
        }
    }

    @Test("says why a chat cannot be reached")
    func blocked() async throws {
        try await Fixture.with { fixture in
            await fixture.server.block(7)
            try await fixture.sending { sender in
                #expect(await sender.send(OutgoingMessage(to: 7, .text("a"))).chatGone == .blocked)
                #expect(await sender.send(OutgoingMessage(to: 99, .text("a"))).chatGone == .notFound)
                #expect(await sender.send(OutgoingMessage(to: 7, .text(" "))) == .failed(.empty))
            }
        }
    }

    @Test("does not repeat a message that may have arrived")
    func uncertain() async throws {
        try await Fixture.with(timeout: .seconds(2)) { fixture in
            try await fixture.sending { sender in
                for fault in [Fault.lossAfterExecution, .hang, .html502] {
                    await fixture.server.inject(fault, method: "sendMessage")
                    guard case .uncertain = await sender.send(OutgoingMessage(to: 7, .text("a"))) else {
                        Issue.record("\(fault) should leave it open")
                        return
                    }
                }
                #expect(await fixture.server.calls(of: "sendMessage").count == 3)
                #expect(await fixture.server.messages(in: 7).count == 1)
            }
        }
    }

    @Test("repeats a critical message until an answer comes, and marks what it repeats")
    func critical() async throws {
        try await Fixture.with { fixture in
            await fixture.server.inject(.lossAfterExecution, method: "sendMessage", count: 2)
            try await fixture.sending { sender in
                let alarm = OutgoingMessage(
                    to: 7, .text(MessageText([.line(.bold("down"))])), priority: .alarm, isCritical: true)
                #expect(await sender.send(alarm).receipt?.repairs == [.resent])
                let sent = await fixture.server.messages(in: 7)
                #expect(sent.map(\.text) == ["down", "(resent)\ndown", "(resent)\ndown"])
                #expect(sent.last?.spans("bold") == ["down"])
            }
        }
    }

    @Test("repeats edits and answers until they are through")
    func repeatable() async throws {
        try await Fixture.with(timeout: .seconds(2)) { fixture in
            try await fixture.sending { sender in
                let id = try #require(await sender.send(OutgoingMessage(to: 7, .text("a"))).receipt?.messageID)
                for fault in [Fault.drop, .html502, .lossAfterExecution] {
                    await fixture.server.inject(fault, method: "editMessageText")
                }
                let edit = OutgoingMessage(to: 7, .edit(messageID: id, "b"))
                #expect(await sender.send(edit).receipt?.messageID == id)
                #expect(await fixture.server.messages(in: 7).first?.edits == 1)
                #expect(await sender.send(edit).receipt?.messageID == id)
                let press = await fixture.server.press(
                    data: "x", message: try #require(await fixture.server.messages(in: 7).first), from: 7)
                await fixture.server.inject(.hang, method: "answerCallbackQuery")
                _ = await sender.send(.callbackAnswer(press, text: "ok"))
                #expect(await fixture.server.answer(to: press)?.text == "ok")
            }
        }
    }

    @Test("waits out a lost network without losing or doubling anything")
    func network() async throws {
        try await Fixture.with { fixture in
            try await fixture.sending { sender in
                _ = await sender.send(OutgoingMessage(to: 7, .text("0")))
                await fixture.server.networkDown()
                // A connection that does not know yet that it is cut would leave the message uncertain.
                fixture.client.transport.renew()
                async let outcome = sender.send(OutgoingMessage(to: 7, .text("1")))
                try await until { sender.status.problem != nil }
                try await fixture.server.networkUp()
                #expect(await outcome.receipt != nil)
                try await until { sender.status == SenderStatus() }
            }
            #expect(await fixture.server.messages(in: 7).map(\.text) == ["0", "1"])
        }
    }

    @Test("keeps still for as long as the server asks")
    func retryAfter() async throws {
        try await Fixture.with { fixture in
            await fixture.server.inject(.status(429, retryAfter: 1), method: "sendMessage")
            try await fixture.sending { sender in
                let began = ContinuousClock.now
                #expect(await sender.send(OutgoingMessage(to: 7, .text("a"))).receipt != nil)
                #expect(ContinuousClock.now - began >= .seconds(1))
            }
            #expect(await fixture.server.violations == [])
        }
    }

    @Test("shows only the last of many edits")
    func coalescing() async throws {
        try await Fixture.with { fixture in
            let id = try await fixture.client.sendMessage(RenderedPart("start"), to: 7).id
            let told = Collected<SendOutcome>()
            let sender = MessageSender(client: fixture.client, settings: .test) { told.append($1) }
            for step in 1...20 as ClosedRange<Int64> {
                sender.submit(OutgoingMessage(to: 7, .edit(messageID: id, "step \(step)")), id: step)
            }
            let running = Task { await sender.run() }
            #expect(try await told.wait(for: 20).filter { $0 == .superseded }.count == 19)
            running.cancel()
            await running.value
            let message = try #require(await fixture.server.messages(in: 7).first)
            #expect(message.text == "step 20")
            #expect(message.edits == 1)
        }
    }

    @Test("lets calls under way end when it is stopped, and tells callers that wait")
    func stop() async throws {
        try await Fixture.with { fixture in
            await fixture.server.inject(.slow(.seconds(1)), method: "sendMessage")
            var settings = SendSettings.test
            settings.drain = .seconds(20)
            let sender = MessageSender(client: fixture.client, settings: settings)
            async let first = sender.send(OutgoingMessage(to: 7, .text("a"), priority: .alarm))
            async let second = sender.send(OutgoingMessage(to: 7, .text("b")))
            try await until { sender.status.queued == 2 }
            let running = Task { await sender.run() }
            _ = try await fixture.server.waitForMessage(in: 7, containing: "a")
            running.cancel()
            #expect(await first.receipt != nil)
            #expect(await second == .failed(.stopped))
            await running.value
            #expect(await sender.send(OutgoingMessage(to: 7, .text("c"))) == .failed(.stopped))
        }
    }

    @Test("gives up calls that do not end in time when it is stopped")
    func drain() async throws {
        try await Fixture.with { fixture in
            await fixture.server.inject(.hang, method: "sendMessage")
            var settings = SendSettings.test
            settings.drain = .milliseconds(10)
            let sender = MessageSender(client: fixture.client, settings: settings)
            let running = Task { await sender.run() }
            async let outcome = sender.send(OutgoingMessage(to: 7, .text("a")))
            try await fixture.server.waitForCalls(of: "sendMessage")
            running.cancel()
            guard case .uncertain = await outcome else {
                Issue.record("a call that was given up may have been carried out")
                return
            }
            await running.value
        }
    }
}
