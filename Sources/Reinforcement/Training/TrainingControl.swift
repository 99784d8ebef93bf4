#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How a caller steers a run and hears from it. Every closure but `shouldStop` is called on the thread that called `run`.
public struct TrainingControl {
    /// Asked between minibatches and between rollout steps, from any trainer thread; true ends the run at the last finished
    /// rollout.
    public var shouldStop: @Sendable () -> Bool
    /// Called after each rollout has been learned from.
    public var onProgress: (TrainingProgress) -> Void
    /// Least seconds between two checkpoints; 0 writes one after each rollout.
    public var checkpointInterval: Double
    /// Receives ``PPOTrainer/checkpoint()``; what it throws ends the run and is thrown on by `run`.
    public var onCheckpoint: ((Data) throws -> Void)?
    /// Seconds of a clock that never runs backwards; used for rates and the checkpoint interval only, never for results.
    public var clock: @Sendable () -> Double

    public init(
        shouldStop: @escaping @Sendable () -> Bool = { false },
        onProgress: @escaping (TrainingProgress) -> Void = { _ in },
        checkpointInterval: Double = 60,
        onCheckpoint: ((Data) throws -> Void)? = nil,
        clock: @escaping @Sendable () -> Double = TrainingControl.monotonicSeconds
    ) {
        self.shouldStop = shouldStop
        self.onProgress = onProgress
        self.checkpointInterval = checkpointInterval
        self.onCheckpoint = onCheckpoint
        self.clock = clock
    }

    private static let start = ContinuousClock.now

    public static let monotonicSeconds: @Sendable () -> Double = {
        (ContinuousClock.now - start) / .seconds(1)
    }
}
