import Market

/// Worlds with a known character, for training and for judging a policy where history offers no such days.
///
/// Prices are a heavy-tailed random walk with volatility clustering, bent so that every UTC day is inside its
/// definition exactly; see ``holds(for:interval:)``. They are scenarios, not forecasts, and always marked synthetic.
public enum ScenarioWorld: String, Sendable, Codable, CaseIterable, CustomStringConvertible {
    /// Each day gains 5 to 10 %.
    case bull
    /// Each day loses 5 to 10 %.
    case bear
    /// Each day's realised volatility √Σr² stays below 0.5 %.
    case flat
    /// Each day has a flash crash of 10 to 40 % with partial recovery and a collapse of liquidity; what is left of the
    /// loss is regained before the next one.
    case stress

    public var description: String { rawValue }

    /// Ten years of gaining 10 % a day still fit a price.
    private static let longestDays = 3650

    /// What trading costs in this world: in stress spreads are wide, so slippage is five times as large.
    public func costs(_ costs: CostModel) -> CostModel {
        self == .stress ? CostModel(feeBps: costs.feeBps, slippageBps: 5 * costs.slippageBps) : costs
    }

    /// `bars` candles from a UTC midnight on.
    ///
    /// - Parameters:
    ///   - bars: 1 to ten years. A last day that is cut short gets its share of the day's move (stress: its event in the time it has).
    ///   - seed: equal seeds give equal candles.
    ///   - start: UTC milliseconds, taken back to the midnight before.
    ///   - template: a series whose price, volatility and volume the world takes over; nil for a market at 100 that moves 3 % a day.
    /// - Throws: ``ScenarioWorldError``.
    public func generate(
        symbol: Symbol? = nil, interval: Interval, bars: Int, seed: UInt64, startingAt start: Int64 = 1_577_836_800_000,
        template: CandleSeries? = nil
    ) throws(ScenarioWorldError) -> CandleSeries {
        let most = Self.longestDays * interval.barsPerDay
        guard (1...most).contains(bars) else { throw .bars(bars, most: most) }
        guard let symbol = symbol ?? template?.symbol ?? Symbol(rawValue: rawValue.uppercased()) else {
            throw .noSymbol(world: self)
        }
        let texture = try template.map { template throws(ScenarioWorldError) in try ScenarioTexture(of: template) }
        var generator = ScenarioGenerator(
            world: self, interval: interval, texture: texture ?? ScenarioTexture(), start: Interval.oneDay.floor(start),
            seed: seed)
        return CandleSeries(
            symbol: symbol, interval: interval, candles: generator.candles(bars), isSynthetic: true)
    }
}

/// Why a scenario could not be generated. Nothing was.
public enum ScenarioWorldError: Error, Sendable, Hashable, CustomStringConvertible {
    case bars(Int, most: Int)
    case noSymbol(world: ScenarioWorld)
    case templateTooShort(symbol: Symbol, count: Int, needed: Int)
    case templateUnusable(symbol: Symbol, reason: String)

    public var description: String {
        switch self {
        case .bars(let bars, let most): "a world of \(bars) bars was asked for; 1 to \(most) (ten years) are possible"
        case .noSymbol(let world): "the \(world) world needs a symbol to carry its name"
        case .templateTooShort(let symbol, let count, let needed):
            "\(symbol) has \(count) candles, too few to take a world's volatility and volume from; at least \(needed) are needed"
        case .templateUnusable(let symbol, let reason):
            "a world cannot be modelled on \(symbol): \(reason); choose another symbol or period"
        }
    }
}
