import Foundation

/// Limits how often strangers may guess a pairing code and how often each is answered at all.
package struct StrangerBook: Sendable, Equatable {
    package static let guesses = 5
    /// Seconds in which ``guesses`` wrong codes are allowed.
    package static let window: TimeInterval = 900
    /// Seconds between two hints to the same person.
    package static let silence: TimeInterval = 600
    /// More strangers than this at a time are neither answered nor let guess, until some were quiet for ``window``.
    package static let most = 1_000

    private struct Page: Equatable {
        var failures: [Date] = []
        var toldAt: Date?

        func isQuiet(at now: Date) -> Bool {
            (failures + [toldAt].compactMap(\.self)).allSatisfy { now.timeIntervalSince($0) >= StrangerBook.window }
        }
    }

    private var pages: [Int64: Page] = [:]

    package init() {}

    package mutating func fail(_ user: Int64, at now: Date) {
        guard hasRoom(for: user, at: now) else { return }
        pages[user, default: Page()].failures.append(now)
    }

    /// Seconds to wait before the next guess; nil when one may be made.
    package mutating func wait(of user: Int64, at now: Date) -> TimeInterval? {
        guard hasRoom(for: user, at: now) else { return Self.window }
        let recent = (pages[user]?.failures ?? []).filter { now.timeIntervalSince($0) < Self.window }
        pages[user]?.failures = recent
        guard recent.count >= Self.guesses, let first = recent.first else { return nil }
        return Self.window - now.timeIntervalSince(first)
    }

    /// True at most once in ``silence`` seconds.
    package mutating func tell(_ user: Int64, at now: Date) -> Bool {
        guard hasRoom(for: user, at: now) else { return false }
        if let toldAt = pages[user]?.toldAt, now.timeIntervalSince(toldAt) < Self.silence { return false }
        pages[user, default: Page()].toldAt = now
        return true
    }

    private mutating func hasRoom(for user: Int64, at now: Date) -> Bool {
        if pages[user] != nil || pages.count < Self.most { return true }
        pages = pages.filter { !$0.value.isQuiet(at: now) }
        return pages.count < Self.most
    }
}
