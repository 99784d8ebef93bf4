import ControlPlane
import Foundation
import Logging
import ServiceLifecycle
import Store
import Telegram

/// Reads the event log and puts into the outbox what each person wants to be told. Its position moves in the same transaction, so
/// every event is told once, also after a kill.
public final class Notifier: Service {
    private static let consumer = "notifier"
    private static let batch = 100

    private let control: ControlPlane
    private let defaults: Preferences.Defaults
    private let zone: TimeZone
    private let logger: Logger

    /// - Parameter zone: of quiet hours.
    public init(control: ControlPlane, defaults: Preferences.Defaults, zone: TimeZone, logger: Logger) {
        self.control = control
        self.defaults = defaults
        self.zone = zone
        self.logger = logger
    }

    public func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.watchQuietHours() }
            await cancelWhenGracefulShutdown {
                for await _ in self.control.store.signals() { await self.readOn() }
            }
            group.cancelAll()
        }
    }

    private func readOn() async {
        do {
            while try await advance() {}
        } catch {
            // A stop cuts the work short; what was not told is told after the next start.
            guard !(error is CancellationError) else { return }
            logger.error("notices wait", metadata: ["error": "\(error)"])
        }
    }

    /// Handles one batch; true when there may be more.
    package func advance() async throws -> Bool {
        let position = try control.store.read { try $0.position(of: Self.consumer) } ?? 0
        guard try control.store.read({ try $0.lastEventId() }) > position else { return false }
        return try await control.store.write { transaction in
            // Read again: only what this transaction sees counts.
            let position = try transaction.position(of: Self.consumer) ?? 0
            let events = try transaction.events(after: position, limit: Self.batch)
            guard let last = events.last else { return false }
            let users = try transaction.users().filter { $0.mutedReason == nil }
            for event in events { try self.tell(event, to: users, in: transaction) }
            try transaction.setPosition(of: Self.consumer, to: last.id)
            return events.count == Self.batch
        }
    }

    private func tell(_ record: EventRecord, to users: [UserRecord], in transaction: Transaction) throws {
        let event: ControlEvent
        do { event = try ControlEvent(record) } catch {
            // Told by another version of this program; what comes after it must not wait for it.
            return logger.error("an event cannot be read", metadata: ["event": "\(record.id)", "error": "\(error)"])
        }
        let kind = NoticeClass(event)
        let moment = control.now()
        for user in users where !Self.isAbout(user, event) {
            let preferences = try Preferences.of(user, in: transaction)
            let level = preferences.level(of: kind, defaults: defaults)
            guard level != .off else { continue }
            let quiet = (preferences.quiet ?? defaults.quiet)?.contains(moment, in: zone) == true
            let isHeld = level == .digest || (quiet && kind != .alarm)
            try transaction.enqueue(
                OutboxRecord(
                    dedupeKey: "event:\(record.id):\(user.chatId)", chatId: user.chatId, eventId: record.id,
                    content: try JSON.text(OutboxContent.event(record.id)), class: kind.rawValue,
                    silent: level == .silent, state: isHeld ? .held : .pending, createdAt: record.at))
        }
    }

    /// Whoever was just let in has been greeted already.
    private static func isAbout(_ user: UserRecord, _ event: ControlEvent) -> Bool {
        if case .accessGranted(let grant) = event { grant.user == user.id } else { false }
    }

    // MARK: Digest

    private func watchQuietHours() async {
        while !Task.isCancelled {
            do { try await releaseDigests() } catch {
                logger.error("a digest waits", metadata: ["error": "\(error)"])
            }
            // Ends early only when cancelled, which the loop's condition sees.
            try? await Task.sleep(for: .seconds(30))
        }
    }

    /// Sends what was held for people whose quiet hours are over; without quiet hours, once a day's worth has waited.
    package func releaseDigests() async throws {
        let waiting = try control.store.read { try $0.chatsWithHeldMessages() }
        guard !waiting.isEmpty else { return }
        let moment = control.now()
        try await control.store.write { transaction in
            let users = Dictionary(try transaction.users().map { ($0.chatId, $0) }) { first, _ in first }
            for chat in waiting {
                guard let user = users[chat] else { continue }
                let held = try transaction.heldMessages(chat: chat)
                guard let oldest = held.first, try self.isDigestDue(for: user, oldest: oldest, moment, in: transaction)
                else { continue }
                let content = OutboxContent.digest(held.compactMap(\.eventId))
                try transaction.enqueue(
                    OutboxRecord(
                        dedupeKey: "digest:\(chat):\(oldest.id)", chatId: chat, eventId: nil,
                        content: try JSON.text(content), class: "digest", createdAt: moment))
                for message in held {
                    try transaction.settleMessage(message.id, state: .expired, error: "told in the digest", at: moment)
                }
            }
        }
    }

    private func isDigestDue(
        for user: UserRecord, oldest: OutboxRecord, _ moment: Date, in transaction: Transaction
    ) throws -> Bool {
        let quiet = try Preferences.of(user, in: transaction).quiet ?? defaults.quiet
        if let quiet { return !quiet.contains(moment, in: zone) }
        return moment.timeIntervalSince(oldest.createdAt) >= 86_400
    }
}
