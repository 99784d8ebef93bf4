import Foundation
import Logging
import ServiceLifecycle
import Store
import Synchronization

/// Runs queued cycles, one at a time, each on the trainer thread.
///
/// The queue is the `cycles` table: whoever inserts a row and calls ``wake()`` has started a cycle. A cycle found running
/// at start goes on where it was.
public final class CycleService: Service {
    private let store: Store
    private let runner: LearningCycle
    private let progress: LiveProgress
    private let worker: WorkerThread
    private let retryDelay: Duration
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let wakeups: AsyncStream<Void>
    private let wakeup: AsyncStream<Void>.Continuation
    private let running = Mutex<(cycle: Int64, step: CycleStep, stop: StopFlag)?>(nil)

    init(
        store: Store, runner: LearningCycle, progress: LiveProgress, worker: WorkerThread,
        retryDelay: Duration, now: @escaping @Sendable () -> Date, logger: Logger
    ) {
        self.store = store
        self.runner = runner
        self.progress = progress
        self.worker = worker
        self.retryDelay = retryDelay
        self.now = now
        self.logger = logger
        (wakeups, wakeup) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        wakeup.yield()
    }

    /// Looks for a queued cycle now.
    func wake() { wakeup.yield() }

    public func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await _ in wakeups {
                    let isDone = await drainQueue()
                    if Task.isShuttingDownGracefully { break }
                    if !isDone { group.addTask { await self.wakeLater() } }
                }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.running.withLock { $0?.stop.raise(.shutdown) }
            self.wakeup.finish()
        }
    }

    /// Runs what is queued until nothing is left. Also the whole of `marketflow cycle`.
    ///
    /// - Returns: false when the database refused, so that the cycle stands where it was.
    @discardableResult
    func drainQueue() async -> Bool {
        while !Task.isShuttingDownGracefully {
            do {
                guard let cycle = try store.read({ try $0.activeCycle() }) else { return true }
                guard try await drive(cycle) else { return true }
            } catch {
                logger.error("the cycle queue stands still", metadata: ["error": "\(error)"])
                return false
            }
        }
        return true
    }

    /// A full disk or a locked database mends without telling us.
    private func wakeLater() async {
        do { try await Task.sleep(for: retryDelay) } catch { return }  // cancelled: the service ends
        wake()
    }

    /// Asks the running cycle to end, or withdraws a queued one.
    ///
    /// - Returns: what will happen, or nil when that cycle is not active.
    public func stop(_ cycle: Int64, in transaction: Transaction) throws -> StopAnswer? {
        guard var record = try transaction.cycle(cycle), !record.state.isFinished else { return nil }
        if let step = record.step.flatMap(CycleStep.init(rawValue:)), !step.canBeStopped { return .tooLate(step) }
        record.stopRequested = true
        try transaction.update(record)
        return record.state == .queued ? .withdrawn : .stopping(record.step.flatMap(CycleStep.init(rawValue:)))
    }

    /// Lets the running work see what ``stop(_:in:)`` has stored.
    public func obeyStop(of cycle: Int64) {
        running.withLock { if $0?.cycle == cycle { $0?.stop.raise(.cancelled) } }
        progress.update { if $0.cycle == cycle { $0.stopRequested = true } }
        wake()
    }

    /// Drives one cycle to its end; false when the process is leaving and the cycle stays as it is.
    private func drive(_ found: CycleRecord) async throws -> Bool {
        var record = found
        let restarted = found.state == .running
        var machine = try restoredMachine(of: found)
        let stop = StopFlag()
        if found.stopRequested { stop.raise(.cancelled) }
        var action = machine.handle(found.stopRequested ? .stopped : (restarted ? .restarted : .begin))
        defer {
            running.withLock { $0 = nil }
            progress.end()
        }
        while let next = action {
            switch next {
            case .finish(let outcome, let reason):
                try await finish(&record, outcome: outcome, reason: reason)
                return true
            case .perform(let step, let attempt):
                try await enter(step, attempt: attempt, record: &record, resumed: restarted && attempt > 1)
                running.withLock { $0 = (record.id, step, stop) }
                // A stop that arrived between the row's reading and this line is in the row.
                let row = try store.read { try $0.cycle(found.id) }
                if row?.stopRequested == true, step.canBeStopped { stop.raise(.cancelled) }
                progress.begin(record.id, step: step, attempt: attempt, at: record.startedAt ?? now())
                guard let event = try await perform(step, attempt: attempt, record: record, stop: stop) else {
                    return false
                }
                action = machine.handle(event)
            }
        }
        return true
    }

    private func restoredMachine(of record: CycleRecord) throws -> CycleMachine {
        guard record.state == .running, let step = record.step.flatMap(CycleStep.init(rawValue:)) else {
            return CycleMachine()
        }
        let promotes = try store.read { try runner.storedVerdict(of: record.id, in: $0) }
        return CycleMachine(state: .running(step, attempt: record.attempt), promotes: promotes)
    }

    private func enter(_ step: CycleStep, attempt: Int, record: inout CycleRecord, resumed: Bool) async throws {
        let moment = now()
        let isStart = record.state == .queued
        record.state = .running
        record.step = step.rawValue
        record.attempt = attempt
        if record.startedAt == nil { record.startedAt = moment }
        let id = record.id
        let moved = record
        try await store.write { transaction in
            // The stop order may have been stored meanwhile; it must not be overwritten.
            var row = moved
            row.stopRequested = try transaction.cycle(id)?.stopRequested ?? false
            try transaction.update(row)
            if isStart {
                try transaction.tell(
                    .cycleStarted(
                        .init(cycle: id, trigger: row.trigger, requestedBy: row.requestedBy, steps: row.steps)),
                    at: moment)
            } else if resumed {
                try transaction.tell(
                    .cycleResumed(.init(cycle: id, step: step.rawValue, attempt: attempt)), at: moment)
            }
        }
    }

    /// Runs the step on the trainer thread; nil when the process is leaving.
    private func perform(
        _ step: CycleStep, attempt: Int, record: CycleRecord, stop: StopFlag
    ) async throws -> CycleMachine.Event? {
        let runner = runner
        do {
            let promotes = try await worker.run {
                if step.canBeStopped { try stop.check() }
                return try runner.perform(step, attempt: attempt, of: record, stop: stop)
            }
            return .stepCompleted(promotes: promotes)
        } catch let stopped as Stopped {
            return stopped.reason == .shutdown ? nil : .stopped
        } catch let error as StoreError where stop.reason != .shutdown {
            // The database itself failed: trying to write "failed" into it is worth one attempt, made by the caller.
            return .stepFailed(reason: "\(error)")
        } catch is CancellationError {
            return nil
        } catch {
            return .stepFailed(reason: "\(error)")
        }
    }

    private func finish(_ record: inout CycleRecord, outcome: CycleState, reason: String?) async throws {
        let moment = now()
        let endedIn = record.step
        record.state = outcome
        record.finishedAt = moment
        record.reason = reason
        let row = record
        let runner = runner
        try await store.write { transaction in
            var row = row
            let report = try runner.report(of: row, endedIn: endedIn, at: moment, in: transaction)
            row.report = try JSON.text(report)
            row.reason = reason ?? report.reasons.first { !$0.passed }?.english
            row.stopRequested = false
            try transaction.update(row)
            try transaction.tell(.cycleFinished(report), at: moment)
        }
        runner.cleanUp(after: record)
        logger.info("cycle finished", metadata: ["cycle": "\(record.id)", "outcome": "\(outcome)"])
    }
}

/// What a stop order leads to.
public enum StopAnswer: Sendable, Equatable {
    case withdrawn
    case stopping(CycleStep?)
    /// The result is being published; the cycle ends by itself within a second.
    case tooLate(CycleStep)
}
