/// Which message goes next, and when: a pure state machine over numbered jobs. It knows lanes, priorities, rates and
/// pauses, but neither messages nor the network; time is a parameter.
///
/// Every chat is a lane: one job at a time, urgent ones first, equals in the order they came. A job that has begun keeps
/// its lane until it is finished. Jobs without a lane (answers to pressed buttons) wait only for a free connection.
public struct SendScheduling: Sendable {
    public typealias Instant = ContinuousClock.Instant
    public typealias Ticket = UInt64

    public struct Job: Sendable, Hashable {
        /// Grows from job to job.
        public var ticket: Ticket
        /// The chat; nil for none.
        public var lane: Int64?
        public var priority: SendPriority
        /// Of the message to edit: a later edit replaces one that still waits.
        public var editedMessage: Int?
        public var expires: Instant?

        public init(
            ticket: Ticket, lane: Int64?, priority: SendPriority, editedMessage: Int? = nil, expires: Instant? = nil
        ) {
            self.ticket = ticket
            self.lane = lane
            self.priority = priority
            self.editedMessage = editedMessage
            self.expires = expires
        }
    }

    public enum Admission: Sendable, Hashable {
        case accepted
        /// The earlier edit is not needed any more.
        case replaced(Ticket)
        /// The queue was full; the least urgent and latest has to go.
        case evicted(Ticket)
        case refused
    }

    public enum Decision: Sendable, Hashable {
        case send(Ticket)
        case expire(Ticket)
        /// Nothing to do before then, unless something happens.
        case wait(until: Instant)
        /// Nothing to do until something happens.
        case idle
    }

    /// How a call ended.
    public enum Result: Sendable, Hashable {
        case done
        /// The job has more to send.
        case more
        /// The job tries again after a wait of its own.
        case later(seconds: Double)
        /// The server wants a pause.
        case flooded(seconds: Double)
        /// The server could not be reached at all; everyone waits.
        case unreachable
    }

    let settings: SendSettings
    private let chance: @Sendable () -> Double
    private var jobs: [Ticket: Job] = [:]
    private var lanes: [Int64: SendLane] = [:]
    private var running: Set<Ticket> = []
    private var ready = MinHeap<Turn>()
    private var wakes = MinHeap<Wake>()
    private var expirations = MinHeap<Expiration>()
    private var globalBucket: TokenBucket?
    private var pausedUntil: Instant?
    private var lastFlood: (lane: Int64, until: Instant)?
    /// Calls in a row that did not reach the server.
    public private(set) var unreachable = 0

    public init(
        settings: SendSettings, at now: Instant, chance: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.settings = settings
        self.chance = chance
        globalBucket = settings.global.map { TokenBucket($0, at: now) }
    }

    /// Jobs that wait or are under way.
    public var count: Int { jobs.count }
    public var runningCount: Int { running.count }

    // MARK: A job comes

    public mutating func submit(_ job: Job, at now: Instant) -> Admission {
        if let superseded = supersededEdit(by: job) {
            remove(superseded)
            admit(job, at: now)
            return .replaced(superseded)
        }
        if jobs.count - running.count < settings.queue {
            admit(job, at: now)
            return .accepted
        }
        guard let victim = leastUrgent(), victim.priority > job.priority else { return .refused }
        remove(victim.ticket)
        admit(job, at: now)
        return .evicted(victim.ticket)
    }

    private func supersededEdit(by job: Job) -> Ticket? {
        guard let message = job.editedMessage, let lane = job.lane else { return nil }
        return lanes[lane]?.waiting.first { jobs[$0]?.editedMessage == message }
    }

    private mutating func admit(_ job: Job, at now: Instant) {
        jobs[job.ticket] = job
        if let expires = job.expires { expirations.insert(Expiration(at: expires, ticket: job.ticket)) }
        guard let id = job.lane else { return ready.insert(Turn(job, lane: nil)) }
        let earlier = lanes[id]?.waiting.lastIndex { jobs[$0].map { $0.priority <= job.priority } ?? true }
        if lanes[id] == nil { lanes[id] = SendLane(id, settings, at: now) }
        lanes[id]?.waiting.insert(job.ticket, at: earlier.map { $0 + 1 } ?? 0)
        queueTurn(of: id, at: now)
    }

    private func leastUrgent() -> Job? {
        jobs.values.filter { !isBegun($0) }.max { ($0.priority, $0.ticket) < ($1.priority, $1.ticket) }
    }

    private func isBegun(_ job: Job) -> Bool {
        running.contains(job.ticket) || job.lane.map { lanes[$0]?.begun == job.ticket } ?? false
    }

    private mutating func remove(_ ticket: Ticket) {
        guard let job = jobs.removeValue(forKey: ticket), let lane = job.lane else { return }
        lanes[lane]?.waiting.removeAll { $0 == ticket }
        if lanes[lane]?.begun == ticket { lanes[lane]?.begun = nil }
    }

    // MARK: Whose turn it is

