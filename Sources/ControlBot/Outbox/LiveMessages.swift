import ControlPlane
import Foundation
import Logging
import ServiceLifecycle
import Store
import Synchronization
import Telegram

/// Keeps the messages that follow a running cycle up to date, each edited at most once in three seconds.
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
    private let followed = Mutex<[Int64: [Followed]]>([:])

    public init(control: ControlPlane, transport: any ChatTransport, logger: Logger) {
        self.control = control
        self.transport = transport
        self.logger = logger
    }

    func follow(_ cycle: Int64, message: Int64, chat: Int64, buttons: [[TransportButton]]) {
        followed.withLock {
            $0[cycle, default: []].append(Followed(message: message, chat: chat, buttons: buttons))
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

    /// Messages from before a restart whose cycle goes on.
    private func findAgain() throws {
        let since = control.now().addingTimeInterval(-2 * 86_400)
        try control.store.read { transaction in
            for record in try transaction.sentMessages(class: NoticeClass.reply, since: since) {
                guard case .answer(let answer, _) = try JSON.value(record.content, as: OutboxContent.self),
                    let cycle = answer.follows, let message = record.messageId,
                    let state = try transaction.cycle(cycle)?.state, !state.isFinished
                else { continue }
                let labels = answer.buttons.flatMap { $0 }.map(\.label)
                let tokens = try transaction.tokens(of: message, chat: record.chatId)
                let buttons = zip(labels, tokens).map { TransportButton(label: $0, token: $1) }
                follow(cycle, message: message, chat: record.chatId, buttons: buttons.isEmpty ? [] : [buttons])
            }
        }
    }

    private func refresh() async {
        let all = followed.withLock { $0 }
        for (cycle, messages) in all {
            do { try await refresh(cycle, messages) } catch {
                logger.warning("a progress message was not updated", metadata: ["error": "\(error)"])
            }
        }
    }

    private func refresh(_ cycle: Int64, _ messages: [Followed]) async throws {
        let (record, languages) = try control.store.read { transaction in
            let users = try transaction.users()
            return (
                try transaction.cycle(cycle), Dictionary(users.map { ($0.chatId, $0.language) }) { first, _ in first }
            )
        }
        guard let record else { return }
        let snapshot = control.progress.snapshot
        for (index, message) in messages.enumerated() {
            let say = Phrasebook.of(languages[message.chat] ?? "en")
            if record.state.isFinished {
                await transport.edit(
                    message.message, in: message.chat, to: MessageText(lines: LiveText.ended(record, say: say)),
                    buttons: [])
            } else if let snapshot, snapshot.cycle == cycle {
                let text = MessageText(lines: LiveText.answer(snapshot, say: say))
                guard text != message.shown else { continue }
                await transport.edit(message.message, in: message.chat, to: text, buttons: message.buttons)
                followed.withLock { if $0[cycle]?.indices.contains(index) == true { $0[cycle]?[index].shown = text } }
            }
        }
        if record.state.isFinished { followed.withLock { _ = $0.removeValue(forKey: cycle) } }
    }
}
