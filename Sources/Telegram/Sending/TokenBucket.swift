/// A rate with a burst (a leaky bucket as a meter). Time is a parameter.
struct TokenBucket: Sendable {
    private let rate: SendSettings.Rate
    private var tokens: Double
    private var updated: ContinuousClock.Instant

    init(_ rate: SendSettings.Rate, at now: ContinuousClock.Instant) {
        self.rate = rate
        tokens = rate.burst
        updated = now
    }

    /// When a token will be there: `now` or later.
    mutating func nextToken(at now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        refill(at: now)
        let missing = 1 - tokens
        return missing <= Self.tolerance ? now : now + .seconds(missing / rate.perSecond)
    }

    mutating func take(at now: ContinuousClock.Instant) {
        refill(at: now)
        tokens -= 1
    }

    mutating func isFull(at now: ContinuousClock.Instant) -> Bool {
        refill(at: now)
        return tokens >= rate.burst
    }

    private mutating func refill(at now: ContinuousClock.Instant) {
        guard now > updated else { return }
        tokens = min(rate.burst, tokens + (now - updated) / .seconds(1) * rate.perSecond)
        updated = now
    }

    /// Rounding of the refill must not cost another wait of a nanosecond.
    private static let tolerance = 1e-6
}
