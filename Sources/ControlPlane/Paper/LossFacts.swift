import Ensemble
import Foundation
import Market
import Store

/// What a paper trade remembers of its decision, stored with it.
public struct TradeDetail: Codable, Sendable, Equatable {
    /// Of flat, long, short at entry; empty for trades of a user's own bot.
    public var probabilities: [Double]
    public var value: Double
    /// The policy's inputs at entry, in the order of its observation layout.
    public var inputs: [Float]
    public var layout: String
    /// Worst and best price move while it was open, as fractions from the position's point of view.
    public var adverseExcursion: Double
    public var favourableExcursion: Double
    /// With all votes, for trades of the ensemble.
    public var decision: EnsembleDecision?

    public init(
        probabilities: [Double], value: Double, inputs: [Float], layout: String, adverseExcursion: Double,
        favourableExcursion: Double, decision: EnsembleDecision? = nil
    ) {
        self.probabilities = probabilities
        self.value = value
        self.inputs = inputs
        self.layout = layout
        self.adverseExcursion = adverseExcursion
        self.favourableExcursion = favourableExcursion
        self.decision = decision
    }
}

extension TradeRow {
    /// Nil for a trade that came without one.
    public func decodedDetail() throws -> TradeDetail? {
        detail.isEmpty || detail == "{}" ? nil : try JSON.value(detail)
    }
}

/// The plain facts of why a trade ended as it did: pure arithmetic on what was stored with it.
public struct LossFacts: Sendable, Equatable {
    public enum Timing: Sendable, Equatable {
        /// It was ahead by more than its costs (best move as a fraction) and closed behind.
        case gaveBack(best: Double)
        case neverAhead
    }

    public struct Choice: Sendable, Equatable {
        public var exposure: Exposure
        public var probability: Double
    }

    public struct Certainty: Sendable, Equatable {
        public var top: Choice
        public var second: Choice
        /// The top action led the next by at least 20 percentage points.
        public var isSure: Bool { top.probability - second.probability >= 0.2 }
    }

    /// Costs as a share of the loss; nil when it made a profit or costs are less than a tenth of the loss.
    public let costShareOfLoss: Double?
    public let timing: Timing?
    public let certainty: Certainty?
    /// Net return of the opposite position on the same bars at the same costs.
    public let opposite: Double

    public init(_ row: TradeRow) throws {
        let costs = row.fees + row.slippage
        let share = row.netReturn < 0 ? costs / -row.netReturn : 0
        costShareOfLoss = share >= 0.1 ? min(share, 1 + max(0, row.grossReturn) / -row.netReturn) : nil
        opposite = -row.grossReturn - costs
        let detail = try row.decodedDetail()
        if let detail, row.netReturn < 0 {
            if detail.favourableExcursion > costs {
                timing = .gaveBack(best: detail.favourableExcursion)
            } else {
                timing = detail.favourableExcursion <= 0 ? .neverAhead : nil
            }
        } else {
            timing = nil
        }
        let ranked = zip(Exposure.allCases, detail?.probabilities ?? []).sorted { $0.1 > $1.1 }
        certainty =
            ranked.count >= 2
            ? Certainty(
                top: Choice(exposure: ranked[0].0, probability: ranked[0].1),
                second: Choice(exposure: ranked[1].0, probability: ranked[1].1)) : nil
    }
}
