/// What the sender knows between two events; guarded by its lock.
struct SenderState: Sendable {
    typealias Ticket = SendScheduling.Ticket
    typealias Instant = ContinuousClock.Instant

    enum Origin: Sendable {
        case outbox(Int64)
        case caller(CheckedContinuation<SendOutcome, Never>)
    }

    struct Sending: Sendable {
        var ticket: Ticket
        var call: Delivery.Call
        var chat: Int64
    }

    /// What the worker is to do now.
    struct Agenda: Sendable {
        var sendings: [Sending] = []
        var settled: [(id: Int64, outcome: SendOutcome)] = []
        var wake: Instant?
        var isStopping = false
        var isOver = false
        var drain = Duration.zero
    }

    private struct Entry: Sendable {
        var origin: Origin
        var message: OutgoingMessage
        var delivery: Delivery?
    }

    private let settings: SendSettings
    private var scheduling: SendScheduling
    private var entries: [Ticket: Entry] = [:]
    private var nextTicket: Ticket = 0
    private var outboxIDs: Set<Int64> = []
    /// Outcomes of outbox messages that did not come from a call.
    private var settled: [(id: Int64, outcome: SendOutcome)] = []
    /// Old chat ids and what became of them.
    private var migrations: [Int64: Int64] = [:]
    private var plannedWake: Instant?
    private var problem: String?
    private var isAbandoned = false
    var isStopping = false
    var isDrained = false

    init(settings: SendSettings, now: Instant) {
        self.settings = settings
        scheduling = SendScheduling(settings: settings, at: now)
    }

    var status: SenderStatus {
        SenderStatus(queued: entries.count, inFlight: scheduling.runningCount, problem: problem)
    }

    // MARK: Messages come

    mutating func submit(_ message: OutgoingMessage, from origin: Origin, at now: Instant) {
        if case .outbox(let id) = origin, !outboxIDs.insert(id).inserted { return }
        if isAbandoned {
            if case .caller(let continuation) = origin { continuation.resume(returning: .failed(.stopped)) }
            return
        }
        nextTicket += 1
        entries[nextTicket] = Entry(origin: origin, message: message)
        let isAnswer = if case .callbackAnswer = message.content { true } else { false }
        let job = SendScheduling.Job(
            ticket: nextTicket, lane: isAnswer ? nil : currentID(of: message.chat), priority: message.priority,
            editedMessage: message.editedMessage, expires: message.lifetime.map { now + $0 })
        switch scheduling.submit(job, at: now) {
        case .accepted: break
        case .replaced(let ticket): settle(ticket, .superseded)
        case .evicted(let ticket): settle(ticket, .failed(.queueFull))
        case .refused: settle(job.ticket, .failed(.queueFull))
        }
    }

    private func currentID(of chat: Int64) -> Int64 { migrations[chat] ?? chat }

    // MARK: The worker looks

    mutating func agenda(at now: Instant) -> Agenda {
        var agenda = Agenda(isStopping: isStopping, drain: settings.drain)
        var wake: Instant?
        while let sending = nextSending(at: now, wake: &wake) { agenda.sendings.append(sending) }
        // A timer that is set already for an earlier moment will do.
        if let wake, plannedWake.map({ $0 <= now || wake < $0 }) ?? true {
            plannedWake = wake
            agenda.wake = wake
        }
        swap(&agenda.settled, &settled)
        agenda.isOver = isStopping && (isDrained || scheduling.runningCount == 0)
        return agenda
    }

    /// For a task whose call has ended: it goes on with the next one, which spares the worker a turn. Nil when the worker
    /// has to look, because there is nothing to send now or somebody to tell.
    mutating func nextSending(at now: Instant) -> Sending? {
        guard settled.isEmpty else { return nil }
        var wake: Instant?
        return nextSending(at: now, wake: &wake)
    }

    private mutating func nextSending(at now: Instant, wake: inout Instant?) -> Sending? {
        while !isStopping {
            switch scheduling.next(at: now) {
            case .send(let ticket):
                if let sending = begin(ticket, at: now) { return sending }
            case .expire(let ticket): settle(ticket, .failed(.expired))
            case .wait(let until):
                wake = until
                return nil
            case .idle: return nil
            }
        }
        return nil
    }

    /// A message is rendered when its turn comes, not while it waits.
    private mutating func begin(_ ticket: Ticket, at now: Instant) -> Sending? {
        guard var entry = entries[ticket] else {
            scheduling.finished(ticket, .done, at: now)
            return nil
        }
        let delivery =
            entry.delivery
            ?? Delivery(entry.message, chat: currentID(of: entry.message.chat), settings: settings)
        guard let call = delivery.call else {
            settle(ticket, .failed(.empty))
            scheduling.finished(ticket, .done, at: now)
            return nil
        }
        entry.delivery = delivery
        entries[ticket] = entry
        return Sending(ticket: ticket, call: call, chat: delivery.chat)
    }

    // MARK: Calls end

    /// - Returns: whom to tell what, when the message is through; then ``done(_:at:)`` is due.
    mutating func answered(
        _ ticket: Ticket, _ result: Result<Int?, APIFailure>, at now: Instant
    ) -> (origin: Origin, outcome: SendOutcome)? {
        guard var delivery = entries[ticket]?.delivery else { return nil }
        let progress: Delivery.Progress
        switch result {
        case .success(let messageID): progress = delivery.succeeded(messageID: messageID)
        case .failure(let failure): progress = delivery.failed(failure, chance: Double.random(in: 0..<1))
        }
        note(progress, result)
        switch progress {
        case .finished(let outcome):
            guard let entry = entries.removeValue(forKey: ticket) else { return nil }
            if let newID = outcome.receipt?.migratedTo { migrations[entry.message.chat] = newID }
            return (entry.origin, outcome)
        case .proceed: scheduling.finished(ticket, .more, at: now)
        case .flooded(let seconds): scheduling.finished(ticket, .flooded(seconds: seconds), at: now)
        case .unreachable: scheduling.finished(ticket, .unreachable, at: now)
        case .later(let seconds): scheduling.finished(ticket, .later(seconds: seconds), at: now)
        }
        entries[ticket]?.delivery = delivery
        return nil
    }

    private mutating func note(_ progress: Delivery.Progress, _ result: Result<Int?, APIFailure>) {
        switch (progress, result) {
        case (.unreachable, .failure(let failure)), (.flooded, .failure(let failure)), (.later, .failure(let failure)):
            problem = failure.description
        default: problem = nil
        }
    }

    mutating func done(_ ticket: Ticket, at now: Instant) { scheduling.finished(ticket, .done, at: now) }

    /// The outbox knows the fate of this message now.
    mutating func forget(_ id: Int64) { outboxIDs.remove(id) }

    private mutating func settle(_ ticket: Ticket, _ outcome: SendOutcome) {
        guard let entry = entries.removeValue(forKey: ticket) else { return }
        switch entry.origin {
        case .outbox(let id): settled.append((id, outcome))
        case .caller(let continuation): continuation.resume(returning: outcome)
        }
    }

    /// The work is over: callers are let go; the outbox keeps its own.
    mutating func abandonAll() {
        isAbandoned = true
        for entry in entries.values {
            if case .caller(let continuation) = entry.origin { continuation.resume(returning: .failed(.stopped)) }
        }
        entries = [:]
    }
}

extension OutgoingMessage {
    /// The message whose text this one replaces.
    fileprivate var editedMessage: Int? {
        if case .edit(let id, _) = content { id } else { nil }
    }
}
