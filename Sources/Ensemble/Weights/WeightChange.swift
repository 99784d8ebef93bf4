/// One move of one weight, with all that led to it.
public struct WeightChange: Sendable, Hashable, Codable {
    public enum Cause: String, Sendable, Hashable, Codable, CaseIterable {
        /// Its word on the trade was better than a coin's.
        case reward
        case punishment
        /// It had no word; the others moved.
        case balance
        case admitted
        case withdrawn
        /// Somebody set the weights.
        case ordered
    }

    public var model: String
    public var state: EnsembleMember.State
    public var cause: Cause
    /// In words: the reason of a withdrawal, who gave the order.
    public var reason: String
    public var old: Double
    /// After the step and the decay, before the bounds.
    public var raw: Double
    /// After the bounds: the new weight.
    public var projected: Double
    /// See ``Gain``: quality, centred gain, baseline.
    public var quality: Double
    public var gain: Double
    public var baseline: Double
    /// The learning rate in force.
    public var rate: Double
    /// Of ``TradeScore``; empty when no trade was the cause.
    public var trade: String
}
