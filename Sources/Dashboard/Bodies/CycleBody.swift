import ControlPlane
import Foundation
import Store

/// A cycle as the API shows it.
struct CycleBody: Encodable {
    let id: Int64
    let state: CycleState
    let trigger: String
    let requestedBy: String
    /// Environment steps to train.
    let steps: Int
    let seed: UInt64?
    /// The step it is in, or ended in.
    let step: String?
    let attempt: Int
    let stopRequested: Bool
    let createdAt: Date
    let startedAt: Date?
    let finishedAt: Date?
    let reason: String?
    /// The running step, live.
    private(set) var progress: Progress?
    /// Finished steps in order.
    private(set) var timeline: [Step]?
    private(set) var report: CycleReport?

    struct Progress: Encodable {
        let step: CycleStep
        let attempt: Int
        /// 0…1.
        let fraction: Double?
        let trainedSteps: Int?
        let totalSteps: Int?
        let stepsPerSecond: Double?
        let meanReward: Double?
        let etaSeconds: Double?
    }

    struct Step: Encodable {
        let step: String
        let attempt: Int
        let startedAt: Date
        let finishedAt: Date
        let seconds: Double
    }

    /// The row alone.
    init(_ record: CycleRecord) {
        id = record.id
        state = record.state
        trigger = record.trigger
        requestedBy = record.requestedBy
        steps = record.steps
        seed = record.seed.map(UInt64.init(bitPattern:))
        step = record.step
        attempt = record.attempt
        stopRequested = record.stopRequested
        createdAt = record.createdAt
        startedAt = record.startedAt
        finishedAt = record.finishedAt
        reason = record.reason
    }

    /// With its steps, its report and, while it runs, how far it is.
    init(_ record: CycleRecord, live: LiveProgress.Snapshot?, in transaction: Transaction) throws {
        self.init(record)
        let steps = try transaction.steps(of: record.id)
        timeline = CycleStep.allCases.compactMap { step in steps.first { $0.step == step.rawValue } }.map(Step.init)
        // A report of an older shape is left out; the row above says how the cycle ended.
        report = record.report.flatMap { try? JSON.value($0) }
        if let live, live.cycle == record.id, !record.state.isFinished { progress = Progress(live) }
    }
}

extension CycleBody.Progress {
    init(_ live: LiveProgress.Snapshot) {
        /// JSON has no word for a figure that is not finite.
        func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
        self.init(
            step: live.step, attempt: live.attempt, fraction: finite(live.fraction), trainedSteps: live.trainedSteps,
            totalSteps: live.totalSteps, stepsPerSecond: finite(live.stepsPerSecond),
            meanReward: finite(live.meanReward), etaSeconds: finite(live.eta))
    }
}

extension CycleBody.Step {
    init(_ record: CycleStepRecord) {
        self.init(
            step: record.step, attempt: record.attempt, startedAt: record.startedAt, finishedAt: record.finishedAt,
            seconds: Double(record.finishedAt.milliseconds - record.startedAt.milliseconds) / 1000)
    }
}
