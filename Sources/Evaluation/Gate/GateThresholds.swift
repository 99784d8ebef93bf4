/// When a challenger is good enough. Every figure has a range; ``PromotionGate`` refuses values outside it.
public struct GateThresholds: Sendable, Hashable, Codable {
    /// Largest permitted chance that the challenger is no better than the champion. 0.001…0.5.
    public var alpha: Double = 0.10
    /// Divide `alpha` by the number of challengers tried (Bonferroni): who tries often enough finds luck.
    public var adjustsForTries: Bool = true
    /// Upper bound of the challenger's drawdown over the champion's. 1…10.
    public var drawdownRatio: Double = 1.25
    /// Confidence of that upper bound. 0.5…0.99.
    public var drawdownConfidence: Double = 0.90
    /// Drawdowns below this fraction count as this much. Without it nothing could ever follow a champion that does not trade. 0.001…0.5.
    public var drawdownFloor: Double = 0.10
    /// Chance, over all worlds together, that one is called worse although it is not. 0.001…0.5.
    public var worldAlpha: Double = 0.10
    /// Paired results a world needs. 2…100000.
    public var minimumWorldResults: Int = 8
    /// Bars of the out-of-sample window. 10…10000000.
    public var minimumBars: Int = 200
    /// Trades the challenger closed in the window. 0…1000000.
    public var minimumTrades: Int = 10
    /// Deflated Sharpe ratio the challenger must reach, 0.5…0.999; nil: not asked for.
    public var minimumDeflatedSharpe: Double?
    /// A first model, which has no champion to beat, is kept out when the probability that it loses nothing is below this, 0–0.5;
    /// 0 lets any in.
    public var firstModelAlpha: Double = 0.05
    /// Largest out-of-sample drawdown of a first model, which has no champion to be compared with. 0.01…1.
    public var firstModelDrawdown: Double = 0.50
    /// Draws of the bootstrap. 200…100000.
    public var resamples: Int = 2000

    public init() {}

    private enum CodingKeys: String, CodingKey {
        case alpha
        case adjustsForTries = "adjust_for_tries"
        case drawdownRatio = "drawdown_ratio"
        case drawdownConfidence = "drawdown_confidence"
        case drawdownFloor = "drawdown_floor"
        case worldAlpha = "world_alpha"
        case minimumWorldResults = "min_world_results"
        case minimumBars = "min_bars"
        case minimumTrades = "min_trades"
        case minimumDeflatedSharpe = "min_deflated_sharpe"
        case firstModelAlpha = "first_model_alpha"
        case firstModelDrawdown = "first_model_drawdown"
        case resamples
    }

    /// Absent keys keep their defaults.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        alpha = try keys.decodeIfPresent(Double.self, forKey: .alpha) ?? alpha
        adjustsForTries = try keys.decodeIfPresent(Bool.self, forKey: .adjustsForTries) ?? adjustsForTries
        drawdownRatio = try keys.decodeIfPresent(Double.self, forKey: .drawdownRatio) ?? drawdownRatio
        drawdownConfidence = try keys.decodeIfPresent(Double.self, forKey: .drawdownConfidence) ?? drawdownConfidence
        drawdownFloor = try keys.decodeIfPresent(Double.self, forKey: .drawdownFloor) ?? drawdownFloor
        worldAlpha = try keys.decodeIfPresent(Double.self, forKey: .worldAlpha) ?? worldAlpha
        minimumWorldResults = try keys.decodeIfPresent(Int.self, forKey: .minimumWorldResults) ?? minimumWorldResults
        minimumBars = try keys.decodeIfPresent(Int.self, forKey: .minimumBars) ?? minimumBars
        minimumTrades = try keys.decodeIfPresent(Int.self, forKey: .minimumTrades) ?? minimumTrades
        minimumDeflatedSharpe = try keys.decodeIfPresent(Double.self, forKey: .minimumDeflatedSharpe)
        firstModelAlpha = try keys.decodeIfPresent(Double.self, forKey: .firstModelAlpha) ?? firstModelAlpha
        firstModelDrawdown = try keys.decodeIfPresent(Double.self, forKey: .firstModelDrawdown) ?? firstModelDrawdown
        resamples = try keys.decodeIfPresent(Int.self, forKey: .resamples) ?? resamples
    }

    /// - Throws: ``EvaluationError/parameter(name:value:allowed:)`` for the first figure outside its range.
    public func validate() throws(EvaluationError) {
        let ranges: [(String, Double, ClosedRange<Double>)] = [
            ("alpha", alpha, 0.001...0.5), ("drawdown_ratio", drawdownRatio, 1...10),
            ("drawdown_confidence", drawdownConfidence, 0.5...0.99), ("drawdown_floor", drawdownFloor, 0.001...0.5),
            ("world_alpha", worldAlpha, 0.001...0.5), ("min_world_results", Double(minimumWorldResults), 2...100_000),
            ("min_bars", Double(minimumBars), 10...10_000_000), ("min_trades", Double(minimumTrades), 0...1_000_000),
            ("min_deflated_sharpe", minimumDeflatedSharpe ?? 0.95, 0.5...0.999),
            ("first_model_alpha", firstModelAlpha, 0...0.5),
            ("first_model_drawdown", firstModelDrawdown, 0.01...1), ("resamples", Double(resamples), 200...100_000),
        ]
        for (name, value, range) in ranges where !range.contains(value) {
            throw .parameter(name: name, value: value, allowed: "\(range.lowerBound)–\(range.upperBound)")
        }
    }
}