    /// Call again and again until it answers ``Decision/wait(until:)`` or ``Decision/idle``.
    public mutating func next(at now: Instant) -> Decision {
        if let ticket = expired(at: now) { return .expire(ticket) }
        while let wake = wakes.min, wake.at <= now {
            wakes.popMin()
            queueTurn(of: wake.lane, at: now)
        }
        if running.count >= settings.inFlight { return .idle }
        if let pausedUntil, pausedUntil > now { return wait(until: pausedUntil) }
        pausedUntil = nil
        while let turn = ready.min {
            guard isCurrent(turn, at: now) else {
                ready.popMin()
                continue
            }
            if turn.lane != nil, let token = globalBucket?.nextToken(at: now), token > now { return wait(until: token) }
            ready.popMin()
            begin(turn, at: now)
            return .send(turn.ticket)
        }
        return wait(until: nil)
    }

    private mutating func begin(_ turn: Turn, at now: Instant) {
        running.insert(turn.ticket)
        guard let id = turn.lane else { return }
        globalBucket?.take(at: now)
        lanes[id]?.begin(turn.ticket, at: now)
    }

    private mutating func expired(at now: Instant) -> Ticket? {
        while let due = expirations.min, due.at <= now {
            expirations.popMin()
            // What is under way runs to its end; if it comes back, it expires then.
            if running.contains(due.ticket) { continue }
            guard jobs[due.ticket] != nil else { continue }
            let lane = jobs[due.ticket]?.lane
            remove(due.ticket)
            if let lane { queueTurn(of: lane, at: now) }
            return due.ticket
        }
        return nil
    }

    private mutating func wait(until event: Instant?) -> Decision {
        while let wake = wakes.min, lanes[wake.lane] == nil { wakes.popMin() }
        return [event, event == nil ? wakes.min?.at : nil, expirations.min?.at].compactMap { $0 }.min()
            .map(Decision.wait(until:)) ?? .idle
    }

    /// A turn may have been overtaken: by a more urgent job, by a replacement, by the lane's own call under way, by a pause.
    private mutating func isCurrent(_ turn: Turn, at now: Instant) -> Bool {
        guard jobs[turn.ticket] != nil, !running.contains(turn.ticket) else { return false }
        guard let id = turn.lane else { return true }
        guard let lane = lanes[id], !lane.isBusy, lane.candidate == turn.ticket else { return false }
        return lanes[id]?.nextStart(at: now) == now
    }

    /// Puts the lane's next job in line, now or when the lane may go on.
    private mutating func queueTurn(of id: Int64, at now: Instant) {
        guard lanes[id]?.isBusy == false, let job = lanes[id]?.candidate.flatMap({ jobs[$0] }),
            let start = lanes[id]?.nextStart(at: now)
        else { return }
        if start <= now {
            ready.insert(Turn(job, lane: id))
        } else {
            wakes.insert(Wake(at: start, lane: id))
        }
    }

    // MARK: A call ends

    public mutating func finished(_ ticket: Ticket, _ result: Result, at now: Instant) {
        guard running.remove(ticket) != nil, let job = jobs[ticket] else { return }
        if result != .unreachable {
            unreachable = 0
        } else if (pausedUntil ?? now) <= now {
            // Calls that were under way at the same time fail together; they count as one.
            unreachable += 1
            pause(until: now + .seconds(settings.backoff.delay(failures: unreachable, chance: chance())))
        }
        guard let id = job.lane else { return finishedWithoutLane(job, result, at: now) }
        lanes[id]?.isBusy = false
        switch result {
        case .done:
            lanes[id]?.begun = nil
            jobs[ticket] = nil
        case .more, .unreachable: break
        case .later(let seconds): lanes[id]?.pause(until: now + .seconds(seconds))
        case .flooded(let seconds): flooded(id, until: now + .seconds(seconds + chance()), at: now)
        }
        if result != .done, let expires = job.expires {
            expirations.insert(Expiration(at: expires, ticket: ticket))
        }
        queueTurn(of: id, at: now)
        pruneLanes(at: now)
    }

    /// The lane waits. When two lanes are told to wait at the same time, it is the limit over all chats that was hit.
    private mutating func flooded(_ id: Int64, until: Instant, at now: Instant) {
        lanes[id]?.pause(until: until)
        if let last = lastFlood, last.lane != id, last.until > now { pause(until: max(until, last.until)) }
        lastFlood = (id, until)
    }

    private mutating func finishedWithoutLane(_ job: Job, _ result: Result, at now: Instant) {
        switch result {
        case .done: jobs[job.ticket] = nil
        case .later(let seconds), .flooded(let seconds): pause(until: now + .seconds(seconds))
        case .more, .unreachable: break
        }
        guard jobs[job.ticket] != nil else { return }
        ready.insert(Turn(job, lane: nil))
        if let expires = job.expires { expirations.insert(Expiration(at: expires, ticket: job.ticket)) }
    }

    private mutating func pause(until: Instant) { pausedUntil = max(pausedUntil ?? until, until) }

    /// Chats that have nothing to say and no debt are forgotten once there are very many.
    private mutating func pruneLanes(at now: Instant) {
        guard lanes.count > Self.laneLimit else { return }
        for id in Array(lanes.keys) where lanes[id]?.isForgettable(at: now) ?? false { lanes[id] = nil }
    }

    private static let laneLimit = 4096
}
