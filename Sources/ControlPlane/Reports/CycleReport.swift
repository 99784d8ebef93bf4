import Foundation
import Market
import Store

/// Everything a cycle has to say for itself; the last of it is what arrives in the chat.
///
/// Returns are fractions, net of costs, on bars never trained on. Formulas stand in `docs/metrics.md`.
public struct CycleReport: Codable, Sendable, Equatable {
    public var cycle: Int64
    public var outcome: CycleState
    /// Why it ended so, for a person: the gate's reasons, an error, who stopped it.
    public var reasons: [Reason]
    /// What serves now.
    public var serving: String?
    /// What this cycle trained, if it came that far.
    public var challenger: String?
    public var finishedAt: Date
    public var seconds: Double
    public var requestedBy: String
    public var trigger: String
    public var market: MarketWindow?
    public var training: Training?
    public var validation: Validation?
    public var drift: Drift?
    /// PNG, below the data folder.
    public var chart: String?
    /// The step that was running when it ended early.
    public var endedIn: String?

    public struct Reason: Codable, Sendable, Equatable {
        public var passed: Bool
        public var english: String
        public var russian: String

        public init(passed: Bool, english: String, russian: String) {
            self.passed = passed
            self.english = english
            self.russian = russian
        }
    }

    public struct MarketWindow: Codable, Sendable, Equatable {
        public var symbols: [String]
        public var interval: String
        public var synthetic: Bool
        public var source: String
        public var bars: Int
        public var newBars: Int
        public var missingBars: Int
        public var from: Date
        public var to: Date
    }

    public struct Training: Codable, Sendable, Equatable {
        /// Done, in whole rollouts.
        public var steps: Int
        /// Asked for; nil in reports from before this was kept.
        public var orderedSteps: Int?
        public var seconds: Double
        public var stepsPerSecond: Double
        public var seed: UInt64
        public var parent: Int?
        public var threads: Int
        /// Share of the last updates that were healthy, 0…1.
        public var stability: Double
        /// Mean reward a step by step count.
        public var curve: [Point]
        public var resumed: Bool
        /// Nil where one policy was trained.
        public var candidates: Candidates?
    }

    /// Policies trained in one cycle, of which the best on bars kept for choosing was judged.
    public struct Candidates: Codable, Sendable, Equatable {
        /// All that were tried, those that diverged included.
        public var count: Int
        /// The chosen one, from 1.
        public var chosen: Int
        /// Mean net log return a bar on the bars kept for choosing, by candidate; nil for one that diverged.
        public var scores: [Double?]
        /// The bars kept for choosing.
        public var from: Date
        public var to: Date
    }

    public struct Point: Codable, Sendable, Equatable {
        public var step: Int
        public var reward: Double
    }

    /// One policy's figures on the out-of-sample window.
    public struct Figures: Codable, Sendable, Equatable {
        public var totalReturn: Double
        public var meanLogReturnPerBar: Double
        public var sharpeAnnual: Double
        public var maxDrawdown: Double
        public var trades: Int
        public var winRate: Double
        public var winRateLow: Double
        public var winRateHigh: Double
        public var breakEvenWinRate: Double
    }

    /// Mean net return a day in a scenario world.
    public struct World: Codable, Sendable, Equatable {
        public var world: String
        public var challenger: Double
        public var champion: Double?
        public var buyAndHold: Double
    }

    public struct Validation: Codable, Sendable, Equatable {
        public var from: Date
        public var to: Date
        public var bars: Int
        public var costs: CostModel
        public var challenger: Figures
        public var champion: Figures?
        public var buyAndHold: Figures
        /// Mean paired difference a bar (challenger − champion, or − flat for the first), with its 90 % interval.
        public var meanDifference: Double
        public var differenceLow: Double
        public var differenceHigh: Double
        /// P(mean difference ≤ 0) by paired stationary bootstrap.
        public var probabilityNotBetter: Double
        public var tries: Int
        public var worlds: [World]
        public var promoted: Bool
    }

    public struct Drift: Codable, Sendable, Equatable {
        /// Largest population stability index of a feature: bars learned from against bars judged on.
        public var largestFeatureShift: Double
        public var feature: String
        /// Jensen–Shannon divergence of challenger's and champion's actions, 0…1; nil for the first version.
        public var policy: Double?
        public var level: String
    }
}

extension CycleReport {
    /// Reward of the headline: difference of the out-of-sample net returns, challenger against what served before
    /// (flat for the first version), as a fraction.
    public var rewardChange: Double? {
        validation.map { $0.challenger.totalReturn - ($0.champion?.totalReturn ?? 0) }
    }

    /// Drawdown of the headline: relative change of the largest drawdown against what served before, or, for the first
    /// version, against buying and holding.
    public var drawdownChange: Double? {
        guard let validation else { return nil }
        let before = (validation.champion ?? validation.buyAndHold).maxDrawdown
        return before > 0 ? validation.challenger.maxDrawdown / before - 1 : nil
    }
}
