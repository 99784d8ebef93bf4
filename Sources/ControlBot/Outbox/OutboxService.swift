import ControlPlane
import Foundation
import Logging
import ServiceLifecycle
import Store
import Synchronization
import Telegram

/// Empties the outbox: in order per chat, one message of a chat at a time, each settled in the database before the next.
///
/// A message is marked *sending* before it leaves. If the process dies meanwhile, it may have arrived: critical ones are then sent
/// again, marked as a possible repeat; others stay *uncertain*.
public final class OutboxService: Service {
    /// Why a message is on its way a second time.
    static let resentReason = "the first sending got no answer"
    static let firstRetry: TimeInterval = 2
    static let longestRetry: TimeInterval = 60
    /// A notice that could not leave for this long is given up; replies after an hour.
    static let noticeLifetime: TimeInterval = 3 * 86_400
    static let replyLifetime: TimeInterval = 3_600

    private let control: ControlPlane
    private let transport: any ChatTransport
    private let preparer: MessagePreparer
    private let live: LiveMessages
    private let logger: Logger
    private let busy = Mutex<Set<Int64>>([])
    private let wakeups: AsyncStream<Void>
    private let wakeup: AsyncStream<Void>.Continuation

    public init(control: ControlPlane, transport: any ChatTransport, live: LiveMessages, logger: Logger) {
        self.control = control
        self.transport = transport
        self.live = live
        self.logger = logger
        preparer = MessagePreparer(control: control)
        (wakeups, wakeup) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    public func run() async throws {
        try settleInterrupted()
        await withDiscardingTaskGroup { group in
            group.addTask { await self.forwardSignals() }
            group.addTask { await self.tick() }
            await withGracefulShutdownHandler {
                for await _ in self.wakeups {
                    for prepared in await self.claim() {
                        group.addTask { await self.send(prepared) }
                    }
                }
            } onGracefulShutdown: {
                self.wakeup.finish()
            }
            group.cancelAll()
        }
    }

    private func forwardSignals() async {
        for await _ in control.store.signals() { wakeup.yield() }
    }

    /// Postponed messages become due without anyone saying so.
    private func tick() async {
        while !Task.isCancelled {
            // Ends early only when cancelled, which the loop's condition sees.
            try? await Task.sleep(for: .seconds(1))
            wakeup.yield()
        }
    }

    private func settleInterrupted() throws {
        let moment = control.now()
        try control.store.write { transaction in
            for record in try transaction.settleInterruptedSends() where Self.isCritical(record) {
                try transaction.postponeMessage(record.id, until: moment, error: Self.resentReason)
            }
        }
    }

    private static func isCritical(_ record: OutboxRecord) -> Bool {
        record.class == NoticeClass.reply || NoticeClass(rawValue: record.class)?.isCritical == true
    }

    private func claim() async -> [PreparedMessage] {
        let taken = busy.withLock { $0 }
        let moment = control.now()
        let preparer = preparer
        let transport = transport
        let isOpen = { @Sendable (chat: Int64) in !taken.contains(chat) && transport.serves(chat) }
        do {
            let isWaiting = try control.store.read { try $0.hasDueMessages(now: moment, open: isOpen) }
            guard isWaiting else { return [] }
            let prepared = try await control.store.write { transaction in
                try transaction.claimDueMessages(now: moment, open: isOpen).compactMap { record in
                    do { return try preparer.prepare(record, in: transaction) } catch let error as DecodingError {
                        // Written by another version of this program; what comes after it must not wait for it.
                        try transaction.settleMessage(
                            record.id, state: .failed, error: "unreadable: \(error)", at: moment)
                        return nil
                    }
                }
            }
            busy.withLock { $0.formUnion(prepared.map(\.record.chatId)) }
            return prepared
        } catch {
            logger.error("the outbox stands still", metadata: ["error": "\(error)"])
            return []
        }
    }

    private func send(_ prepared: PreparedMessage) async {
        let result = await transport.deliver(prepared.message)
        // Recorded even while everything stops: otherwise a message that arrived would look as if it might not have.
        do { try await Task { try await self.settle(prepared, result) }.value } catch {
            logger.error("a sent message could not be recorded", metadata: ["error": "\(error)"])
        }
        busy.withLock { _ = $0.remove(prepared.record.chatId) }
        wakeup.yield()
    }

    private func settle(_ prepared: PreparedMessage, _ result: DeliveryResult) async throws {
        let record = prepared.record
        let moment = control.now()
        control.metrics.increment(
            "marketflow_bot_sends_total", help: "Messages of the outbox by what became of them.",
            labels: ["result": result.name])
        try await control.store.write { transaction in
            switch result {
            case .delivered(let message, let movedTo):
                try transaction.settleMessage(record.id, state: .sent, messageId: message, at: moment)
                if let message { try transaction.bindTokens(prepared.tokens, to: message) }
                if let movedTo { try transaction.migrateChat(from: record.chatId, to: movedTo) }
            case .uncertain(let reason):
                if Self.isCritical(record), record.attempts < 2 {
                    try transaction.postponeMessage(
                        record.id, until: moment.addingTimeInterval(Self.firstRetry), error: Self.resentReason)
                } else {
                    try transaction.settleMessage(record.id, state: .uncertain, error: reason, at: moment)
                }
            case .unavailable(let reason):
                try Self.postpone(record, reason: reason, at: moment, in: transaction)
            case .refused(let reason, let isChatGone):
                try transaction.settleMessage(record.id, state: .failed, error: reason, at: moment)
                if isChatGone { try transaction.muteChat(record.chatId, reason: reason) }
            }
        }
        if case .delivered(let message?, _) = result, let subject = prepared.follows {
            live.follow(subject, message: message, chat: record.chatId, buttons: prepared.message.buttons)
        }
        if case .refused(let reason, _) = result {
            logger.warning("a message was refused", metadata: ["outbox": "\(record.id)", "reason": "\(reason)"])
        }
    }

    private static func postpone(
        _ record: OutboxRecord, reason: String, at moment: Date, in transaction: Transaction
    ) throws {
        let lifetime = record.class == NoticeClass.reply ? replyLifetime : noticeLifetime
        if moment.timeIntervalSince(record.createdAt) > lifetime {
            return try transaction.settleMessage(record.id, state: .expired, error: reason, at: moment)
        }
        let wait = min(longestRetry, firstRetry * pow(2, Double(min(record.attempts, 10) - 1)))
        try transaction.postponeMessage(record.id, until: moment.addingTimeInterval(wait), error: reason)
    }
}

extension DeliveryResult {
    /// As the metric names it.
    var name: String {
        switch self {
        case .delivered: "sent"
        case .uncertain: "uncertain"
        case .unavailable: "unavailable"
        case .refused: "refused"
        }
    }
}
