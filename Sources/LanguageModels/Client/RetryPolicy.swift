import Foundation

/// Whether and when a failed call is made again: what the official clients of OpenAI and Anthropic do.
public struct RetryPolicy: Sendable, Hashable {
    /// Calls after the first.
    public var retries = 2
    public var firstPause: Duration = .milliseconds(500)
    public var longestPause: Duration = .seconds(8)
    /// A server that asks for a longer pause is not asked again.
    public var longestObeyed: Duration = .seconds(120)

    public init() {}

    /// How a call failed, as far as it matters here.
    public struct Failure: Sendable, Hashable {
        /// Nil when no answer came.
        public var status: Int?
        /// What the server asks for by `Retry-After` and its kin.
        public var pause: Duration?
        /// `x-should-retry`, which overrules the status.
        public var shouldRetry: Bool?
        /// The account is empty: no time will mend it.
        public var isQuotaUsedUp: Bool
        /// Part of the answer was handed on already.
        public var hasShown: Bool

        public init(
            status: Int?, pause: Duration? = nil, shouldRetry: Bool? = nil, isQuotaUsedUp: Bool = false,
            hasShown: Bool = false
        ) {
            self.status = status
            self.pause = pause
            self.shouldRetry = shouldRetry
            self.isQuotaUsedUp = isQuotaUsedUp
            self.hasShown = hasShown
        }
    }

    public enum Verdict: Sendable, Hashable {
        case retry(after: Duration)
        case giveUp
    }

    /// - Parameters:
    ///   - retriesSoFar: how often the call has been repeated.
    ///   - jitter: 0 ..< 1, drawn anew for every decision.
    ///   - timeLeft: until the deadline, which beats everything.
    public func verdict(
        on failure: Failure, retriesSoFar: Int, jitter: Double, timeLeft: Duration
    ) -> Verdict {
        guard !failure.hasShown, !failure.isQuotaUsedUp, retriesSoFar < retries else { return .giveUp }
        guard failure.shouldRetry ?? Self.isTransient(failure.status) else { return .giveUp }
        let pause: Duration
        if let asked = failure.pause, asked > .zero {
            guard asked <= longestObeyed else { return .giveUp }
            pause = asked
        } else {
            let doubled = firstPause * (1 << min(retriesSoFar, 16))
            pause = min(doubled, longestPause) * (1 - 0.25 * jitter)
        }
        return pause < timeLeft ? .retry(after: pause) : .giveUp
    }

    private static func isTransient(_ status: Int?) -> Bool {
        guard let status else { return true }
        return [408, 409, 429].contains(status) || status >= 500
    }
}

extension RetryPolicy.Failure {
    /// What an answer's header fields say about coming again.
    ///
    /// - Parameter header: looks a field up by its lower-case name.
    static func pause(_ header: (String) -> String?, now: Date) -> Duration? {
        if let text = header("retry-after-ms"), let milliseconds = Double(text), milliseconds.isFinite {
            return .milliseconds(Int64(min(max(milliseconds, 0), 1e12)))
        }
        guard let text = header("retry-after") else { return nil }
        if let seconds = Double(text), seconds.isFinite {
            return .milliseconds(Int64(min(max(seconds, 0), 1e9) * 1000))
        }
        return HTTPDate.parse(text).map { .milliseconds(Int64(min($0.timeIntervalSince(now), 1e9) * 1000)) }
    }
}

/// The date of an HTTP field: `Sat, 21 Nov 2026 04:06:19 GMT` (RFC 9110, IMF-fixdate).
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func parse(_ text: String) -> Date? {
        guard
            let match = text.wholeMatch(
                of: /[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT/),
            let month = months.firstIndex(of: String(match.2)), let day = Int(match.1), let year = Int(match.3),
            let hour = Int(match.4), let minute = Int(match.5), let second = Int(match.6)
        else { return nil }
        // Days since 1970-01-01 by the civil calendar (Howard Hinnant, “chrono-compatible low-level date algorithms”).
        let shifted = month < 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return Date(timeIntervalSince1970: Double(days * 86_400 + hour * 3600 + minute * 60 + second))
    }
}
