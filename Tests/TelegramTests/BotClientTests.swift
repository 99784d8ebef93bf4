import BotAPIServer
import Foundation
import Telegram
import Testing

@Suite("A call")
struct BotClientTests {
    @Test("carries text, formatting, buttons and options as the server wants them")
    func sendMessage() async throws {
        try await Fixture.with { fixture in
            let part = MessageText { Block.line("Hi ", .bold("Ann 😀"), .code("x")) }.renderSingle()
            await fixture.server.userSends("hello", from: 7)
            let options = SendOptions(
                isSilent: true, replyTo: 1,
                keyboard: InlineKeyboard([[Button("Go", callbackData: "go"), Button("Site", url: "https://e.org")]]))
            let sent = try await fixture.client.sendMessage(part, to: 7, options: options)
            let message = try #require(await fixture.server.messages(in: 7).last)
            #expect(message.id == sent.id)
            #expect(message.text == "Hi Ann 😀x")
            #expect(message.spans("bold") == ["Ann 😀"])
            #expect(message.spans("code") == ["x"])
            #expect(message.buttons.first?.map(\.text) == ["Go", "Site"])
            #expect(message.isSilent)
            #expect(message.replyTo == 1)
            #expect(await fixture.server.violations == [])
        }
    }

    @Test("sends files byte for byte, whatever they are called")
    func files() async throws {
        try await Fixture.with { fixture in
            let caption = MessageText { Block.line("Chart ", .italic("ä")) }.renderSingle()
            try await fixture.client.sendPhoto(.png("c.png", Pictures.png), caption: caption, to: 7)
            var bytes = Data((0...255).map { UInt8($0) })
            bytes.append(Data("\r\n--form".utf8))
            try await fixture.client.sendDocument(
                FileUpload(name: "a\"b\r\nотчёт.bin", data: bytes), to: 7, options: SendOptions(isSilent: true))
            let messages = await fixture.server.messages(in: 7)
            #expect(messages.map(\.kind) == [.photo, .document])
            #expect(messages[0].file?.bytes == [UInt8](Pictures.png))
            #expect(messages[0].text == "Chart ä")
            #expect(messages[0].spans("italic") == ["ä"])
            #expect(messages[1].file?.bytes == [UInt8](bytes))
            #expect(messages[1].file?.name == "a%22b%0D%0Aотчёт.bin")
            #expect(await fixture.server.violations == [])
        }
    }

    @Test("does everything else that a bot does")
    func others() async throws {
        try await Fixture.with { fixture in
            let client = fixture.client
            #expect(try await client.getMe().isBot)
            let id = try await client.sendMessage(RenderedPart("a"), to: 7).id
            try await client.editMessageText(
                RenderedPart("b"), in: 7, message: id, keyboard: InlineKeyboard([[Button("x", callbackData: "y")]]))
            try await client.editMessageReplyMarkup(nil, in: 7, message: id)
            try await client.pinChatMessage(id, in: 7)
            try await client.sendChatAction(.typing, in: 7)
            let press = await fixture.server.press(
                data: "y", message: try #require(await fixture.server.messages(in: 7).first), from: 7)
            try await client.answerCallbackQuery(press, text: String(repeating: "я", count: 300), isAlert: true)
            try await client.setMyCommands(
                [BotCommand("status", "Как дела")], scope: .chat(7), languageCode: "ru")
            try await client.deleteWebhook()
            #expect(try await client.getWebhookInfo().url.isEmpty)
            let message = try #require(await fixture.server.messages(in: 7).first)
            #expect(message.text == "b")
            #expect(message.edits == 2)
            #expect(message.buttons.isEmpty)
            #expect(message.isPinned)
            #expect(await fixture.server.answer(to: press)?.text == String(repeating: "я", count: 200))
            #expect(await fixture.server.answer(to: press)?.isAlert == true)
            #expect(
                await fixture.server.commandsSet == [
                    CommandMenu(
                        scope: #"{"chat_id":7,"type":"chat"}"#, language: "ru",
                        commands: [.init("status", "Как дела")])
                ])
            try await client.deleteMessage(id, in: 7)
            #expect(await fixture.server.messages(in: 7).isEmpty)
            #expect(await fixture.server.violations == [])
        }
    }

