/// When to ask Binance, when to wait and when to give up: events in, actions out. Limits are per address, so one value
/// governs all requests of a process. Times are milliseconds of any steady clock.
///
/// - Used weight near the limit stretches the pauses, up to a minute at the limit itself: the count starts anew each minute.
/// - HTTP 429 and 418 close the gate for `Retry-After`. A short 429 is waited for; a ban ends the request.
/// - Broken connections and server errors are repeated after 1, 2 and 4 s.
package struct BinancePacing: Sendable {
    /// What became of a request.
    package enum Outcome: Sendable, Hashable {
        case answered(usedWeight: Int?)
        case rateLimited(retryAfterSeconds: Int?)
        case banned(retryAfterSeconds: Int?)
        case failed(BinanceError)
        /// Asking again cannot help.
        case refused(BinanceError)

        /// A few words for the log.
        var reason: String {
            switch self {
            case .answered: "answered"
            case .rateLimited: "HTTP 429"
            case .banned: "HTTP 418"
            case .failed(.unreachable(_, let reason)): reason
            case .failed(.serverFailure(let status, _)): "HTTP \(status)"
            case .failed(let error), .refused(let error): error.description
            }
        }
    }

    package enum Admission: Sendable, Hashable {
        case send
        case wait(milliseconds: Int64)
        case refuse(BinanceError)
    }

    package enum Reaction: Sendable, Hashable {
        case deliver
        /// Ask for admission again.
        case retry
        case fail(BinanceError)
    }

    package static let maximumAttempts = 4
    /// A request may be held up so long; then its caller is told instead.
    package static let longestWait: Int64 = 120_000
    private static let longestBan: Int64 = 3 * 86_400_000

    private let weightLimit: Int
    private var closedUntil: Int64 = .min
    private var isBanned = false

    /// - Parameter weightLimit: request weight a minute; Binance's documented limit is 6000.
    package init(weightLimit: Int = 6000) { self.weightLimit = max(1, weightLimit) }

    package mutating func admit(now: Int64) -> Admission {
        let wait = closedUntil > now ? closedUntil - now : 0
        guard wait > 0 else {
            isBanned = false
            return .send
        }
        let seconds = Int((wait + 999) / 1000)
        if isBanned { return .refuse(.banned(retryAfterSeconds: seconds)) }
        return wait > Self.longestWait ? .refuse(.rateLimited(retryAfterSeconds: seconds)) : .wait(milliseconds: wait)
    }

    /// - Parameter attempt: 1 for the first try of a request.
    package mutating func react(to outcome: Outcome, attempt: Int, now: Int64) -> Reaction {
        switch outcome {
        case .answered(let usedWeight):
            if let usedWeight { close(for: pause(usedWeight: usedWeight), now: now) }
            return .deliver
        case .rateLimited(let seconds):
            let wait = milliseconds(seconds ?? 60)
            close(for: wait, now: now)
            guard attempt < Self.maximumAttempts, wait <= Self.longestWait else {
                return .fail(.rateLimited(retryAfterSeconds: Int(wait / 1000)))
            }
            return .retry
        case .banned(let seconds):
            // Without a figure: Binance's shortest ban.
            let wait = milliseconds(seconds ?? 120)
            close(for: wait, now: now)
            isBanned = true
            return .fail(.banned(retryAfterSeconds: Int(wait / 1000)))
        case .failed(let error):
            guard attempt < Self.maximumAttempts else { return .fail(error) }
            close(for: 1000 << Int64(max(attempt, 1) - 1), now: now)
            return .retry
        case .refused(let error):
            return .fail(error)
        }
    }

    /// Nothing below four fifths of the limit, then rising evenly to a minute.
    private func pause(usedWeight: Int) -> Int64 {
        let threshold = weightLimit * 4 / 5
        guard usedWeight > threshold else { return 0 }
        return min(60_000, 60_000 * Int64(usedWeight - threshold) / Int64(max(1, weightLimit - threshold)))
    }

    private func milliseconds(_ seconds: Int) -> Int64 {
        min(Int64(min(max(seconds, 1), 1 << 30)) * 1000, Self.longestBan)
    }

    private mutating func close(for wait: Int64, now: Int64) { closedUntil = max(closedUntil, now + wait) }
}
