import Ensemble
import Foundation
import Logging
import Market
import ServiceLifecycle
import Store
import Synchronization

/// Runs queued win-rate sessions, one at a time, on a thread of their own. The queue is the `sessions` table; a session found
/// running at start goes on behind its last stored iteration.
public final class WinRateService: Service {
    let configuration: ControlConfiguration
    let store: Store
    let desk: EnsembleDesk
    let ingestor: Ingestor
    let now: @Sendable () -> Date
    let logger: Logger
    private let worker: WorkerThread
    private let wakeups: AsyncStream<Void>
    private let wakeup: AsyncStream<Void>.Continuation
    private let running = Mutex<(session: Int64, stop: StopFlag)?>(nil)
    private let current = Mutex<SessionProgress?>(nil)

    init(
        configuration: ControlConfiguration, store: Store, desk: EnsembleDesk, ingestor: Ingestor,
        worker: WorkerThread, now: @escaping @Sendable () -> Date, logger: Logger
    ) {
        self.configuration = configuration
        self.store = store
        self.desk = desk
        self.ingestor = ingestor
        self.worker = worker
        self.now = now
        self.logger = logger
        (wakeups, wakeup) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        wakeup.yield()
    }

    /// Nil while nothing runs.
    public var progress: SessionProgress? { current.withLock { $0 } }

    func update(_ change: (inout SessionProgress) -> Void) {
        current.withLock { if $0 != nil { change(&$0!) } }
    }

    // MARK: Orders

    /// What a request for a session led to.
    public enum Request: Sendable {
        case queued(SessionRecord)
        /// The same order was given before (same idempotency key).
        case known(SessionRecord)
        /// Another session is queued or running; nothing was added.
        case busy(SessionRecord)
    }

    /// Queues a session in the caller's transaction. Call ``wake()`` once it has landed.
    public func request(
        trigger: String, by requester: String, days: Int? = nil, iterations: Int? = nil, key: String? = nil,
        in transaction: Transaction
    ) throws -> Request {
        if let key, let known = try transaction.session(withKey: key) { return .known(known) }
        if let active = try transaction.activeSession() { return .busy(active) }
        var test = configuration.ensemble.test(
            days: days, iterations: iterations, interval: configuration.market.interval,
            market: configuration.market.symbols)
        test.earlierTries = try earlierTries(of: test, in: transaction)
        let plan = SessionPlan(test: test, isSynthetic: ingestor.isSynthetic)
        return .queued(
            try transaction.insert(
                SessionRecord(
                    idempotencyKey: key, trigger: trigger, requestedBy: requester, plan: try JSON.text(plan),
                    createdAt: now())))
    }

    /// Sessions that were judged on some of the same candles.
    private func earlierTries(of test: WinRatePlan, in transaction: Transaction) throws -> Int {
        let begin = now().milliseconds - Int64(test.daysNeeded) * 86_400_000
        return try transaction.sessions(limit: 1000).count { record in
            // A plan of an older shape cannot be compared and is left out.
            guard record.iterations > 0, let plan = try? JSON.value(record.plan, as: SessionPlan.self) else {
                return false
            }
            return plan.isSynthetic == ingestor.isSynthetic && plan.test.interval == test.interval
                && !Set(plan.test.symbols).isDisjoint(with: test.symbols) && plan.end ?? 0 > begin
        }
    }

    public func wake() { wakeup.yield() }

    /// Asks the session to end behind the piece of work it is at; what was judged so far stays.
    ///
    /// - Returns: false when it is not active.
    public func stop(_ session: Int64, in transaction: Transaction) throws -> Bool {
        guard var record = try transaction.session(session), !record.state.isFinished else { return false }
        record.stopRequested = true
        try transaction.update(record)
        return true
    }

    /// Lets the running work see what ``stop(_:in:)`` has stored.
    public func obeyStop(of session: Int64) {
        running.withLock { if $0?.session == session { $0?.stop.raise(.cancelled) } }
        update { if $0.session == session { $0.stopRequested = true } }
        wake()
    }

    // MARK: Work

    public func run() async throws {
        await withGracefulShutdownHandler {
            for await _ in wakeups {
                await drainQueue()
                if Task.isShuttingDownGracefully { break }
            }
        } onGracefulShutdown: {
            self.running.withLock { $0?.stop.raise(.shutdown) }
            self.wakeup.finish()
        }
    }

    /// Runs what is queued until nothing is left. Also the whole of `marketflow winrate`.
    public func drainQueue() async {
        while !Task.isShuttingDownGracefully {
            do {
                guard let record = try store.read({ try $0.activeSession() }) else { return }
                guard try await drive(record) else { return }
            } catch {
                logger.error("the queue of sessions stands still", metadata: ["error": "\(error)"])
                return
            }
        }
    }

