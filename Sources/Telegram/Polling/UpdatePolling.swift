/// The life of a long poll as a pure state machine: an event goes in, the next action comes out; no clock, no network.
public struct UpdatePolling: Sendable {
    public struct Settings: Sendable, Hashable {
        /// Seconds the server may hold a poll, 0–50.
        public var timeout: Int
        /// After a broken connection, a server's failure, a handler's failure.
        public var backoff: Backoff
        /// After 409 and 404, which last until a person acts.
        public var patience: Backoff

        public init(
            timeout: Int = 30, backoff: Backoff = Backoff(first: 1, ceiling: 30),
            patience: Backoff = Backoff(first: 4, ceiling: 60)
        ) {
            self.timeout = max(0, min(50, timeout))
            self.backoff = backoff
            self.patience = patience
        }
    }

    public enum Event: Sendable {
        case start
        /// The server answered, so many seconds after it was asked.
        case received([Update], after: Double)
        case failed(APIFailure)
        /// The handler took the batch and will not need it again.
        case delivered
        case deliveryFailed(String)
        case waited
    }

    public enum Action: Sendable, Hashable {
        case poll(offset: Int64?, timeout: Int)
        case deliver([Update])
        /// Let the present connections go if asked to, then wait.
        case wait(seconds: Double, renewingConnection: Bool)
        /// Polling is over until the next start of the program.
        case stop
    }

    private let settings: Settings
    private let chance: @Sendable () -> Double
    /// The first update not yet taken by the handler; nil before the first one ever.
    public private(set) var offset: Int64?
    private var pendingOffset: Int64?
    /// Failures since the last success.
    public private(set) var failures = 0
    public private(set) var state = PollerStatus.State.starting

    /// - Parameters:
    ///   - offset: one more than the last update that was durably handled.
    ///   - chance: draws from 0..<1.
    public init(
        offset: Int64?, settings: Settings = Settings(),
        chance: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.offset = offset
        self.settings = settings
        self.chance = chance
    }

    public mutating func handle(_ event: Event) -> Action {
        switch event {
        case .start, .waited: return poll()
        case .received(let updates, let seconds): return received(updates, after: seconds)
        case .delivered:
            offset = pendingOffset ?? offset
            pendingOffset = nil
            recovered()
            return poll()
        case .deliveryFailed(let reason):
            pendingOffset = nil
            return wait(
                settings.backoff, because: "Updates could not be handled (\(reason)); they are fetched again.",
                renewing: false)
        case .failed(let failure): return failed(failure)
        }
    }

    /// At the start and after a failure the server is asked for an answer at once, so that its health is known at once.
    private func poll() -> Action { .poll(offset: offset, timeout: state == .polling ? settings.timeout : 0) }

    private mutating func received(_ updates: [Update], after seconds: Double) -> Action {
        guard let last = updates.map(\.id).max() else {
            // A server (or something in front of it) that does not hold the poll must not be asked in a tight loop.
            let wasHeld = state != .polling || seconds >= 0.5 || settings.timeout == 0
            recovered()
            return wasHeld ? poll() : .wait(seconds: 1, renewingConnection: false)
        }
        // A batch that the handler refused before is not a recovery; `delivered` is.
        pendingOffset = max(last + 1, offset ?? 0)
        return .deliver(updates)
    }

    private mutating func recovered() {
        failures = 0
        state = .polling
    }

    private mutating func failed(_ failure: APIFailure) -> Action {
        switch failure.verdict {
        case .unauthorized:
            failures += 1
            state = .stopped(because: failure.verdict.advice)
            return .stop
        case .conflict(let conflict):
            return wait(settings.patience, because: conflict.advice, conflict: conflict)
        case .methodUnknown:
            return wait(
                settings.patience,
                because: "The Bot API address answers, but not as a Bot API server: \(failure.reason). "
                    + failure.verdict.advice)
        case .retryAfter(let seconds):
            failures += 1
            state = .waiting(because: "Telegram asks for a pause of \(seconds) s.", conflict: nil)
            return .wait(seconds: Double(seconds) + chance(), renewingConnection: true)
        default:
            return wait(settings.backoff, because: "Telegram cannot be reached: \(failure.reason).")
        }
    }

    private mutating func wait(
        _ backoff: Backoff, because reason: String, conflict: PollConflict? = nil, renewing: Bool = true
    ) -> Action {
        failures += 1
        state = .waiting(because: reason, conflict: conflict)
        return .wait(
            seconds: backoff.delay(failures: failures, chance: chance()), renewingConnection: renewing)
    }
}
