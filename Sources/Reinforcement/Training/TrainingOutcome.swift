/// What a run came to.
public struct TrainingOutcome: Sendable {
    public enum Ending: Sendable, Equatable {
        /// All steps were done.
        case completed
        /// `shouldStop` said so; the unfinished rollout was dropped.
        case stopped
        /// A loss, gradient, observation or reward was not a finite number. `reason` says which; the policy is the last
        /// one whose every number was finite.
        case diverged(reason: String)
    }

    public let ending: Ending
    public let policy: ActorCritic
    /// Environment steps behind `policy`, since the beginning of training.
    public let steps: Int
    /// Wall seconds of this call of `run`.
    public let seconds: Double
    /// One entry a rollout of this call, oldest first; a long run's is thinned evenly to at most 4,096.
    public let history: [TrainingProgress]

    public init(
        ending: Ending, policy: ActorCritic, steps: Int, seconds: Double, history: [TrainingProgress]
    ) {
        self.ending = ending
        self.policy = policy
        self.steps = steps
        self.seconds = seconds
        self.history = history
    }
}
