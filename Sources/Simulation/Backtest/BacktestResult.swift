import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a policy did on a stretch of past bars, costs included.
public struct BacktestResult: Sendable, Hashable, Codable {
    public let symbol: Symbol
    public let interval: Interval
    public let isSynthetic: Bool
    public let costs: CostModel
    /// Open times of the walked bars, UTC milliseconds, `[bars]`.
    public private(set) var openTimes: [Int64] = []
    /// Closing prices, `[bars]`.
    public private(set) var closes: [Double] = []
    /// Equity over the equity at the start, at each bar's close before that close's trading, `[bars]`; the last one has
    /// everything closed.
    public private(set) var equity: [Double] = []
    /// Log return from each bar's close to the next, with the costs of the decision at the former, `[bars − 1]`; the
    /// last one includes the final exit. One hundredth of the training environment's rewards.
    public private(set) var netLogReturns: [Double] = []
    /// Chosen at each bar's close and held to the next, `[bars − 1]`.
    public private(set) var exposures: [Exposure] = []
    public private(set) var trades: [TradeRecord] = []

    /// Fraction won or lost in all.
    public var totalReturn: Double { (equity.last ?? 1) - 1 }

    init(tables: MarketTables, bars: Range<Int>, costs: CostModel) {
        symbol = tables.symbol
        interval = tables.interval
        isSynthetic = tables.isSynthetic
        self.costs = costs
        openTimes.reserveCapacity(bars.count)
        closes.reserveCapacity(bars.count)
        equity.reserveCapacity(bars.count)
        netLogReturns.reserveCapacity(bars.count)
        exposures.reserveCapacity(bars.count)
    }

    /// Appends a bar; `paidBefore` is what was paid at the bar before. Returns what was paid at this one.
    mutating func add(_ step: WalkStep, paidBefore: Double?, isLast: Bool = false) -> Double {
        openTimes.append(step.openTime)
        closes.append(step.close)
        equity.append(isLast ? step.equity : step.equity * exp(-step.tradingLogReturn))
        if let paidBefore {
            netLogReturns.append(paidBefore + step.heldLogReturn + (isLast ? step.tradingLogReturn : 0))
        }
        if !isLast { exposures.append(step.exposure) }
        if let closed = step.closed { trades.append(closed) }
        return step.tradingLogReturn
    }
}
