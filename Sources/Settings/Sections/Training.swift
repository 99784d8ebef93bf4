extension Settings {
    /// One training run: proximal policy optimisation. Defaults of the algorithm are those of Schulman et al. 2017 as
    /// implemented by Stable-Baselines3, but for the entropy bonus, which is CleanRL's.
    public struct Training: Sendable, Equatable {
        /// Environment steps, all environments together.
        public var steps = 50_000
        public var threads = 1
        public var niceness = 10
        public var seed: UInt64 = 1
        public var environments = 64
        /// Steps of each environment between two updates.
        public var rollout = 128
        public var minibatch = 2048
        public var epochs = 4
        public var learningRate = 3e-4
        public var discount = 0.99
        public var gaeLambda = 0.95
        public var clipRange = 0.2
        public var entropyCoefficient = 0.0
        public var valueCoefficient = 0.5
        public var maxGradientNorm = 0.5
        public var policy = Policy.mlp
        /// Of the recurrent layer, for ``Policy/gru``.
        public var memoryUnits = 64
        /// Steps that gradients flow back through the memory.
        public var sequence = 64
        public var layerNorm = false
        public var l2Init = 0.0
        /// Updates between two resets; 0 never.
        public var dormantReset = 0
        public var shrinkPerturb = 0.0
        /// Policies trained in a cycle, of which one is judged.
        public var candidates = 1
        /// Fraction of the training bars.
        public var selectionShare = 0.2
        public var checkpointSeconds = 5
        public var keep = 10
        public var validationDays = 30
        public var purgeBars = 96
        /// Steps stored after a cycle.
        public var experiencePerCycle = 4096
        /// Rows.
        public var experienceKept = 100_000

        public init() {}

        public enum Policy: String, Sendable, CaseIterable {
            case mlp, gru
        }
    }
}

extension Settings.Training {
    static let section = Section(
        name: "training", meaning: "One training run of the policy (PPO), and what it is judged on.",
        keys: [
            Key("training.steps", \.training.steps, .whole(1...1_000_000_000), "Environment steps of a run."),
            Key(
                "training.threads", \.training.threads, .whole(1...256), "Threads that train; leave a core to the chat."
            ),
            Key(
                "training.niceness", \.training.niceness, .whole(0...19),
                "How far the training threads stand back for everything else."),
            Key(
                "training.seed", \.training.seed, .whole(0...UInt64.max),
                "Every random number of a cycle follows from this and the cycle's number."),
            Key(
                "training.environments", \.training.environments, .whole(1...65_536),
                "Environments stepped side by side."
            ),
            Key(
                "training.rollout", \.training.rollout, .whole(1...1_048_576),
                "Steps of each environment between two updates."),
            Key(
                "training.minibatch", \.training.minibatch, .whole(2...16_777_216),
                "Samples of one gradient step, at most environments × rollout."),
            Key("training.epochs", \.training.epochs, .whole(1...1000), "Passes over a rollout."),
            Key("training.learning_rate", \.training.learningRate, .number(above: 0, upTo: 1), "Step size of Adam."),
            Key("training.discount", \.training.discount, .number(0...1), "Worth of the next step's reward, γ."),
            Key("training.gae_lambda", \.training.gaeLambda, .number(0...1), "Reach of the advantage estimate, λ."),
            Key(
                "training.clip_range", \.training.clipRange, .number(above: 0, upTo: 1),
                "How far one update may change an action's probability, ε."),
            Key(
                "training.entropy_coefficient", \.training.entropyCoefficient, .number(0...10),
                "Weight of the bonus for trying things out."),
            Key(
                "training.value_coefficient", \.training.valueCoefficient, .number(0...100), "Weight of the value loss."
            ),
            Key(
                "training.max_gradient_norm", \.training.maxGradientNorm, .number(above: 0, upTo: 1000),
                "Longer gradients are shortened to this."),
            Key(
                "training.policy", \.training.policy, .choice,
                "What learns: `mlp` sees the latest bars, `gru` has a memory besides; the latter takes about twice the time."
            ),
            Key(
                "training.memory_units", \.training.memoryUnits, .whole(16...1024),
                "Units of the memory of a `gru`, a multiple of 16."),
            Key(
                "training.sequence", \.training.sequence, .whole(1...1024),
                "Steps that a `gru` learns across; divides training.rollout and training.minibatch."),
            Key(
                "training.layer_norm", \.training.layerNorm, .flag,
                "Layer norm in the hidden layers, against nets that stop learning."),
            Key(
                "training.l2_init", \.training.l2Init, .number(0...10),
                "Pull of the weights towards fresh ones, against nets that stop learning; 0 is none, 0.0001 a usual one. Fresh they are also where a cycle goes on from an earlier policy, drawn anew each time, not that policy's own: too strong a pull unlearns what it knew."
            ),
            Key(
                "training.dormant_reset", \.training.dormantReset, .whole(0...1_000_000),
                "Updates between two resets of units that have gone dormant; 0 never resets."),
            Key(
                "training.shrink_perturb", \.training.shrinkPerturb, .number(0...1),
                "Share of fresh weights mixed in where a cycle goes on from an earlier policy; 0 is none."),
            Key(
                "training.candidates", \.training.candidates, .whole(1...64),
                "Policies that a cycle trains with other seeds and hyper-parameters; the best on bars kept for choosing is judged. Each takes the steps and the time of one."
            ),
            Key(
                "training.selection_share", \.training.selectionShare, .number(0.05...0.5),
                "Fraction of the training bars, the newest, on which candidates are compared instead; unused with one candidate."
            ),
            Key(
                "training.checkpoint_seconds", \.training.checkpointSeconds, .whole(1...3600),
                "Seconds between two checkpoints, the most that a crash costs."),
            Key(
                "training.keep", \.training.keep, .whole(2...1000),
                "Policies that are kept; champion and fallback always are."),
            Key(
                "training.validation_days", \.training.validationDays, .whole(1...3650),
                "Latest days, not trained on, on which challenger and champion are compared."),
            Key(
                "training.purge_bars", \.training.purgeBars, .whole(0...100_000),
                "Bars left out between training and validation."),
            Key(
                "training.experience_per_cycle", \.training.experiencePerCycle, .whole(0...10_000_000),
                "Steps (state, action, reward, next state) of each cycle that are stored."),
            Key(
                "training.experience_kept", \.training.experienceKept, .whole(0...1_000_000_000),
                "Stored steps that are kept; the oldest go first."),
        ])
}
