import Foundation
import Logging
import Market
import MarketData
import Policies
import Schedule
import ServiceLifecycle
import Store
import Synchronization

/// Cycles, schedule, paper trading and care behind one face. The chat, HTTP and the command line ask and order here; it knows
/// none of them.
///
/// Orders that change state take the caller's ``Transaction``, so that the change, its event and the order's own record land
/// together; `afterwards` is what to do once they have.
public final class ControlPlane: Sendable {
    public static let version = "0.1.0"

    public let configuration: ControlConfiguration
    public let store: Store
    public let registry: PolicyRegistry
    public let progress = LiveProgress()
    public let metrics = MetricsRegistry()
    public let logTail: LogTail
    public let cycles: CycleService
    public let ingestor: Ingestor
    public let paper: PaperTrader
    public let analyst: TradeAnalyst
    /// Nil when no language model is set up.
    public let language: LanguageServices?
    public let errors: ErrorDesk
    public let strategies: StrategyDesk
    public let ensemble: EnsembleDesk
    /// Nil when no language model is set up.
    public let languageVoter: LanguageVoter?
    public let ensemblePaper: EnsemblePaperTrader
    public let winRate: WinRateService
    public let startedAt: Date
    /// The configuration in force as rows to show; secrets are not among them.
    public let settingRows: [SettingRow]
    public let now: @Sendable () -> Date

    let logger: Logger
    private let trainer: WorkerThread
    private let utility: WorkerThread
    private let tester: WorkerThread
    private let healthChecks = Mutex<[@Sendable () -> HealthReport.Check]>([])
    private let schedules: Mutex<(learning: ScheduleService, upkeep: ScheduleService)?> = .init(nil)

