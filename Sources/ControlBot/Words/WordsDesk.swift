import Analyst
import ControlPlane
import Foundation
import LanguageModels
import Logging
import Narration
import ServiceLifecycle
import Synchronization
import Telegram

/// Shows what a model makes of the facts in one message that grows, beside the answer by rule. Nobody waits for it: questions
/// stand in a short queue and are worded one after the other.
public final class WordsDesk: Service {
    /// Questions that wait; what comes on top is declined.
    static let longestQueue = 8

    private struct Task: Sendable {
        var order: WordsOrder
        var chat: Int64
    }

    private let control: ControlPlane
    private let transport: any ChatTransport
    private let logger: Logger
    private let tasks: AsyncStream<Task>
    private let inbox: AsyncStream<Task>.Continuation

    public init(control: ControlPlane, transport: any ChatTransport, logger: Logger) {
        self.control = control
        self.transport = transport
        self.logger = logger
        (tasks, inbox) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.longestQueue))
    }

    /// Takes the question and returns at once. What does not fit is dropped: the answer by rule stands.
    package func ask(_ order: WordsOrder, chat: Int64) {
        guard control.language?.canWord == true else { return }
        if case .dropped = inbox.yield(Task(order: order, chat: chat)) {
            logger.notice("a question was not put into words: others wait", metadata: ["trade": "\(order.trade)"])
        }
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            for await task in self.tasks { await self.word(task) }
        }
    }

    private func word(_ task: Task) async {
        guard let language = control.language else { return }
        let say = Phrasebook.of(task.order.language)
        do {
            guard let analysis = try await control.analyst.analysis(of: task.order.trade) else { return }
            let waiting = MessageText(lines: [say("words.waiting", ["model": language.models.name])])
            guard let message = await send(waiting, to: task.chat) else { return }
            let page = GrowingMessage(message: message, chat: task.chat, transport: transport)
            let explanation = await language.narrator.explain(
                analysis, question: task.order.question, after: task.order.previous,
                in: task.order.language.answers
            ) { sentences in
                await page.show(WordsText.growing(sentences, say))
            }
            await page.finish(WordsText.final(explanation, say))
            if let id = explanation.id {
                try await control.store.write { try $0.bindExplanation(id, toMessage: message, chat: task.chat) }
            }
        } catch {
            logger.warning("a question was not put into words", metadata: ["error": "\(error)"])
        }
    }

    private func send(_ text: MessageText, to chat: Int64) async -> Int64? {
        let message = OutboundMessage(chat: chat, text: text, buttons: [], picture: nil, isSilent: true, isReply: true)
        guard case .delivered(let number, _) = await transport.deliver(message) else { return nil }
        return number
    }
}

/// One message whose text grows, edited no oftener than chats take it.
actor GrowingMessage {
    private let message: Int64
    private let chat: Int64
    private let transport: any ChatTransport
    private var shownAt: ContinuousClock.Instant?

    init(message: Int64, chat: Int64, transport: any ChatTransport) {
        self.message = message
        self.chat = chat
        self.transport = transport
    }

    func show(_ text: MessageText) async {
        if let shownAt, ContinuousClock.now - shownAt < LiveMessages.interval { return }
        shownAt = .now
        await transport.edit(message, in: chat, to: text, buttons: [])
    }

    func finish(_ text: MessageText) async { await transport.edit(message, in: chat, to: text, buttons: []) }
}
