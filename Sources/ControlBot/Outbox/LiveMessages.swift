import ControlPlane
import Foundation
import Logging
import ServiceLifecycle
import Store
import Synchronization
import Telegram

/// Work whose progress a message shows.
enum LiveSubject: Hashable, Sendable {
    case cycle(Int64)
    case session(Int64)

    init?(_ answer: Answer) {
        if let cycle = answer.follows {
            self = .cycle(cycle)
        } else if let session = answer.followsSession {
            self = .session(session)
        } else {
            return nil
        }
    }
}

/// Keeps the messages that follow running work up to date, each edited at most once in three seconds.
public final class LiveMessages: Service {
    public static let interval: Duration = .seconds(3)

    private struct Followed: Sendable {
        var message: Int64
        var chat: Int64
        var buttons: [[TransportButton]]
        var shown: MessageText?
    }

    private let control: ControlPlane
    private let transport: any ChatTransport
    private let logger: Logger
    private let followed = Mutex<[LiveSubject: [Followed]]>([:])

    public init(control: ControlPlane, transport: any ChatTransport, logger: Logger) {
        self.control = control
        self.transport = transport
        self.logger = logger
    }

    func follow(_ subject: LiveSubject, message: Int64, chat: Int64, buttons: [[TransportButton]]) {
        followed.withLock {
            $0[subject, default: []].append(Followed(message: message, chat: chat, buttons: buttons))
        }
    }

    public func run() async throws {
        try findAgain()
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                // Ends early only when cancelled, which the loop's condition sees.
                try? await Task.sleep(for: Self.interval)
                await self.refresh()
            }
        }
    }

    /// Messages from before a restart whose work goes on.
    private func findAgain() throws {
        let since = control.now().addingTimeInterval(-2 * 86_400)
        try control.store.read { transaction in
            for record in try transaction.sentMessages(class: NoticeClass.reply, since: since) {
                guard case .answer(let answer, _) = try JSON.value(record.content, as: OutboxContent.self),
                    let subject = LiveSubject(answer), let message = record.messageId,
                    try Self.isGoing(subject, transaction)
                else { continue }
                let labels = answer.buttons.flatMap { $0 }.map(\.label)
                let tokens = try transaction.tokens(of: message, chat: record.chatId)
                let buttons = zip(labels, tokens).map { TransportButton(label: $0, token: $1) }
                follow(subject, message: message, chat: record.chatId, buttons: buttons.isEmpty ? [] : [buttons])
            }
        }
    }

    private static func isGoing(_ subject: LiveSubject, _ transaction: Transaction) throws -> Bool {
        switch subject {
        case .cycle(let id): try transaction.cycle(id).map { !$0.state.isFinished } ?? false
        case .session(let id): try transaction.session(id).map { !$0.state.isFinished } ?? false
        }
    }

    private func refresh() async {
        let all = followed.withLock { $0 }
        for (subject, messages) in all {
            do { try await refresh(subject, messages) } catch {
                logger.warning("a progress message was not updated", metadata: ["error": "\(error)"])
            }
        }
    }

    private func refresh(_ subject: LiveSubject, _ messages: [Followed]) async throws {
        let (texts, languages) = try control.store.read { transaction in
            let users = try transaction.users()
            return (
                try text(of: subject, transaction),
                Dictionary(users.map { ($0.chatId, $0.language) }) { first, _ in first }
            )
        }
        guard let texts else { return }
        for (index, message) in messages.enumerated() {
            let say = Phrasebook.of(languages[message.chat] ?? "en")
            let text = MessageText(lines: texts.lines(say))
            if texts.isEnd {
                await transport.edit(message.message, in: message.chat, to: text, buttons: [])
            } else if text != message.shown {
                await transport.edit(message.message, in: message.chat, to: text, buttons: message.buttons)
                followed.withLock {
                    if $0[subject]?.indices.contains(index) == true { $0[subject]?[index].shown = text }
                }
            }
        }
        if texts.isEnd { followed.withLock { _ = $0.removeValue(forKey: subject) } }
    }

    /// What there is to show now, in any language; nil while nothing is known.
    private func text(
        of subject: LiveSubject, _ transaction: Transaction
    ) throws -> (lines: (Phrasebook) -> [[Inline]], isEnd: Bool)? {
        switch subject {
        case .cycle(let id):
            guard let record = try transaction.cycle(id) else { return nil }
            if record.state.isFinished { return ({ LiveText.ended(record, say: $0) }, true) }
            guard let snapshot = control.progress.snapshot, snapshot.cycle == id else { return nil }
            return ({ LiveText.answer(snapshot, say: $0) }, false)
        case .session(let id):
            guard let record = try transaction.session(id) else { return nil }
            if record.state.isFinished { return ({ SessionText.ended(record, say: $0) }, true) }
            guard let progress = control.winRate.progress, progress.session == id else { return nil }
            return ({ SessionText.live(progress, say: $0) }, false)
        }
    }
}
