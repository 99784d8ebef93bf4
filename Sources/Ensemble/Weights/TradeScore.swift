import Market

/// What a trade would have brought each way, so that every model can be scored by its own word, not only the one that was
/// followed.
public struct TradeScore: Sendable, Hashable, Codable {
    /// Names the trade in the history of the weights, such as `trade 42`.
    public var trade: String
    /// Net returns of going long and of going short at the same bar, each with its own stop, target and time limit, as
    /// fractions of the value at entry.
    public var longReturn: Double
    public var shortReturn: Double
    /// What the models said at entry, by name. A model that is missing had nothing to say.
    public var votes: [String: Vote]

    /// A model's word without its reason.
    public struct Vote: Sendable, Hashable, Codable {
        public var side: Exposure
        public var confidence: Double

        public init(_ side: Exposure, confidence: Double) {
            self.side = side
            self.confidence = confidence
        }
    }

    public init(trade: String, longReturn: Double, shortReturn: Double, votes: [String: Vote]) {
        self.trade = trade
        self.longReturn = longReturn
        self.shortReturn = shortReturn
        self.votes = votes
    }
}

/// One model's part in a ``TradeScore``.
struct Gain: Sendable, Hashable {
    /// Net result of its word in typical results, −1…1, times its confidence; 0 when it held.
    var quality = 0.0
    /// Mean gain of a coin with the same exposure.
    var baseline = 0.0
    /// What its weight is moved by: its multiplied quality, less the baseline.
    var centred = 0.0

    init(_ score: TradeScore, _ vote: TradeScore.Vote?, typical: Double, _ parameters: LearningParameters) {
        guard let vote, vote.side != .flat, vote.confidence > 0 else { return }
        let (own, other) =
            vote.side == .long ? (score.longReturn, score.shortReturn) : (score.shortReturn, score.longReturn)
        func quality(_ result: Double) -> Double {
            typical > 0 ? min(max(result / typical, -1), 1) * vote.confidence : 0
        }
        func gain(_ quality: Double) -> Double {
            (quality > 0 ? parameters.rewardMultiplier : parameters.punishmentMultiplier) * quality
        }
        self.quality = quality(own)
        baseline = (gain(quality(own)) + gain(quality(other))) / 2
        centred = gain(self.quality) - baseline
    }
}
