/// One chat's queue and what limits it.
struct SendLane: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// Most urgent first, then in the order they came; without the one that has begun.
    var waiting: [SendScheduling.Ticket] = []
    /// Has begun and is not finished.
    var begun: SendScheduling.Ticket?
    /// A call is under way.
    var isBusy = false
    private var buckets: [TokenBucket] = []
    private var pausedUntil: Instant?

    init(_ chat: Int64, _ settings: SendSettings, at now: Instant) {
        // Groups and channels have negative ids.
        let rates = chat < 0 ? [settings.chat, settings.group] : [settings.chat]
        buckets = rates.compactMap { $0.map { TokenBucket($0, at: now) } }
    }

    var candidate: SendScheduling.Ticket? { begun ?? waiting.first }

    mutating func nextStart(at now: Instant) -> Instant {
        var start = max(now, pausedUntil ?? now)
        for index in buckets.indices { start = max(start, buckets[index].nextToken(at: now)) }
        return start
    }

    mutating func begin(_ ticket: SendScheduling.Ticket, at now: Instant) {
        if begun == nil {
            begun = ticket
            if waiting.first == ticket { waiting.removeFirst() }
        }
        isBusy = true
        for index in buckets.indices { buckets[index].take(at: now) }
    }

    mutating func pause(until: Instant) { pausedUntil = max(pausedUntil ?? until, until) }

    mutating func isForgettable(at now: Instant) -> Bool {
        guard candidate == nil, !isBusy, (pausedUntil ?? now) <= now else { return false }
        return buckets.indices.allSatisfy { buckets[$0].isFull(at: now) }
    }
}

/// A job that may go as soon as there is a connection.
struct Turn: Sendable, Comparable {
    var priority: SendPriority
    var ticket: SendScheduling.Ticket
    var lane: Int64?

    init(_ job: SendScheduling.Job, lane: Int64?) {
        priority = job.priority
        ticket = job.ticket
        self.lane = lane
    }

    static func < (left: Turn, right: Turn) -> Bool {
        (left.priority, left.ticket) < (right.priority, right.ticket)
    }
}

/// When a lane may go on.
struct Wake: Sendable, Comparable {
    var at: ContinuousClock.Instant
    var lane: Int64

    static func < (left: Wake, right: Wake) -> Bool { (left.at, left.lane) < (right.at, right.lane) }
}

/// When a job is not worth sending any more.
struct Expiration: Sendable, Comparable {
    var at: ContinuousClock.Instant
    var ticket: SendScheduling.Ticket

    static func < (left: Expiration, right: Expiration) -> Bool { (left.at, left.ticket) < (right.at, right.ticket) }
}
