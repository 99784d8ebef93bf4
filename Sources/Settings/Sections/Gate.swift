extension Settings {
    /// When a challenger replaces the champion.
    public struct Gate: Sendable, Equatable {
        /// Chance of a wrong promotion, before it is shared among the challengers tried.
        public var alpha = 0.10
        public var adjustForTries = true
        public var maxDrawdownRatio = 1.25
        public var drawdownConfidence = 0.90
        /// Fraction of equity.
        public var drawdownFloor = 0.10
        public var worldAlpha = 0.10
        public var minWorldResults = 8
        public var minBars = 200
        public var minTrades = 10
        /// Fraction of equity.
        public var firstModelAlpha = 0.05
        public var firstModelDrawdown = 0.50
        public var bootstrapResamples = 2000

        public init() {}
    }
}

extension Settings.Gate {
    static let section = Section(
        name: "gate",
        meaning: "When a challenger replaces the champion. All figures are out of sample and after costs.",
        keys: [
            Key(
                "gate.alpha", \.gate.alpha, .number(0.001...0.5),
                "Largest chance, by paired bootstrap, that the challenger is no better than the champion."),
            Key(
                "gate.adjust_for_tries", \.gate.adjustForTries, .flag,
                "Divide alpha by the number of challengers tried: who tries often enough finds luck."),
            Key(
                "gate.max_drawdown_ratio", \.gate.maxDrawdownRatio, .number(1...10),
                "Upper bound of the challenger's largest drawdown, as a multiple of the champion's."),
            Key(
                "gate.drawdown_confidence", \.gate.drawdownConfidence, .number(0.5...0.99),
                "Confidence of that upper bound."),
            Key(
                "gate.drawdown_floor", \.gate.drawdownFloor, .number(0.001...0.5),
                "Smaller drawdowns of the champion, as a fraction of equity, count as this much."),
            Key(
                "gate.world_alpha", \.gate.worldAlpha, .number(0.001...0.5),
                "Chance, over all simulated worlds together, that one is called worse although it is not."),
            Key(
                "gate.min_world_results", \.gate.minWorldResults, .whole(2...100_000),
                "Paired results that a world needs to be judged."),
            Key("gate.min_bars", \.gate.minBars, .whole(10...10_000_000), "Bars that the comparison needs."),
            Key(
                "gate.min_trades", \.gate.minTrades, .whole(0...1_000_000),
                "Trades that the challenger must have closed in them."),
            Key(
                "gate.first_model_alpha", \.gate.firstModelAlpha, .number(0...0.5),
                "A first policy is kept out if the probability, by bootstrap, that it loses nothing is below this; 0 lets any in."
            ),
            Key(
                "gate.first_model_drawdown", \.gate.firstModelDrawdown, .number(0.01...1),
                "Largest drawdown of a first policy, which has no champion to be compared with, as a fraction of equity."
            ),
            Key(
                "gate.bootstrap_resamples", \.gate.bootstrapResamples, .whole(200...100_000),
                "Resamples of the paired stationary bootstrap."),
        ])
}
