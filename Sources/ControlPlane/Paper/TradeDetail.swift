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

    public init(
        probabilities: [Double], value: Double, inputs: [Float], layout: String, adverseExcursion: Double,
        favourableExcursion: Double
    ) {
        self.probabilities = probabilities
        self.value = value
        self.inputs = inputs
        self.layout = layout
        self.adverseExcursion = adverseExcursion
        self.favourableExcursion = favourableExcursion
    }
}

extension TradeRow {
    /// Nil for a trade that came without one.
    public func decodedDetail() throws -> TradeDetail? {
        detail.isEmpty || detail == "{}" ? nil : try JSON.value(detail)
    }
}
