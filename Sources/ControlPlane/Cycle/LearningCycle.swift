import Foundation
import Logging
import Market
import Neural
import Policies
import Store

/// The work of a cycle, step by step: ingest ► drift ► generate ► experience ► train ► validate ► deploy ► report.
///
/// Each step is work on values followed by one transaction that stores its result. Steps run on the trainer thread and look at the
/// stop flag.
final class LearningCycle: Sendable {
    let configuration: ControlConfiguration
    let store: Store
    let registry: PolicyRegistry
    let ingestor: Ingestor
    let progress: LiveProgress
    let metrics: MetricsRegistry
    let now: @Sendable () -> Date
    let logger: Logger

    init(
        configuration: ControlConfiguration, store: Store, registry: PolicyRegistry, ingestor: Ingestor,
        progress: LiveProgress, metrics: MetricsRegistry, now: @escaping @Sendable () -> Date, logger: Logger
    ) {
        self.configuration = configuration
        self.store = store
        self.registry = registry
        self.ingestor = ingestor
        self.progress = progress
        self.metrics = metrics
        self.now = now
        self.logger = logger
    }

    /// Runs one step, unless its result is stored already.
    ///
    /// - Returns: the gate's word after validation, nil after other steps.
    func perform(_ step: CycleStep, attempt: Int, of cycle: CycleRecord, stop: StopFlag) throws -> Bool? {
        let job = CycleJob(record: cycle, attempt: attempt, seed: seed(of: cycle), stop: stop)
        if try store.read({ try $0.steps(of: cycle.id).contains { $0.step == step.rawValue } }) {
            return step == .validate
                ? try result(.validate, of: cycle.id, as: CycleResults.Validate.self).validation.promoted : nil
        }
        let started = now()
        switch step {
        case .ingest: try save(step, job, started, try ingest(job))
        case .drift: try save(step, job, started, try measureDrift(job))
        case .generate: try save(step, job, started, try generate(job))
        case .experience: try gatherExperience(job, started: started)
        case .train: try save(step, job, started, try train(job))
        case .validate:
            let validated = try validate(job)
            try save(step, job, started, validated)
            return validated.validation.promoted
        case .deploy: try deploy(job, started: started)
        case .report: try save(step, job, started, try drawReport(job))
        }
        return nil
    }

    /// Every random number of the cycle follows from this.
    func seed(of cycle: CycleRecord) -> UInt64 {
        if let seed = cycle.seed { return UInt64(bitPattern: seed) }
        var stream = RandomStream(seed: configuration.training.seed).split("cycle").split(Int(cycle.id))
        return stream.next() >> 1
    }

    // MARK: Results

    /// The stored result of a finished step.
    func result<Result: Decodable>(_ step: CycleStep, of cycle: Int64, as type: Result.Type = Result.self) throws
        -> Result
    {
        guard let found = try store.read({ try result(step, of: cycle, as: type, in: $0) }) else {
            throw CycleError.missingResult(step: step)
        }
        return found
    }

    func result<Result: Decodable>(
        _ step: CycleStep, of cycle: Int64, as type: Result.Type = Result.self, in transaction: Transaction
    ) throws -> Result? {
        try transaction.steps(of: cycle).first { $0.step == step.rawValue }.map { try JSON.value($0.result) }
    }

    private func save(_ step: CycleStep, _ job: CycleJob, _ started: Date, _ result: some Encodable) throws {
        try store.write { try save(step, job, started, result, in: $0) }
    }

    /// Stores the result within the transaction that also makes the step's own changes.
    func save(
        _ step: CycleStep, _ job: CycleJob, _ started: Date, _ result: some Encodable, in transaction: Transaction
    ) throws {
        let finished = now()
        try transaction.save(
            CycleStepRecord(
                cycleId: job.record.id, step: step.rawValue, attempt: job.attempt, startedAt: started,
                finishedAt: finished, result: try JSON.text(result)))
        metrics.observe(
            "marketflow_cycle_step_duration_seconds", help: "Time a step of a cycle took.",
            labels: ["step": step.rawValue], seconds: finished.timeIntervalSince(started))
    }

    /// The gate's word, if the cycle got that far.
    func storedVerdict(of cycle: Int64, in transaction: Transaction) throws -> Bool? {
        try result(.validate, of: cycle, as: CycleResults.Validate.self, in: transaction)?.validation.promoted
    }

    /// Removes what only the unfinished cycle needed.
    func cleanUp(after cycle: CycleRecord) {
        let folder = configuration.checkpointsFolder
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []  // nothing was trained
        let candidates = names.filter { $0.hasPrefix(candidatePrefix(of: cycle.id)) }
            .map { folder.appendingPathComponent($0) }
        for file in [checkpointFile(of: cycle.id), policyFile(of: cycle.id)] + candidates {
            // Absent when the cycle never trained.
            try? FileManager.default.removeItem(at: file)
        }
        pruneEvents()
    }

    func checkpointFile(of cycle: Int64) -> URL {
        configuration.checkpointsFolder.appendingPathComponent("cycle-\(cycle).checkpoint")
    }

    func policyFile(of cycle: Int64) -> URL {
        configuration.checkpointsFolder.appendingPathComponent("cycle-\(cycle).policy")
    }
}

/// A step's view of its cycle.
struct CycleJob {
    let record: CycleRecord
    let attempt: Int
    let seed: UInt64
    let stop: StopFlag

    /// The stream called `name` of this cycle.
    func stream(_ name: String) -> RandomStream { RandomStream(seed: seed).split(name) }
}
