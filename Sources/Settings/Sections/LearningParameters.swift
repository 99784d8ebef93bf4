extension Settings {
    /// How the ensemble's weights follow its trades.
    public struct LearningParameters: Sendable, Equatable {
        public var learningRate = 0.01
        public var rewardMultiplier = 1.5
        public var punishmentMultiplier = 0.8
        public var weightDecay = 0.001
        /// Fraction of the whole; the weights sum to 1.
        public var minWeight = 0.05
        /// Fraction of the whole.
        public var maxWeight = 0.70

        public init() {}
    }
}

extension Settings.LearningParameters {
    static let section = Section(
        name: "learning_parameters", meaning: "How the ensemble's weights are rewarded and punished, trade by trade.",
        keys: [
            Key(
                "learning_parameters.learning_rate", \.learningParameters.learningRate, .number(above: 0, upTo: 1),
                "How far one trade moves the weights, in their logarithms."),
            Key(
                "learning_parameters.reward_multiplier", \.learningParameters.rewardMultiplier, .number(0...100),
                "Factor on what a model's word on a trade would have won."),
            Key(
                "learning_parameters.punishment_multiplier", \.learningParameters.punishmentMultiplier,
                .number(0...100),
                "Factor on what it would have lost."),
            Key(
                "learning_parameters.weight_decay", \.learningParameters.weightDecay, .number(0...1),
                "How strongly every trade pulls the weights back towards those of ensemble.models."),
            Key(
                "learning_parameters.min_weight", \.learningParameters.minWeight, .number(0...0.5),
                "Smallest weight of an active model; all weights sum to 1."),
            Key(
                "learning_parameters.max_weight", \.learningParameters.maxWeight, .number(above: 0, upTo: 1),
                "Largest weight of a model."),
        ])
}
