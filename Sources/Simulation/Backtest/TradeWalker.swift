import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A trader that walks one symbol's bars in order, with the bookkeeping of back-tests and paper trading alike.
///
/// A decision is taken on the observation at the close of a bar and filled at that close, with fee and slippage; this
/// is what ``TradingEnvironment`` trains on. The walker is a plain value: stored after each bar and read back, it goes
/// on exactly as if it had never stopped, also on tables that begin at another bar.
public struct TradeWalker: Sendable, Hashable, Codable {
    public let symbol: Symbol
    public let interval: Interval
    public private(set) var costs: CostModel
    public private(set) var protection: Protection
    /// Natural logarithm of equity over the equity at the start, all costs paid so far included.
    public private(set) var logEquity = 0.0
    /// The open position, marked at the last walked close.
    public private(set) var position: OpenPosition?
    /// Open time of the last walked bar, UTC milliseconds; nil before the first.
    public private(set) var lastBar: Int64?
    /// Closed trades so far.
    public private(set) var trades = 0

    /// - Throws: ``BacktestError`` for impossible costs or protection.
    public init(
        symbol: Symbol, interval: Interval, costs: CostModel = CostModel(), protection: Protection = .none
    ) throws(BacktestError) {
        try Self.check(costs, protection)
        self.symbol = symbol
        self.interval = interval
        self.costs = costs
        self.protection = protection
    }

    private static func check(_ costs: CostModel, _ protection: Protection) throws(BacktestError) {
        guard costs.isTradable else { throw .costs(costs) }
        guard protection.isSound else { throw .protection(protection) }
    }

    /// Trades by other rules from now on. An open position keeps those it was entered under; then nothing happens.
    ///
    /// - Throws: ``BacktestError`` for impossible costs or protection.
    public mutating func adopt(costs: CostModel, protection: Protection) throws(BacktestError) {
        try Self.check(costs, protection)
        guard position == nil else { return }
        self.costs = costs
        self.protection = protection
    }

    /// Equity, 1 at the start.
    public var equity: Double { exp(logEquity) }

    public var exposure: Exposure { position?.side ?? .flat }

    /// Lets the bar at index `bar` of `tables` pass: marks the open position, honours its stop and target, then asks
    /// `decide` with the observation at the bar's close and trades at that close.
    ///
    /// Bars are given in order, each once; bars in between may be missing.
    /// - Throws: ``BacktestError`` for a bar that is not usable, not later than the last one, or of another symbol or
    ///   interval, and whatever `decide` throws. The walker is then unchanged.
    public mutating func advance(
        _ tables: MarketTables, bar: Int, decide: (UnsafeBufferPointer<Float>) throws -> PolicyDecision
    ) throws -> WalkStep {
        var walked = self
        let step = try walked.walk(tables, bar: bar) { state, answer in
            try withUnsafeTemporaryAllocation(of: Float.self, capacity: tables.layout.size) { buffer in
                guard let output = buffer.baseAddress else { return }
                tables.observe(bar: bar, position: state, costPerSide: Float(costs.perSide), to: output)
                let observation = UnsafeBufferPointer(buffer)
                answer(try decide(observation), observation)
            }
        }
        self = walked
        return step
    }

    /// Lets the last bar pass and closes what is open at its close; nothing is decided.
    ///
    /// - Throws: ``BacktestError`` as `advance` does.
    public mutating func finish(_ tables: MarketTables, bar: Int) throws -> WalkStep {
        var walked = self
        let step = try walked.walk(tables, bar: bar, close: true) { _, _ in }
        self = walked
        return step
    }

    private typealias Answer = (PolicyDecision, UnsafeBufferPointer<Float>) -> Void

    private mutating func walk(
        _ tables: MarketTables, bar: Int, close: Bool = false, ask: (PositionState, Answer) throws -> Void
    ) throws -> WalkStep {
        try check(tables, bar: bar)
        let prices = tables.prices[bar]
        var step = WalkStep(openTime: tables.openTimes[bar], close: prices.close)
        mark(prices, at: step.openTime, step: &step)
        if close {
            if position != nil { leave(at: prices.close, step: &step, cost: cost(sides: 1), reason: .endOfData) }
        } else {
            let state = position?.state ?? PositionState()
            try ask(state) { decision, observation in
                trade(decision, observation, layout: tables.layout.version, at: prices.close, step: &step)
            }
        }
        lastBar = step.openTime
        step.exposure = exposure
        step.equity = equity
        return step
    }

