/// Where a run stands after a rollout, and what that rollout's learning looked like. Every number is finite.
///
/// Losses and the other measures are means over the gradient steps of the rollout, as SB3 logs them.
public struct TrainingProgress: Sendable, Equatable, Codable {
    /// Environment steps done since the beginning of training, over all copies.
    public var step: Int
    /// The step at which the run ends, in whole rollouts.
    public var totalSteps: Int
    /// Gradient steps taken since the beginning of training.
    public var updates: Int
    /// Environment steps a second, learning included, since the latest call of `run`.
    public var stepsPerSecond: Double
    /// Mean return of the latest (at most 100) finished episodes; nil before the first has ended.
    public var meanEpisodeReward: Double?
    /// Mean steps of the same episodes.
    public var meanEpisodeLength: Double?
    /// Mean reward of one step in this rollout.
    public var meanStepReward: Double
    public var policyLoss: Double
    /// Mean squared error of the values, before the value coefficient.
    public var valueLoss: Double
    /// Mean entropy of the action distribution, in nats, summed over action dimensions.
    public var entropy: Double
    /// Schulman's low-variance estimate of KL(old ‖ new), mean of (r − 1) − ln r over the last epoch.
    public var approximateKL: Double
    /// Its plain estimate, mean of −ln r over the last epoch (CleanRL `old_approx_kl`): unbiased as well, but noisier, and below 0
    /// where the sample happens to say so.
    public var oldApproximateKL: Double
    /// Share of samples whose probability ratio left the clip range.
    public var clipFraction: Double
    /// 1 − Var(returns − values) / Var(returns); nil when the returns do not vary.
    public var explainedVariance: Double?
    /// Mean Euclidean norm of the gradient before clipping.
    public var gradientNorm: Double
    public var learningRate: Double
    /// Epochs done; fewer than the settings ask for when the target KL was exceeded.
    public var epochs: Int
    /// Whether the nets can still learn, seen on this rollout; measured now and then, and always after the last rollout.
    public var policyPlasticity: Plasticity?
    public var valuePlasticity: Plasticity?
    /// What a practitioner would look at; empty is healthy.
    public var warnings: [TrainingWarning]

    public var isHealthy: Bool { warnings.isEmpty }
}

/// A sign that training is not going well, though it goes on.
public enum TrainingWarning: String, Sendable, Codable, CaseIterable {
    /// Approximate KL above 0.1: the policy moved further than the clipped objective can vouch for.
    case largePolicyStep
    /// More than half of the samples were clipped.
    case mostSamplesClipped
    /// Entropy below 1 % of its maximum: the policy hardly explores any more.
    case entropyCollapsed
    /// Explained variance below −1: the value net is worse than a constant.
    case valuesMisleading
}
