/// Leaves a service that fails again and again alone for a while, then lets one call try.
public struct CircuitBreaker: Sendable, Hashable {
    /// Failures in a row that open it.
    public var limit: Int
    public var pause: Duration

    private var failures = 0
    private var openUntil: Duration?
    private var isTrying = false

    public init(limit: Int = 5, pause: Duration = .seconds(60)) {
        self.limit = limit
        self.pause = pause
    }

    /// - Parameter now: on a clock that never goes back.
    /// - Returns: nil when a call may be made, else how long to wait.
    public mutating func wait(at now: Duration) -> Duration? {
        guard let openUntil else { return nil }
        if now < openUntil { return openUntil - now }
        if isTrying { return pause }
        isTrying = true
        return nil
    }

    public mutating func succeed() {
        failures = 0
        openUntil = nil
        isTrying = false
    }

    public mutating func fail(at now: Duration) {
        failures += 1
        if isTrying || failures >= limit { openUntil = now + pause }
        isTrying = false
    }

    /// The call ended without telling anything about the service: it was withdrawn.
    public mutating func leaveOpen() { isTrying = false }
}
