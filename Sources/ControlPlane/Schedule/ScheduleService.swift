import Foundation
import Logging
import Schedule
import ServiceLifecycle
import Store
import Synchronization

/// Performs what a ``CronLoop`` decides: starts jobs, stores their last runs, tells of missed ones.
public final class ScheduleService: Service {
    /// Starts a job; `scheduledFor` makes the order recognisable when it is given twice.
    public typealias Job = @Sendable (_ scheduledFor: Date) async throws -> Void

    private let store: Store
    private let jobs: [String: Job]
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let loop: Mutex<CronLoop>
    private let inbox: AsyncStream<CronLoop.Event>
    private let events: AsyncStream<CronLoop.Event>.Continuation
    private let tickedAt: Mutex<Date?> = .init(nil)

    init(
        loop: CronLoop, jobs: [String: Job], store: Store, now: @escaping @Sendable () -> Date, logger: Logger
    ) {
        self.store = store
        self.jobs = jobs
        self.now = now
        self.logger = logger
        self.loop = Mutex(loop)
        (inbox, events) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(256))
    }

    /// When the loop last looked at the clock; old only if it hangs.
    public var lastTick: Date? { tickedAt.withLock { $0 } }
    public var nextRuns: [String: Date] { loop.withLock { $0.nextRuns } }
    public var definitions: [String: CronJob] { loop.withLock { $0.jobs } }

    func pause() { events.yield(.paused(now: now())) }
    func resume() { events.yield(.resumed(now: now())) }

    /// The next runs as they are before the service runs, and known jobs even while it does not.
    func prepare() throws {
        let last = try store.read { try $0.scheduleRuns() }
        let moment = now()
        let actions = loop.withLock { $0.handle(.start(now: moment, lastRuns: last)) }
        pending.withLock { $0 = actions }
        tickedAt.withLock { $0 = moment }
    }

    private let pending = Mutex<[CronLoop.Action]>([])

    public func run() async throws {
        if lastTick == nil { try prepare() }
        await withTaskGroup(of: Void.self) { tasks in
            var timer: Task<Void, Never>?
            let first = pending.withLock { actions in
                defer { actions = [] }
                return actions
            }
            timer = perform(first, tasks: &tasks, timer: timer)
            await withGracefulShutdownHandler {
                for await event in inbox {
                    tickedAt.withLock { $0 = now() }
                    let actions = loop.withLock { $0.handle(event) }
                    if !actions.isEmpty { timer = perform(actions, tasks: &tasks, timer: timer) }
                }
            } onGracefulShutdown: {
                self.events.finish()
            }
            timer?.cancel()
            tasks.cancelAll()
        }
    }

    private func perform(
        _ actions: [CronLoop.Action], tasks: inout TaskGroup<Void>, timer: Task<Void, Never>?
    ) -> Task<Void, Never>? {
        var timer = timer
        for action in actions {
            switch action {
            case .run(let name, let scheduledFor, let late):
                tasks.addTask { await self.start(name, scheduledFor: scheduledFor, late: late) }
            case .skip(let name, let scheduledFor, let reason):
                report(skipped: name, scheduledFor: scheduledFor, reason: reason)
            case .sleep(let until):
                timer?.cancel()
                timer = Task { [events, now] in
                    let seconds = max(0.01, until.timeIntervalSince(now()))
                    // Cancelled by the next sleep or at shutdown; a tick too many is harmless.
                    try? await Task.sleep(for: .seconds(seconds))
                    if !Task.isCancelled { events.yield(.tick(now: now())) }
                }
            }
        }
        return timer
    }

    private func start(_ name: String, scheduledFor: Date, late: TimeInterval) async {
        defer { events.yield(.finished(job: name)) }
        do {
            if late > CronLoop.onTime {
                let moment = now()
                try await store.write { transaction in
                    try transaction.tell(
                        .scheduleMissed(
                            .init(job: name, scheduledFor: scheduledFor, missed: 1, ran: true, reason: "late")),
                        at: moment)
                }
            }
            try await jobs[name]?(scheduledFor)
            try await store.write {
                try $0.recordScheduleRun(job: name, scheduledFor: scheduledFor, outcome: "run")
            }
        } catch {
            logger.error("a scheduled job failed", metadata: ["job": "\(name)", "error": "\(error)"])
        }
    }

    private func report(skipped name: String, scheduledFor: Date, reason: CronLoop.SkipReason) {
        let (words, isTold): (String, Bool) =
            switch reason {
            case .paused: ("paused", false)
            case .stillRunning: ("the run before it still goes on", true)
            case .missed(let late): ("missed by \(Int(late)) s", true)
            }
        do {
            try store.write { transaction in
                try transaction.recordScheduleRun(job: name, scheduledFor: scheduledFor, outcome: words)
                if isTold {
                    try transaction.tell(
                        .scheduleMissed(
                            .init(job: name, scheduledFor: scheduledFor, missed: 1, ran: false, reason: words)),
                        at: now())
                }
            }
        } catch {
            logger.error("a skipped job could not be recorded", metadata: ["job": "\(name)", "error": "\(error)"])
        }
    }
}