    @Test("tells refusals of a strict server apart")
    func refusals() async throws {
        try await Fixture.with { fixture in
            let client = fixture.client
            func verdict(_ body: () async throws -> Void) async -> FailureVerdict? {
                do {
                    try await body()
                    return nil
                } catch {
                    return (error as? APIFailure)?.verdict
                }
            }
            func send(_ part: RenderedPart, to chat: Int64 = 7, keyboard: [[Button]]? = nil) async -> FailureVerdict? {
                await verdict {
                    try await client.sendMessage(
                        part, to: chat, options: SendOptions(keyboard: keyboard.map(InlineKeyboard.init)))
                }
            }
            #expect(await send(RenderedPart("")) == .textEmpty)
            #expect(await send(RenderedPart(" \n ")) == .textEmpty)
            #expect(await send(RenderedPart(String(repeating: "😀", count: 2049))) == .tooLong)
            #expect(
                await send(RenderedPart("a", entities: [MessageEntity(.bold, offset: 0, length: 2)]))
                    == .cannotParseEntities)
            #expect(await send(RenderedPart("a"), to: 8) == .chatGone(.notFound))
            #expect(
                await send(
                    RenderedPart("a"), keyboard: [[Button("x", callbackData: String(repeating: "я", count: 33))]])
                    == .buttonRejected)
            let edit = await verdict { try await client.editMessageText(RenderedPart("a"), in: 7, message: 99) }
            #expect(edit == .editTargetGone)
            let answer = await verdict { try await client.answerCallbackQuery("none") }
            #expect(answer == .queryTooOld)
            let unknown = await verdict { _ = try await client.call("sendTelepathy", returning: Bool.self) }
            #expect(unknown == .methodUnknown)
            await fixture.server.block(7)
            #expect(await send(RenderedPart("a")) == .chatGone(.blocked))
        }
    }

    @Test("knows whether it may have been carried out")
    func uncertainty() async throws {
        try await Fixture.with(timeout: .seconds(2)) { fixture in
            func verdict() async -> FailureVerdict? {
                do {
                    try await fixture.client.sendMessage(RenderedPart("a"), to: 7)
                    return nil
                } catch {
                    return error.verdict
                }
            }
            for fault in [Fault.drop, .hang, .html502, .garbage, .lossAfterExecution, .half, .slow(.seconds(6))] {
                await fixture.server.inject(fault, method: "sendMessage")
                #expect(await verdict() == .uncertain, "\(fault)")
            }
            await fixture.server.inject(.status(500), method: "sendMessage")
            #expect(await verdict() == .serverBusy)
            #expect(await verdict() == nil)
            await fixture.server.networkDown()
            #expect(await verdict() == .neverSent)
            try await fixture.server.networkUp()
            #expect(await verdict() == nil)
        }
    }

    @Test("whose name cannot be resolved was never sent")
    func noName() async throws {
        let client = BotClient(
            token: try BotToken("1:a"), server: try BotServer("http://no-such-host.invalid"), timeout: .seconds(3))
        await #expect {
            try await client.getMe()
        } throws: { error in
            (error as? APIFailure)?.verdict == .neverSent
        }
        await client.transport.shutdown()
    }

    @Test("never tells the token, whatever fails")
    func noToken() async throws {
        try await Fixture.with(timeout: .milliseconds(200)) { fixture in
            let secret = try #require(fixture.server.token.split(separator: ":").last.map(String.init))
            let faults: [Fault] = [
                .drop, .hang, .html502, .garbage, .half,
                .status(400, description: "Bad Request: wrong URL /bot\(fixture.server.token)/sendMessage"),
                .status(404), .status(401),
            ]
            for fault in faults {
                await fixture.server.inject(fault, method: "sendMessage")
                do {
                    try await fixture.client.sendMessage(RenderedPart("a"), to: 7)
                } catch {
                    var dumped = ""
                    dump(error, to: &dumped)
                    #expect(!("\(error)" + dumped).contains(secret))
                }
            }
            await fixture.server.networkDown()
            do {
                _ = try await fixture.client.getMe()
            } catch {
                #expect(!"\(error)".contains(secret))
            }
        }
    }

    @Test("refuses an answer beyond the limit")
    func answerLimit() async throws {
        try await Fixture.with { fixture in
            var client = fixture.client
            client.answerLimit = 1000
            await fixture.server.userSends(String(repeating: "a", count: 2000), from: 7)
            await #expect(throws: APIFailure.self) { try await client.getUpdates() }
        }
    }
}