    /// Drives one session to its end; false when the process is leaving and the session stays as it is.
    private func drive(_ found: SessionRecord) async throws -> Bool {
        let stop = StopFlag()
        if found.stopRequested { stop.raise(.cancelled) }
        running.withLock { $0 = (found.id, stop) }
        current.withLock {
            $0 = SessionProgress(
                session: found.id, phase: .fetching, iterations: found.iterations, planned: 0, trades: 0,
                startedAt: found.startedAt ?? now())
        }
        defer {
            running.withLock { $0 = nil }
            current.withLock { $0 = nil }
        }
        var record = found
        let models = try desk.ruleModels()
        do {
            record = try await begin(record)
            guard record.attempt <= Self.attempts else {
                try await finish(record, .interrupted, reason: "it was cut off \(Self.attempts) times")
                return true
            }
            try stop.check()
            for model in models { try await model.prepare() }
            try await fetch(&record, stop: stop)
            let work = SessionWork(service: self, record: record, models: models, stop: stop)
            try await work.perform(on: worker)
            try await finish(record, .finished, reason: nil)
        } catch let stopped as Stopped {
            for model in models { await model.release() }
            if stopped.reason == .shutdown { return false }
            try await finish(record, .cancelled, reason: "stopped by order")
            return true
        } catch is CancellationError {
            for model in models { await model.release() }
            return false
        } catch {
            try await finish(record, .failed, reason: "\(error)")
        }
        for model in models { await model.release() }
        return true
    }

    private static let attempts = 5

    private func begin(_ record: SessionRecord) async throws -> SessionRecord {
        let moment = now()
        return try await store.write { transaction in
            var row = try transaction.session(record.id) ?? record
            row.state = .running
            row.attempt += 1
            if row.startedAt == nil { row.startedAt = moment }
            try transaction.update(row)
            return row
        }
    }

    /// Brings the candles of the test's symbols and settles on their end.
    private func fetch(_ record: inout SessionRecord, stop: StopFlag) async throws {
        var plan = try JSON.value(record.plan, as: SessionPlan.self)
        guard plan.end == nil else { return }
        for symbol in plan.test.symbols {
            try stop.check()
            do { try await ingestor.provide(symbol, days: plan.test.daysNeeded) } catch {
                // What is stored may do; if not, the test says what is missing.
                logger.warning(
                    "no new candles for a test", metadata: ["symbol": "\(symbol)", "error": "\(error)"])
            }
        }
        let interval = plan.test.interval
        let isSynthetic = plan.isSynthetic
        let newest = try plan.test.symbols.compactMap {
            try store.lastCandleTime(symbol: $0, interval: interval, isSynthetic: isSynthetic)
        }.min()
        plan.end = newest.map { $0 + interval.milliseconds }
        let text = try JSON.text(plan)
        let id = record.id
        record = try await store.write { transaction in
            guard var row = try transaction.session(id) else {
                throw StoreError.refused(reason: "session \(id) is gone")
            }
            row.plan = text
            try transaction.update(row)
            return row
        }
    }

    private func finish(_ record: SessionRecord, _ state: SessionState, reason: String?) async throws {
        update { $0.phase = .reporting }
        let (id, moment, keepsAll) = (record.id, now(), configuration.ensemble.keepsIntermediateResults)
        let row = try await store.write { transaction in
            guard var row = try transaction.session(id) else {
                throw StoreError.refused(reason: "session \(id) is gone")
            }
            row.state = state
            row.finishedAt = moment
            row.reason = reason
            row.stopRequested = false
            try transaction.update(row)
            if state == .finished { try self.adopt(row, in: transaction) }
            try transaction.tell(.sessionFinished(try SessionNotice(row)), at: moment)
            return row
        }
        if row.iterations > 0 {
            let writer = SessionReportWriter(configuration: configuration, store: store)
            do { _ = try await worker.run { try writer.write(id) } } catch {
                logger.warning("no report of session \(id)", metadata: ["error": "\(error)"])
            }
        }
        if !keepsAll {
            try await store.write { try $0.dropIntermediateResults(of: id, keeping: row.iterations) }
        }
        logger.info("session finished", metadata: ["session": "\(id)", "outcome": "\(state.rawValue)"])
    }

    /// What the session learned becomes the weights in use, unless these are frozen; what they were stays as a snapshot.
    private func adopt(_ record: SessionRecord, in transaction: Transaction) throws {
        guard let text = record.weights else { return }
        let learned = try JSON.value(text, as: EnsembleWeights.self)
        var weights = try desk.weights(transaction)
        let before = weights
        if !weights.isFrozen {
            let changes = weights.restore(learned, reason: "learned in session \(record.id)")
            try transaction.insert(
                EnsembleSnapshotRow(
                    at: now(), sessionId: nil, reason: "before session \(record.id)", weights: try JSON.text(before)))
            try desk.save(weights, changes, in: transaction)
        }
        try transaction.insert(
            EnsembleSnapshotRow(
                at: now(), sessionId: record.id, reason: "after session \(record.id)", weights: text))
    }
}