    private func check(_ tables: MarketTables, bar: Int) throws(BacktestError) {
        guard tables.symbol == symbol, tables.interval == interval else {
            throw .otherMarket(expected: symbol, interval, got: tables.symbol, tables.interval)
        }
        guard tables.usableBars.contains(bar) else { throw .bars(bar..<bar + 1, usable: tables.usableBars) }
        if let lastBar, tables.openTimes[bar] <= lastBar {
            throw .alreadyWalked(openTime: tables.openTimes[bar], last: lastBar)
        }
    }

    /// Brings the open position to the close of the new bar, or to its protective exit within it.
    private mutating func mark(_ bar: BarPrices, at openTime: Int64, step: inout WalkStep) {
        guard var open = position else { return }
        let exit = protection.exit(open.side, entry: open.entryPrice, in: bar)
        let price = exit?.price ?? bar.close
        let growth = Growth.of(open.side, from: open.lastPrice, to: price)
        open.mark(growth: growth, price: price, in: exit == nil ? bar : nil)
        position = open
        logEquity += growth / Growth.scale
        step.heldLogReturn = growth / Growth.scale
        if let exit {
            let cost = cost(sides: 1)
            leave(at: exit.price, step: &step, cost: cost, reason: exit.reason)
            step.heldLogReturn += cost
            step.tradingLogReturn -= cost
        }
    }

    private mutating func trade(
        _ decision: PolicyDecision, _ observation: UnsafeBufferPointer<Float>, layout: String, at price: Double,
        step: inout WalkStep
    ) {
        step.decision = decision
        let sides = exposure.sides(to: decision.exposure)
        guard sides > 0 else { return }
        let share = cost(sides: sides) / Double(sides)
        if position != nil { leave(at: price, step: &step, cost: share, reason: sides == 2 ? .flip : .signal) }
        guard decision.exposure != .flat else { return }
        position = OpenPosition(
            side: decision.exposure, entryBar: step.openTime, entryPrice: price, entryLogCost: share,
            decision: decision,
            observation: Array(observation), layout: layout)
        pay(share, step: &step)
        step.opened = decision.exposure
    }

    private mutating func leave(at price: Double, step: inout WalkStep, cost: Double, reason: ExitReason) {
        guard let open = position else { return }
        step.closed = open.record(
            symbol: symbol, interval: interval, costs: costs, exitBar: step.openTime, exitPrice: price,
            exitLogCost: cost,
            reason: reason)
        position = nil
        trades += 1
        pay(cost, step: &step)
    }

    private mutating func pay(_ logCost: Double, step: inout WalkStep) {
        logEquity += logCost
        step.tradingLogReturn += logCost
    }

    private func cost(sides: Int) -> Double { Growth.cost(sides: sides, costs) / Growth.scale }
}

/// What happened to a ``TradeWalker`` during one bar.
public struct WalkStep: Sendable, Hashable {
    /// Open time of the bar, UTC milliseconds.
    public let openTime: Int64
    public let close: Double
    /// Log return of the position held through the bar, with the cost of a stop or target if one was touched.
    public internal(set) var heldLogReturn = 0.0
    /// Cost of what was traded at the close, as a log return, at most 0.
    public internal(set) var tradingLogReturn = 0.0
    /// Held from this close on.
    public internal(set) var exposure = Exposure.flat
    /// After trading, 1 at the start of the walk.
    public internal(set) var equity = 1.0
    /// Nil on the closing bar of a back-test.
    public internal(set) var decision: PolicyDecision?
    /// The side newly entered at this close.
    public internal(set) var opened: Exposure?
    public internal(set) var closed: TradeRecord?

    init(openTime: Int64, close: Double) {
        self.openTime = openTime
        self.close = close
    }
}
