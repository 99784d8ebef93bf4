#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What becomes of a run that could not start at its time because the machine or the process was away.
public enum MisfirePolicy: Sendable, Hashable {
    /// One run makes up for all that were missed, if the last of them is at most this many seconds past.
    case runOnceLate(maxLateness: TimeInterval)
    /// Missed runs are dropped.
    case skip
}

/// Something that repeats on a schedule.
public struct CronJob: Sendable, Hashable {
    public var expression: CronExpression
    public var timeZone: TimeZone
    public var misfire: MisfirePolicy

    /// - Parameter misfire: by default a run may start up to an hour late.
    public init(
        expression: CronExpression, timeZone: TimeZone, misfire: MisfirePolicy = .runOnceLate(maxLateness: 3600)
    ) {
        self.expression = expression
        self.timeZone = timeZone
        self.misfire = misfire
    }
}
