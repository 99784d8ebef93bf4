import Market

/// What the ensemble made of its votes at the close of one bar. With it any trade can be explained and reckoned again.
public struct EnsembleDecision: Sendable, Hashable, Codable {
    /// What followed.
    public enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
        /// A position is opened at the next open.
        case entered
        /// Too little agreement for the regime.
        case belowThreshold = "below_threshold"
        /// There is a position already.
        case inPosition = "in_position"
        /// Too few bars to know the market.
        case tooEarly = "too_early"
    }

    public struct Vote: Sendable, Hashable, Codable {
        public let model: String
        public let side: Exposure
        public let confidence: Double
        /// Of the model when it voted; 0 in the shadow.
        public let weight: Double
        public let reason: String

        public init(model: String, side: Exposure, confidence: Double, weight: Double, reason: String) {
            self.model = model
            self.side = side
            self.confidence = confidence
            self.weight = weight
            self.reason = reason
        }
    }

    /// Open time of the bar at whose close it was taken, UTC milliseconds.
    public let bar: Int64
    public let side: Exposure
    /// |Σ weight · side · confidence|, 0…1.
    public let confidence: Double
    public let regime: MarketState.Regime
    public let threshold: Double
    /// Fraction of equity; 0 without an entry.
    public let size: Double
    public let outcome: Outcome
    public let votes: [Vote]
}
