import ControlBot
import ControlPlane
import LanguageModels
import Logging
import ModelServer
import ServiceLifecycle
import Store
import Synchronization
import Telegram
import Testing

@Suite("Words in the chat")
struct WordsDeskTests {
    /// A chat that hands out what it shows.
    final class Paper: ChatTransport {
        let shown: AsyncStream<String>
        private let feed: AsyncStream<String>.Continuation
        private let count = Mutex<Int64>(100)

        init() { (shown, feed) = AsyncStream.makeStream() }

        func serves(_ chat: Int64) -> Bool { true }

        func deliver(_ message: OutboundMessage) async -> DeliveryResult {
            feed.yield("new: " + message.text.plain)
            return .delivered(
                message: count.withLock {
                    $0 += 1
                    return $0
                }, movedTo: nil)
        }

        func edit(_ message: Int64, in chat: Int64, to text: MessageText, buttons: [[TransportButton]]) async {
            feed.yield("edit \(message): " + text.plain)
        }
    }

    static let good =
        #"{"sentences":[{"text":"The trade ended with a loss, {E2.net}.","evidence":["E2"]}],"answered":true}"#

    @Test("one message grows into the checked words, and a reply to it goes on")
    func grows() async throws {
        let server = try await ModelServer.start(.mistral)
        let endpoint = Endpoint(provider: .mistral, baseURL: server.baseURL, model: "small", key: APIKey("key"))
        let office = try Office(
            language: LanguagePlan(remote: .init(endpoint, limit: SpendingLimit(), deadline: .seconds(20))))
        try office.hire(Office.admin, "Ann", .admin)
        try office.trade(count: 1)
        await server.desk.always(.text(Self.good))
        let paper = Paper()
        let desk = WordsDesk(control: office.control, transport: paper, logger: Logger(label: "test"))
        let group = ServiceGroup(configuration: .init(services: [desk], logger: Logger(label: "test")))
        let running = Task { try await group.run() }

        guard case .direct(let answer) = await office.respond(to: "почему сделка 1 убыточна?") else {
            Issue.record("no answer by rule")
            return
        }
        let order = try #require(answer.words)
        #expect(order == WordsOrder(trade: 1, question: "почему сделка 1 убыточна?", language: .english))
        desk.ask(order, chat: 7)
        var lines = paper.shown.makeAsyncIterator()
        #expect(await lines.next() == "new: 💬 small is putting this into words…")
        #expect(await lines.next() == "edit 101: 💬 The trade ended with a loss, net result −1.24%.\n…")
        let last = try #require(await lines.next())
        #expect(last.hasPrefix("edit 101: 💬 The trade ended with a loss, net result −1.24%.\n"))
        #expect(last.contains("Worded by small"))

        desk.ask(WordsOrder(trade: 1, question: "x", language: .russian), chat: 7)
        _ = await lines.next()
        let reply = await office.respond(to: "and the fees?", replyTo: 101, chat: 7)
        guard case .words(let further) = reply else {
            Issue.record("\(reply)")
            return
        }
        #expect(further.trade == 1 && further.question == "and the fees?" && further.previous == 1)
        await group.triggerGracefulShutdown()
        try await running.value
        await server.stop()
    }

    @Test("without a model nothing is announced and /mistral says so")
    func none() async throws {
        let office = try Office.staffed()
        #expect(try await office.send("/mistral").text == "No local model is set up: llm.local is off.")
        try office.trade(count: 1)
        #expect(!(try await office.send("/why 1").text.contains("words")))
    }
}