    /// Opens the data folder and everything in it.
    ///
    /// - Parameters:
    ///   - source: where candles come from.
    /// - Throws: ``StoreError``, ``FileFailure``.
    public init(
        configuration: ControlConfiguration, source: any CandleSource, settingRows: [SettingRow] = [],
        logTail: LogTail, logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        self.configuration = configuration
        self.logTail = logTail
        self.logger = logger
        self.now = now
        startedAt = now()
        self.settingRows = settingRows
        for folder in [
            configuration.dataFolder, configuration.checkpointsFolder, configuration.chartsFolder,
            configuration.backupsFolder,
        ] {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        store = try Store(path: configuration.databaseFile.path)
        registry = try PolicyRegistry(folder: configuration.policiesFolder)
        trainer = WorkerThread(name: "trainer-0", niceness: configuration.training.niceness)
        utility = WorkerThread(name: "utility-0", niceness: configuration.training.niceness)
        ingestor = Ingestor(source: source, store: store, configuration: configuration, metrics: metrics, now: now)
        paper = PaperTrader(
            store: store, registry: registry, configuration: configuration, isSynthetic: source.isSynthetic, now: now)
        analyst = TradeAnalyst(
            store: store, registry: registry, charts: configuration.chartsFolder, now: now, logger: logger)
        language = LanguageServices(
            configuration.language, store: store, metrics: metrics,
            isTraining: { [progress] in progress.snapshot != nil }, now: now, logger: logger)
        errors = ErrorDesk(
            store: store, charts: configuration.chartsFolder, worker: analyst.worker, logger: logger)
        strategies = StrategyDesk(
            store: store, configuration: configuration, isSynthetic: source.isSynthetic, worker: analyst.worker)
        tester = WorkerThread(name: "tester-0", niceness: configuration.training.niceness)
        ensemble = EnsembleDesk(
            configuration: configuration, store: store, registry: registry, now: now, logger: logger)
        languageVoter = language.map { [store] in
            LanguageVoter(
                $0.models, configuration: configuration, store: store, isSynthetic: source.isSynthetic, now: now,
                logger: logger)
        }
        if let languageVoter { ensemble.add(languageVoter) }
        ensemblePaper = EnsemblePaperTrader(
            configuration: configuration, store: store, desk: ensemble, isSynthetic: source.isSynthetic, now: now,
            logger: logger)
        winRate = WinRateService(
            configuration: configuration, store: store, desk: ensemble, ingestor: ingestor, worker: tester, now: now,
            logger: logger)
        let runner = LearningCycle(
            configuration: configuration, store: store, registry: registry, ingestor: ingestor, progress: progress,
            metrics: metrics, now: now, logger: logger)
        cycles = CycleService(
            store: store, runner: runner, progress: progress, worker: trainer,
            retryDelay: configuration.retryDelay, now: now, logger: logger)
        try reconcilePolicies()
    }

    // MARK: Cycles

    /// What a request for a cycle led to.
    public enum CycleRequest: Sendable {
        case queued(CycleRecord)
        /// The same order was given before (same idempotency key).
        case known(CycleRecord)
        /// Another cycle is queued or running; nothing was added.
        case busy(CycleRecord)
    }

    /// Queues a cycle in the caller's transaction. Call ``CycleService/wake()`` — by ``wakeCycles()`` — once it has landed.
    public func requestCycle(
        trigger: String, by requester: String, steps: Int? = nil, seed: UInt64? = nil, key: String? = nil,
        in transaction: Transaction
    ) throws -> CycleRequest {
        let record = CycleRecord(
            idempotencyKey: key, trigger: trigger, requestedBy: requester,
            steps: steps ?? configuration.training.steps, seed: seed.map { Int64(bitPattern: $0) }, createdAt: now())
        if let key, let known = try transaction.cycle(withKey: key) { return .known(known) }
        if let active = try transaction.activeCycle() { return .busy(active) }
        return .queued(try transaction.enqueue(record).cycle)
    }

    public func wakeCycles() { cycles.wake() }

    /// Runs what is queued, here and now, to the end. For the command line, where no service runs.
    public func runQueuedCycles() async { await cycles.drainQueue() }

    // MARK: Policies

    /// Loads a version and proves its files by hash and one inference.
    public func verifiedPolicy(_ version: Int) throws -> PublishedPolicy { try registry.load(version) }

    /// Makes `version` the champion in the caller's transaction. `proof` must come from ``verifiedPolicy(_:)`` just now.
    public func promote(_ proof: PublishedPolicy, by actor: String, in transaction: Transaction) throws {
        let version = proof.manifest.version
        let before = try transaction.policy(in: .champion)?.version
        guard before != version else { return }
        try transaction.promote(version, at: now())
        try transaction.tell(
            .policyChanged(.init(from: before, to: version, by: actor, sha256: proof.sha256)), at: now())
    }

    /// Points the `champion` and `fallback` links at what the database says; the database is the truth.
    public func reconcilePolicies() throws {
        let (champion, fallback) = try store.read {
            (try $0.policy(in: .champion)?.version, try $0.policy(in: .fallback)?.version)
        }
        if let champion, registry.championLink != champion || fallback != nil {
            try registry.point(champion: champion, fallback: fallback)
        }
    }

    // MARK: Schedule

    /// `retrain` can be paused; `ingest` and care go on.
    public var learningSchedule: ScheduleService? { schedules.withLock { $0?.learning } }
    public var upkeepSchedule: ScheduleService? { schedules.withLock { $0?.upkeep } }

    static let pausedKey = "schedule.paused"

    /// Who paused scheduled cycles and when; nil while they run.
    public func pausedBy(_ transaction: Transaction) throws -> Pause? {
        try transaction.setting(Self.pausedKey).map { try JSON.value($0) }
    }

    public struct Pause: Codable, Sendable, Equatable {
        public var by: String
        public var since: Date
    }

    /// - Returns: false when they are paused already.
    public func pause(by actor: String, in transaction: Transaction) throws -> Bool {
        guard try pausedBy(transaction) == nil else { return false }
        try transaction.set(Self.pausedKey, to: try JSON.text(Pause(by: actor, since: now())), at: now())
        return true
    }

    /// - Returns: false when they are not paused.
    public func resume(in transaction: Transaction) throws -> Bool {
        guard try pausedBy(transaction) != nil else { return false }
        try transaction.set(Self.pausedKey, to: nil, at: now())
        return true
    }

    /// Lets the running schedule see what ``pause(by:in:)`` or ``resume(in:)`` has stored.
    public func obeyPause(_ isPaused: Bool) {
        guard let learningSchedule else { return }
        isPaused ? learningSchedule.pause() : learningSchedule.resume()
    }

    // MARK: Services

    /// Everything that runs for as long as the process does, in start order. Marks the start in the event log.
    public func makeServices() throws -> [any Service] {
        let care = CareService(control: self, utility: utility, logger: logger)
        let isPaused = try store.read { try pausedBy($0) != nil }
        let misfire: MisfirePolicy = configuration.schedule.runsMissed ? .runOnceLate(maxLateness: 86_400) : .skip
        func loop(_ names: Set<String>, isPaused: Bool) -> CronLoop {
            let chosen = configuration.schedule.jobs.filter { names.contains($0.key) }
            let zone = configuration.schedule.timeZone
            return CronLoop(
                jobs: chosen.mapValues { CronJob(expression: $0, timeZone: zone, misfire: misfire) },
                isPaused: isPaused)
        }
        let learning = ScheduleService(
            loop: loop(["retrain"], isPaused: isPaused), jobs: ["retrain": { try await self.scheduledCycle($0) }],
            store: store, now: now, logger: logger)
        let upkeep = ScheduleService(
            loop: loop(["ingest"], isPaused: false), jobs: ["ingest": { _ in try await self.ingestAndTrade() }],
            store: store, now: now, logger: logger)
        try learning.prepare()
        try upkeep.prepare()
        schedules.withLock { $0 = (learning, upkeep) }
        try care.announceStart()
        // First in, last out: whoever asks it has ended before.
        let servers: [any Service] = language?.server.map { [LocalServerService(server: $0)] } ?? []
        return servers + [cycles, winRate, care, learning, upkeep]
    }

    private func scheduledCycle(_ scheduledFor: Date) async throws {
        try await store.write { transaction in
            let key = "cron:retrain:\(scheduledFor.milliseconds)"
            let request = try self.requestCycle(trigger: "cron", by: "schedule", key: key, in: transaction)
            if case .busy(let active) = request {
                try transaction.tell(
                    .scheduleMissed(
                        .init(
                            job: "retrain", scheduledFor: scheduledFor, missed: 1, ran: false,
                            reason: "cycle \(active.id) is still running")), at: self.now())
            }
        }
        wakeCycles()
    }

    /// Brings new candles and lets champion and ensemble trade them on paper.
    public func ingestAndTrade() async throws {
        _ = try await ingestor.ingest()
        let (paper, ensemblePaper) = (paper, ensemblePaper)
        _ = try await utility.run { try paper.walk() }
        _ = try await utility.run { try ensemblePaper.walk() }
        if let languageVoter, language?.canWord == true { Task { await languageVoter.ask() } }
        await analyst.analyseNew()
    }

    // MARK: Health

    /// Adds a part's own word to ``health()``.
    public func addHealthCheck(_ check: @escaping @Sendable () -> HealthReport.Check) {
        healthChecks.withLock { $0.append(check) }
    }

    public func health() -> HealthReport {
        let core: [HealthReport.Check]
        do { core = try store.read { try coreChecks($0) } } catch { core = [.init("database", .failing, "\(error)")] }
        return HealthReport(checks: core + externalChecks())
    }

    /// The same within a transaction that is open already.
    public func health(in transaction: Transaction) throws -> HealthReport {
        HealthReport(checks: try coreChecks(transaction) + externalChecks())
    }

    private func externalChecks() -> [HealthReport.Check] {
        healthChecks.withLock { $0 }.map { $0() } + (language?.healthCheck().map { [$0] } ?? [])
    }

    // MARK: Small orders

    /// Swaps the links after a roll-back has landed.
    public func obeyPolicyChange() {
        do { try reconcilePolicies() } catch {
            logger.error(
                "the champion link could not be moved; it is tried again at start", metadata: ["error": "\(error)"])
        }
    }

    /// Copies the database on the utility thread.
    public func backUpSoon() {
        Task { [utility, logger] in
            do { _ = try await utility.run { try self.backUp() } } catch {
                logger.error("the backup failed", metadata: ["error": "\(error)"])
            }
        }
    }

    public func path(ofChart name: String) -> String {
        configuration.chartsFolder.appendingPathComponent(name).path
    }
}

/// One line of the configuration.
public struct SettingRow: Sendable, Hashable {
    public let path: String
    public let value: String
    public let isDefault: Bool

    public init(path: String, value: String, isDefault: Bool) {
        self.path = path
        self.value = value
        self.isDefault = isDefault
    }
}
