/// How the poller fares; a value to read at any time.
public struct PollerStatus: Sendable, Hashable {
    public enum State: Sendable, Hashable {
        /// No answer yet since the start.
        case starting
        case polling
        /// Between two attempts; the sentence is for a person.
        case waiting(because: String, conflict: PollConflict?)
        /// For good.
        case stopped(because: String)
    }

    public var state: State
    /// When the server last answered a poll.
    public var lastSuccess: ContinuousClock.Instant?
    /// Attempts that failed since then.
    public var failures: Int

    public init(state: State = .starting, lastSuccess: ContinuousClock.Instant? = nil, failures: Int = 0) {
        self.state = state
        self.lastSuccess = lastSuccess
        self.failures = failures
    }

    /// What is wrong, in a sentence; nil while all is well.
    public var problem: String? {
        switch state {
        case .starting, .polling: nil
        case .waiting(let reason, _), .stopped(let reason): reason
        }
    }

    /// Time since the server last answered a poll; a healthy poller stays below its timeout. Nil before the first answer.
    public func age(at now: ContinuousClock.Instant = .now) -> Duration? { lastSuccess.map { now - $0 } }
}
