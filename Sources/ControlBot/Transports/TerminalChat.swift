import ControlPlane
import Foundation
import Logging
import ServiceLifecycle
import Store
import Synchronization
import Telegram

/// The same control plane with a terminal in place of Telegram: one command a line on standard input, buttons by their number.
public final class TerminalChat: Service, ChatTransport {
    /// The person at the terminal, and the chat it is; no Telegram user or chat has this number.
    static let user: Int64 = 0
    static let chat: Int64 = 0

    private struct Shown {
        var messages: Int64 = 0
        var buttons: [String] = []
    }

    private let control: ControlPlane
    private let dispatcher: Dispatcher
    private let preparer: MessagePreparer
    private let language: Language
    private let shown = Mutex(Shown())
    private let write: @Sendable (String) -> Void
    private let lines: AsyncStream<String>
    private let desk = Mutex<WordsDesk?>(nil)

    /// - Parameters:
    ///   - lines: what is typed; the chat ends with it.
    ///   - write: shows a text.
    public init(
        control: ControlPlane, language: Language, lines: AsyncStream<String>, logger: Logger,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.control = control
        self.language = language
        self.lines = lines
        self.write = write
        dispatcher = Dispatcher(control: control, logger: logger)
        preparer = MessagePreparer(control: control)
    }

    /// Who words explanations in this chat.
    public func attach(_ words: WordsDesk) { desk.withLock { $0 = words } }

    /// The lines of standard input, read on a thread of its own.
    public static func standardInput() -> AsyncStream<String> {
        AsyncStream { continuation in
            let thread = Thread {
                while let line = readLine() { continuation.yield(line) }
                continuation.finish()
            }
            thread.name = "terminal"
            thread.start()
        }
    }

    public func run() async throws {
        let now = control.now()
        let code = language.rawValue
        let name = ProcessInfo.processInfo.userName
        try await control.store.write { transaction in
            try transaction.save(
                UserRecord(id: Self.user, name: name, role: .admin, language: code, chatId: Self.chat, pairedAt: now))
        }
        await cancelWhenGracefulShutdown {
            for await line in self.lines {
                if ["/quit", "/exit"].contains(line.trimmingCharacters(in: .whitespaces)) { break }
                await self.answer(line)
            }
        }
        try await leave()
    }

    private func leave() async throws {
        try await control.store.write { transaction in
            try transaction.deleteUser(Self.user)
            try transaction.expireMessages(chat: Self.chat, reason: "the terminal was closed")
        }
    }

    private func answer(_ line: String) async {
        let text = line.trimmingCharacters(in: .whitespaces)
        guard !text.isEmpty else { return }
        var content = Incoming.Content.text(text, replyTo: nil)
        if let number = Int(text),
            let token = shown.withLock({ $0.buttons.indices.contains(number - 1) ? $0.buttons[number - 1] : nil })
        {
            content = .press(token: token, message: nil)
        }
        let incoming = Incoming(
            update: nil, content: content, user: Self.user, userName: "terminal", languageCode: language.rawValue,
            chat: Self.chat, isPrivate: true, sentAt: control.now())
        await act(on: await dispatcher.respond(to: incoming))
    }

    private func act(on response: Response) async {
        switch response {
        case .silence, .stored: return
        case .words(let order): ask(order)
        case .pressed(let toast, _, let then):
            if let toast { write(toast + "\n") }
            await act(on: then)
        case .direct(let answer):
            do {
                let preparer = preparer
                let (message, _) = try await control.store.write { transaction in
                    try preparer.prepare(answer, chat: Self.chat, user: Self.user, isReply: true, in: transaction)
                }
                _ = await deliver(message)
                if let order = answer.words { ask(order) }
            } catch { write("\(error)\n") }
        }
    }

    private func ask(_ order: WordsOrder) { desk.withLock { $0 }?.ask(order, chat: Self.chat) }

    // MARK: ChatTransport

    public func serves(_ chat: Int64) -> Bool { chat == Self.chat }

    public func deliver(_ message: OutboundMessage) async -> DeliveryResult {
        let number = shown.withLock { shown in
            shown.messages += 1
            shown.buttons = message.buttons.flatMap { $0 }.map(\.token) + []
            return shown.messages
        }
        write(Self.text(message.text, message.buttons, picture: message.picture))
        return .delivered(message: number, movedTo: nil)
    }

    public func edit(_ message: Int64, in chat: Int64, to text: MessageText, buttons: [[TransportButton]]) async {
        write(Self.text(text, [], picture: nil))
    }

    private static func text(_ text: MessageText, _ buttons: [[TransportButton]], picture: String?) -> String {
        var result = text.plain
        if let picture { result += "\n🖼 \(picture)" }
        let labels = buttons.flatMap { $0 }.enumerated().map { "[\($0 + 1)] \($1.label)" }
        if !labels.isEmpty { result += "\n" + labels.joined(separator: "  ") }
        return result + "\n\n"
    }
}
