import Market

/// How the ensemble turns votes into positions.
public struct TradingRules: Sendable, Hashable, Codable {
    /// Distances of stop and target from the entry, in average true ranges of the bar that was decided on.
    public var stopRanges = 4.0
    public var targetRanges = 4.0
    /// A trade that has met neither is closed at the close of this many-th bar.
    public var maximumBars = 96
    /// Fraction of equity that a stop may cost; the position is as large as that allows, never above all of it.
    public var riskPerTrade = 0.02
    /// Combined confidence needed to enter, by regime.
    public var calmThreshold = 0.25
    public var normalThreshold = 0.25
    public var wildThreshold = 0.40
    public var costs = CostModel()

    public init() {}

    public func threshold(in regime: MarketState.Regime) -> Double {
        switch regime {
        case .calm: calmThreshold
        case .normal: normalThreshold
        case .wild: wildThreshold
        }
    }

    /// Fraction of equity to put into a position whose stop lies `stopFraction` of the price away.
    public func size(stopFraction: Double) -> Double {
        stopFraction > 0 ? min(1, riskPerTrade / (stopFraction + 2 * costs.perSide)) : 0
    }
}
