import Foundation
import Synchronization

/// How far the running cycle is, for anyone who looks; nothing here is stored.
public final class LiveProgress: Sendable {
    public struct Snapshot: Sendable, Equatable {
        public var cycle: Int64
        public var step: CycleStep
        public var attempt: Int
        public var startedAt: Date
        /// 0…1 of the running step; nil when it cannot be told.
        public var fraction: Double?
        public var trainedSteps: Int?
        public var totalSteps: Int?
        public var stepsPerSecond: Double?
        public var meanReward: Double?
        public var stopRequested: Bool

        /// Seconds left of training.
        public var eta: Double? {
            guard let trainedSteps, let totalSteps, let stepsPerSecond, stepsPerSecond > 0 else { return nil }
            return Double(max(0, totalSteps - trainedSteps)) / stepsPerSecond
        }
    }

    private let current = Mutex<Snapshot?>(nil)

    public init() {}

    /// Nil while nothing runs.
    public var snapshot: Snapshot? { current.withLock { $0 } }

    func begin(_ cycle: Int64, step: CycleStep, attempt: Int, at now: Date) {
        current.withLock {
            let started = $0?.cycle == cycle ? $0!.startedAt : now
            let stopping = $0?.cycle == cycle && $0!.stopRequested
            $0 = Snapshot(cycle: cycle, step: step, attempt: attempt, startedAt: started, stopRequested: stopping)
        }
    }

    func update(_ change: (inout Snapshot) -> Void) {
        current.withLock { if $0 != nil { change(&$0!) } }
    }

    func end() { current.withLock { $0 = nil } }
}
