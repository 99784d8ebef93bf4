import Market

/// A policy's trades on past bars, walked in order exactly as a paper trader walks new ones.
public enum Backtest {
    /// Walks `bars` (indices of `tables`; nil for all usable ones): decides on each but the last, at whose close the
    /// open position is closed.
    ///
    /// - Parameter decide: gets the observation, ``MarketTables/layout```.size` floats, valid during the call.
    /// - Throws: ``BacktestError`` for fewer than two bars, bars that are not usable or impossible costs, and whatever
    ///   `decide` throws.
    public static func run(
        _ tables: MarketTables, bars: Range<Int>? = nil, costs: CostModel = CostModel(), protection: Protection = .none,
        decide: (UnsafeBufferPointer<Float>) throws -> PolicyDecision
    ) throws -> BacktestResult {
        let bars = bars ?? tables.usableBars
        guard bars.count >= 2, tables.usableBars.lowerBound <= bars.lowerBound, bars.upperBound <= tables.count else {
            throw BacktestError.bars(bars, usable: tables.usableBars)
        }
        var walker = try TradeWalker(
            symbol: tables.symbol, interval: tables.interval, costs: costs, protection: protection)
        var result = BacktestResult(tables: tables, bars: bars, costs: costs)
        var paid = try result.add(walker.advance(tables, bar: bars.lowerBound, decide: decide), paidBefore: nil)
        for bar in bars.dropFirst().dropLast() {
            paid = try result.add(walker.advance(tables, bar: bar, decide: decide), paidBefore: paid)
        }
        _ = try result.add(walker.finish(tables, bar: bars.upperBound - 1), paidBefore: paid, isLast: true)
        return result
    }

    /// Long from the first bar's close to the last one's, costs included: what every result is held against.
    public static func buyAndHold(
        _ tables: MarketTables, bars: Range<Int>? = nil, costs: CostModel = CostModel()
    ) throws -> BacktestResult {
        try run(tables, bars: bars, costs: costs) { _ in PolicyDecision(exposure: .long) }
    }
}

/// Why bars could not be walked. No state was changed.
public enum BacktestError: Error, Sendable, Hashable, CustomStringConvertible {
    case bars(Range<Int>, usable: Range<Int>)
    case alreadyWalked(openTime: Int64, last: Int64)
    case otherMarket(expected: Symbol, Interval, got: Symbol, Interval)
    case costs(CostModel)
    case protection(Protection)

    public var description: String {
        switch self {
        case .bars(let bars, let usable):
            "bars \(bars.lowerBound)..<\(bars.upperBound) cannot be traded: usable are \(usable.lowerBound)..<\(usable.upperBound), and at least two are needed; load more history"
        case .alreadyWalked(let openTime, let last):
            "the bar of open time \(openTime) is not later than the last one traded (\(last)); it was left out"
        case .otherMarket(let expected, let interval, let symbol, let otherInterval):
            "candles of \(symbol) \(otherInterval) were given to a trader of \(expected) \(interval); nothing was traded"
        case .costs(let costs):
            "costs of \(costs.feeBps) + \(costs.slippageBps) basis points a side are impossible; each is at least 0 and together below 5000"
        case .protection:
            "the stop must lie between 0 and 1 and the target above 0, as fractions of the entry price"
        }
    }
}
