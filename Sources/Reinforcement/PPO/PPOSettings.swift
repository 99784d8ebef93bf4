import Neural

/// Every hyper-parameter of proximal policy optimisation (Schulman et al. 2017) and of the net it trains.
///
/// The defaults are those of Stable-Baselines3's `PPO` class (version 2), which follow the paper and OpenAI Baselines' `ppo2`.
public struct PPOSettings: Sendable, Equatable, Codable {
    // MARK: Geometry

    /// Copies of the world stepped at once; the environment given to the trainer must have as many. 1...65,536.
    public var copies = 1
    /// Steps of each copy in one rollout (SB3 `n_steps`). 1...1,048,576; `copies × rolloutSteps` at most 16,777,216.
    public var rolloutSteps = 2048
    /// Samples in one gradient step (SB3 `batch_size`). At most `copies × rolloutSteps`; a last smaller one is used as well.
    public var minibatchSize = 64
    /// Passes over each rollout (SB3 `n_epochs`). 1...1,000.
    public var epochs = 10

    // MARK: Objective

    /// γ, the worth of a reward one step later (SB3 `gamma`). 0...1.
    public var discount: Float = 0.99
    /// λ of generalised advantage estimation (Schulman et al. 2016; SB3 `gae_lambda`). 0...1.
    public var gaeLambda: Float = 0.95
    /// ε of the clipped objective (SB3 `clip_range`). Above 0, at most 1.
    public var clipRange: Float = 0.2
    /// How far a new value may move from the old one, in units of the reward (SB3 `clip_range_vf`); nil does not clip.
    public var valueClipRange: Float?
    /// Weight of the entropy bonus (SB3 `ent_coef`). 0...10.
    public var entropyCoefficient: Float = 0
    /// Weight of the value loss (SB3 `vf_coef`). 0...100.
    public var valueCoefficient: Float = 0.5
    /// Ends the passes over a rollout once the approximate KL divergence exceeds 1.5 × this (SB3 `target_kl`); nil never does.
    public var targetKL: Float?
    /// Advantages to mean 0 and deviation 1 in each minibatch (SB3 `normalize_advantage`).
    public var normalisesAdvantages = true

    // MARK: Optimiser

    /// Adam's step size (SB3 `learning_rate`). Above 0, at most 1.
    public var learningRate: Float = 3e-4
    public var learningRateSchedule = LearningRateSchedule.constant
    /// Adam's ε. SB3's policies use 1e-5 where torch uses 1e-8. Above 0, at most 1.
    public var adamEpsilon: Float = 1e-5
    /// Decoupled weight decay (AdamW, Loshchilov & Hutter 2019). 0...1.
    public var weightDecay: Float = 0
    /// The whole gradient is scaled down to this Euclidean norm (SB3 `max_grad_norm`). Above 0.
    public var maximumGradientNorm: Float = 0.5

    // MARK: Continual learning

    /// Weight c of the penalty ½c‖θ − θ₀‖² towards initial weights (Kumar et al. 2023, "Maintaining plasticity"): the run's own, or
    /// fresh ones for a run that goes on from a policy. 0...10; they use 1e-5 to 1e-2.
    public var initialWeightsCoefficient: Float = 0
    /// Rollouts between two resets of dormant hidden units (Sokar et al. 2023, "ReDo"); 0 never resets. 0...1,000,000.
    public var dormantResetInterval = 0
    /// Share of fresh weights mixed into a policy that a run goes on from (Ash & Adams 2020, "shrink and perturb"); 0 leaves it
    /// as it is. 0...1.
    public var perturbedShare: Float = 0

    // MARK: Normalisation (SB3 `VecNormalize`)

    /// Observations to running mean 0 and deviation 1, kept with the policy.
    public var normalisesObservations = false
    /// Rewards divided by the running deviation of the discounted return.
    public var normalisesRewards = false
    /// Normalised observations and rewards are clipped to ± this (SB3 `clip_obs`, `clip_reward`). Above 0.
    public var normalisationClip: Float = 10

    // MARK: Net

    /// Widths of the policy's hidden layers (SB3 `net_arch`). At most 8 layers of 1...4,096.
    public var policyLayers = [64, 64]
    /// Widths of the value net's hidden layers; the two nets share nothing.
    public var valueLayers = [64, 64]
    /// Between the layers (SB3 `activation_fn`).
    public var activation = Activation.tanh
    /// Layer norm between a hidden layer's sums and its activation (Lyle et al. 2023, "Understanding plasticity").
    public var normalisesLayers = false
    /// Units of a gated recurrent layer that both nets read beside the observation, a multiple of 16 up to 1,024; nil for a
    /// policy without memory.
    public var memoryUnits: Int?
    /// Steps that gradients flow back through a memory. Rollouts are cut into sequences of this length, and minibatches are made of
    /// whole ones, so it divides `rolloutSteps` and `minibatchSize`; unused without memory. 1...1,024.
    public var sequenceLength = 64

    public init() {}

    enum CodingKeys: String, CodingKey {
        case copies, rolloutSteps, minibatchSize, epochs
        case discount, gaeLambda, clipRange, valueClipRange, entropyCoefficient, valueCoefficient, targetKL
        case normalisesAdvantages
        case learningRate, learningRateSchedule, adamEpsilon, weightDecay, maximumGradientNorm
        case initialWeightsCoefficient, dormantResetInterval, perturbedShare
        case normalisesObservations, normalisesRewards, normalisationClip
        case policyLayers, valueLayers, activation, normalisesLayers, memoryUnits, sequenceLength
    }

    /// The samples of one rollout.
    public var rolloutSize: Int { copies * rolloutSteps }
}

extension PPOSettings {
    /// Stable-Baselines3's defaults: one copy × 2,048 steps, minibatches of 64, 10 epochs.
    public static let stableBaselines3 = PPOSettings()

    /// For throughput: 64 copies × 128 steps, minibatches of 2,048, 4 epochs; all else as Stable-Baselines3.
    public static let fast: PPOSettings = {
        var settings = PPOSettings()
        settings.copies = 64
        settings.rolloutSteps = 128
        settings.minibatchSize = 2048
        settings.epochs = 4
        return settings
    }()

    /// The geometry of ``fast`` with four times as many, smaller gradient steps and a higher learning rate: as fast, and it
    /// finds more in few steps. Measured on worlds with a known optimum, 200,000 steps, median of five seeds: 99 % of the
    /// optimum on a mean-reverting price (SB3's defaults 99.6 %, `fast` 94 %), 97.8 % on a hidden drift (86 %, 94 %).
    public static let thorough: PPOSettings = {
        var settings = PPOSettings.fast
        settings.minibatchSize = 512
        settings.learningRate = 5e-4
        return settings
    }()

    /// ``thorough`` with a memory of 64 units. On the hidden drift, 200,000 steps, median of five seeds: 98.0 % of the optimum
    /// (`thorough` 97.8 %). Where only the latest return is in sight, `thorough` stays below 60 % and half this memory finds 90 %.
    /// About half as fast.
    public static let recurrent: PPOSettings = {
        var settings = PPOSettings.thorough
        settings.memoryUnits = 64
        return settings
    }()
}
