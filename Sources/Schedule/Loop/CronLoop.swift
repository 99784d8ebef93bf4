#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Decides when named jobs run. A pure state machine: events with the current time go in, actions come out.
///
/// The shell performs the actions: it starts the jobs, stores `scheduledFor` of every ``Action/run(job:scheduledFor:late:)``
/// and ``Action/skip(job:scheduledFor:reason:)`` as the job's last run (so that a restart neither repeats nor forgets it), and
/// sends ``Event/tick(now:)`` when the time of ``Action/sleep(until:)`` has come. Sleeps are at most a minute long, so a clock that
/// was set forward is noticed within it.
///
/// What holds: no scheduled time runs twice, also when the clock is set back; a job never overlaps itself; every scheduled time
/// that is not run is reported, a row of missed ones by its last.
public struct CronLoop: Sendable {
    public enum Event: Sendable, Hashable {
        /// The process has started. `lastRuns`: the last scheduled time handled before, by job; jobs without one have nothing to catch up.
        case start(now: Date, lastRuns: [String: Date])
        case tick(now: Date)
        /// A run of `job` has ended, well or badly.
        case finished(job: String)
        case paused(now: Date)
        case resumed(now: Date)
    }

    public enum Action: Sendable, Hashable {
        /// Start `job` now. `late`: seconds since `scheduledFor`, under a minute for a run on time.
        case run(job: String, scheduledFor: Date, late: TimeInterval)
        /// The run of `scheduledFor` does not happen.
        case skip(job: String, scheduledFor: Date, reason: SkipReason)
        case sleep(until: Date)
    }

    public enum SkipReason: Sendable, Hashable {
        /// The run before it still goes on.
        case stillRunning
        case paused
        /// Missed by so many seconds, and the job's ``MisfirePolicy`` does not run it any more.
        case missed(late: TimeInterval)
    }

    /// A run that starts later than this many seconds after its time was missed, and its ``MisfirePolicy`` decides.
    public static let onTime: TimeInterval = 60
    /// A last run that lies further ahead than this, in seconds, came from a clock that was wrong; it is forgotten, lest the
    /// job wait for that future.
    public static let longestSetBack: TimeInterval = 7 * 86_400

    public let jobs: [String: CronJob]
    public private(set) var isPaused: Bool
    /// Jobs that were started and have not finished.
    public private(set) var running: Set<String> = []
    /// The next scheduled time of each job; a job without further runs is absent.
    public private(set) var nextRuns: [String: Date] = [:]

    private let names: [String]
    private var handled: [String: Date] = [:]
    private var latest: Date?

    /// - Parameters:
    ///   - jobs: by name.
    ///   - isPaused: the state before the restart.
    public init(jobs: [String: CronJob], isPaused: Bool = false) {
        self.jobs = jobs
        self.isPaused = isPaused
        names = jobs.keys.sorted()
    }

    public mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .start(let now, let lastRuns):
            handled = lastRuns.filter { jobs[$0.key] != nil }
            for name in names { schedule(name, now: handled[name] ?? now) }
            return advance(to: now)
        case .tick(let now):
            return advance(to: now)
        case .finished(let job):
            running.remove(job)
            return []
        case .paused(let now):
            let actions = advance(to: now)
            isPaused = true
            return actions
        case .resumed(let now):
            let actions = advance(to: now)
            isPaused = false
            return actions
        }
    }

    private mutating func advance(to now: Date) -> [Action] {
        noticeSetBack(now)
        var actions = names.compactMap { due($0, now: now) }
        let wake = nextRuns.values.min().map { min($0, now.addingTimeInterval(60)) }
        actions.append(.sleep(until: wake ?? now.addingTimeInterval(60)))
        return actions
    }

    /// After the clock was set back: jobs wait again for times they have not handled, and for no far future.
    private mutating func noticeSetBack(_ now: Date) {
        let limit = now.addingTimeInterval(Self.longestSetBack)
        let wrong = handled.filter { $0.value > limit }.keys
        for name in wrong { handled[name] = nil }
        let setBack = latest.map { now < $0 } ?? false
        for name in names where setBack || wrong.contains(name) {
            schedule(name, now: max(now, handled[name] ?? now))
        }
        latest = now
    }

    private mutating func due(_ name: String, now: Date) -> Action? {
        guard let job = jobs[name], let first = nextRuns[name], first <= now else { return nil }
        // Several missed times are one: the last of them.
        let scheduled = job.expression.last(notAfter: now, after: first, in: job.timeZone) ?? first
        handled[name] = scheduled
        schedule(name, now: now)
        let late = now.timeIntervalSince(scheduled)
        if isPaused { return .skip(job: name, scheduledFor: scheduled, reason: .paused) }
        if running.contains(name) { return .skip(job: name, scheduledFor: scheduled, reason: .stillRunning) }
        guard late <= Self.onTime || job.misfire.allows(late: late) else {
            return .skip(job: name, scheduledFor: scheduled, reason: .missed(late: late))
        }
        running.insert(name)
        return .run(job: name, scheduledFor: scheduled, late: late)
    }

    private mutating func schedule(_ name: String, now: Date) {
        guard let job = jobs[name] else { return }
        nextRuns[name] = job.expression.next(after: now, in: job.timeZone)
    }
}

extension MisfirePolicy {
    fileprivate func allows(late: TimeInterval) -> Bool {
        switch self {
        case .runOnceLate(let maxLateness): late <= maxLateness
        case .skip: false
        }
    }
}
