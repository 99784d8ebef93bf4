extension Settings {
    /// The models that vote, and how their votes become trades on paper.
    public struct Ensemble: Sendable, Equatable {
        /// Fractions of the whole; 0 begins in the shadow.
        public var models = ["trading_ai": 0.25, "lava_ai": 0.35, "lgbm_ai": 0.40, "mistral_ai": 0, "rl_agent": 0]
        public var adaptiveRate = false
        public var paper = true
        /// Relative to the working directory.
        public var lightgbmLibrary = "data/lib/lib_lightgbm.so"
        public var learningDays = 60
        /// Seconds.
        public var iterationPauseSeconds = 0
        /// In average true ranges.
        public var stopRanges = 4.0
        public var targetRanges = 4.0
        public var maxHoldBars = 96
        /// Fraction of equity.
        public var riskPerTrade = 0.02
        public var thresholdCalm = 0.25
        public var thresholdNormal = 0.25
        public var thresholdWild = 0.40
        public var decisionsKept = 20_000

        public init() {}
    }
}

extension Settings.Ensemble {
    static let section = Section(
        name: "ensemble", meaning: "The models that vote, and how their votes become trades on paper.",
        keys: [
            Key(
                "ensemble.models", \.ensemble.models,
                .entries(
                    "an object of weights from 0 to 1 by model",
                    named: .name("a model's name like lava_ai"), each: .number(0...1), atMost: 32),
                "Weight of each model at the start and what decay pulls it back to; together they are 1, and 0 means that a model begins in the shadow: it votes and is scored, but not followed."
            ),
            Key(
                "ensemble.adaptive_rate", \.ensemble.adaptiveRate, .flag,
                "Let the learning rate follow AdaHedge, within a factor of ten around learning_parameters.learning_rate."
            ),
            Key("ensemble.paper", \.ensemble.paper, .flag, "Trade each new candle on paper, beside the champion."),
            Key(
                "ensemble.lightgbm_library", \.ensemble.lightgbmLibrary, .path,
                "LightGBM's shared library, which `./run` fetches; relative to the working directory. Without it lgbm_ai is off."
            ),
            Key(
                "ensemble.learning_days", \.ensemble.learningDays, .whole(5...3650),
                "Days before each judged window of a win-rate test that are learned from."),
            Key(
                "ensemble.iteration_pause_seconds", \.ensemble.iterationPauseSeconds, .whole(0...86_400),
                "Rest between two iterations of a win-rate test."),
            Key(
                "ensemble.stop_ranges", \.ensemble.stopRanges, .number(0.1...100),
                "Distance of the stop from the entry, in average true ranges."),
            Key(
                "ensemble.target_ranges", \.ensemble.targetRanges, .number(0.1...100),
                "Distance of the target from the entry, in average true ranges."),
            Key(
                "ensemble.max_hold_bars", \.ensemble.maxHoldBars, .whole(1...10_000),
                "Bars after which a trade that met neither is closed."),
            Key(
                "ensemble.risk_per_trade", \.ensemble.riskPerTrade, .number(above: 0, upTo: 1),
                "Fraction of equity that a stop may cost; it decides the size of a position, never above all of it."),
            Key(
                "ensemble.threshold_calm", \.ensemble.thresholdCalm, .number(0...1),
                "Combined confidence needed to enter while bars are narrower than usual."),
            Key(
                "ensemble.threshold_normal", \.ensemble.thresholdNormal, .number(0...1),
                "The same in a usual market."),
            Key(
                "ensemble.threshold_wild", \.ensemble.thresholdWild, .number(0...1),
                "The same while bars are half as wide again as usual, or wider."),
            Key(
                "ensemble.decisions_kept", \.ensemble.decisionsKept, .whole(100...10_000_000),
                "Decisions of paper trading, each with all its votes, that are kept."),
        ])
}
