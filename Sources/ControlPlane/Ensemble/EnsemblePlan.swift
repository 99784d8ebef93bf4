import Ensemble
import Foundation
import Market

/// What the control plane needs to know of the ensemble; the executable fills it from the settings.
public struct EnsemblePlan: Sendable {
    /// Models with their weights at the start, in the order they are shown; 0 begins in the shadow.
    public var models: [(name: String, weight: Double)] = [
        ("trading_ai", 0.25), ("lava_ai", 0.35), ("lgbm_ai", 0.40), ("mistral_ai", 0), ("rl_agent", 0),
    ]
    public var learning = LearningParameters()
    public var rules = TradingRules()
    public var isOnPaper = true
    /// LightGBM's shared library; nil or absent: lgbm_ai is off.
    public var library: String?
    /// Of the win-rate test.
    public var symbols: [Symbol] = []
    public var periodDays = 30
    public var learningDays = 60
    public var maximumIterations = 10
    public var targetWinRate = 0.65
    public var minimumTradesPerSymbol = 5
    public var seed: UInt64 = 29
    /// Seconds between two iterations.
    public var pause = 0.0
    public var plotsFolder: URL?
    public var reportsFolder: URL?
    public var drawsPlots = true
    public var keepsIntermediateResults = true
    public var decisionsKept = 20_000

    public init() {}

    /// The test as it is ordered now; `days` other than the configured ones when told.
    func test(days: Int?, iterations: Int?, interval: Interval, market: [Symbol]) -> WinRatePlan {
        var plan = WinRatePlan(symbols: symbols.isEmpty ? market : symbols)
        plan.periodDays = days ?? periodDays
        plan.learningDays = learningDays
        plan.maximumIterations = iterations ?? maximumIterations
        plan.targetWinRate = targetWinRate
        plan.minimumTradesPerSymbol = minimumTradesPerSymbol
        plan.interval = interval
        plan.seed = seed
        plan.rules = rules
        return plan
    }
}
