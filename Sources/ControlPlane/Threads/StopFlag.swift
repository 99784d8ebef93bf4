import Synchronization

/// Asks heavy work to end; looked at between minibatches, bars and files.
public final class StopFlag: Sendable {
    /// Why work should end.
    public enum Reason: Int, Sendable {
        case none = 0
        /// The user's order: the cycle ends as cancelled.
        case cancelled = 1
        /// The process is leaving: the cycle goes on at the next start.
        case shutdown = 2
    }

    private let raw = Atomic<Int>(0)

    public init() {}

    /// The first reason wins, but leaving the process overrides a user's order that was not yet obeyed.
    public func raise(_ reason: Reason) {
        if reason == .shutdown {
            raw.store(reason.rawValue, ordering: .releasing)
        } else {
            _ = raw.compareExchange(expected: 0, desired: reason.rawValue, ordering: .acquiringAndReleasing)
        }
    }

    public var reason: Reason { Reason(rawValue: raw.load(ordering: .acquiring)) ?? .none }
    public var isRaised: Bool { reason != .none }

    /// - Throws: ``Stopped`` once the flag is raised.
    public func check() throws {
        if isRaised { throw Stopped(reason: reason) }
    }
}

/// Thrown by work that ended because it was asked to.
public struct Stopped: Error, Sendable {
    public let reason: StopFlag.Reason
}
