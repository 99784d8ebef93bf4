import Market

/// The ensemble's book on one symbol: at most one position, entered at the open after the decision, left at stop, target or time
/// limit. Back-tests and paper trading walk it alike; stored after a bar and read back, it goes on as if it had never stopped.
public struct EnsembleTrader: Sendable, Hashable, Codable {
    public let symbol: Symbol
    /// In force from the next entry on; what is open keeps its stop and target.
    public var rules: TradingRules
    /// 1 at the start; closed trades only.
    public private(set) var equity = 1.0
    public private(set) var open: EnsembleTrade?
    public private(set) var lastBar: Int64?
    private var waiting: Entry?
    /// Trades whose taken side is closed while the other one runs on.
    private var settling: [EnsembleTrade] = []
    private var lastClose: Double?

    private struct Entry: Sendable, Hashable, Codable {
        let decision: EnsembleDecision
        let range: Double
    }

    /// What one bar brought.
    public struct Step: Sendable {
        public internal(set) var opened: EnsembleTrade?
        public internal(set) var closed: EnsembleTrade?
        /// Trades of which now both sides are known, oldest first.
        public internal(set) var settled: [EnsembleTrade] = []
        public internal(set) var decision: EnsembleDecision?
    }

    public init(symbol: Symbol, rules: TradingRules) {
        self.symbol = symbol
        self.rules = rules
    }

    /// Equity with the open position marked at the last close, costs of leaving it included.
    public var markedEquity: Double {
        guard let open, let lastClose else { return equity }
        return equity * (1 + open.size * open.taken.netReturn(at: lastClose, costs: rules.costs))
    }

    /// Whether a decision at this bar's close could open anything.
    public var isFree: Bool { open == nil && waiting == nil }

    /// Lets a bar pass: fills what was decided, moves the open trade, then decides at the close.
    ///
    /// - Parameters:
    ///   - state: of the market at the bar's close.
    ///   - sum: the weighted votes, −1…1.
    ///   - recordsAll: also decisions that open nothing.
    ///   - votes: asked only when the decision is recorded.
    public mutating func advance(
        _ candle: Candle, state: MarketState, sum: Double, recordsAll: Bool = false,
        votes: () -> [EnsembleDecision.Vote]
    ) -> Step {
        var step = Step()
        fill(at: candle, &step)
        move(candle, &step)
        decide(candle, state, sum, recordsAll: recordsAll, votes, &step)
        lastBar = candle.openTime
        lastClose = candle.close
        return step
    }

    /// Closes everything at the close of the last bar there is.
    public mutating func finish(at candle: Candle) -> Step {
        var step = Step()
        waiting = nil
        if var trade = open {
            trade.close(at: candle)
            settle(trade, &step)
            open = nil
        }
        for var trade in settling {
            trade.close(at: candle)
            step.settled.append(trade)
        }
        settling = []
        return step
    }

    private mutating func fill(at candle: Candle, _ step: inout Step) {
        guard let entry = waiting else { return }
        waiting = nil
        let decision = entry.decision
        func leg(_ side: Exposure) -> BarrierLeg {
            BarrierLeg(side: side, entryPrice: candle.open, range: entry.range, rules: rules)
        }
        let trade = EnsembleTrade(
            symbol: symbol, decision: decision, entryBar: candle.openTime, size: decision.size,
            taken: leg(decision.side), other: leg(decision.side == .long ? .short : .long))
        open = trade
        step.opened = trade
    }

    private mutating func move(_ candle: Candle, _ step: inout Step) {
        if !settling.isEmpty {
            for index in settling.indices { settling[index].advance(candle) }
            step.settled = settling.filter(\.isSettled)
            settling.removeAll(where: \.isSettled)
        }
        guard open != nil else { return }
        open?.advance(candle)
        if let trade = open, trade.taken.exit != nil {
            open = nil
            settle(trade, &step)
        }
    }

    private mutating func settle(_ trade: EnsembleTrade, _ step: inout Step) {
        if let net = trade.taken.netReturn(costs: rules.costs) { equity *= max(0, 1 + trade.size * net) }
        step.closed = trade
        if trade.isSettled { step.settled.append(trade) } else { settling.append(trade) }
    }

    private mutating func decide(
        _ candle: Candle, _ state: MarketState, _ sum: Double, recordsAll: Bool,
        _ votes: () -> [EnsembleDecision.Vote], _ step: inout Step
    ) {
        let threshold = rules.threshold(in: state.regime)
        let confidence = abs(sum)
        let outcome: EnsembleDecision.Outcome =
            state.range == nil
            ? .tooEarly
            : (!isFree ? .inPosition : (confidence >= threshold && confidence > 0 ? .entered : .belowThreshold))
        guard recordsAll || outcome == .entered else { return }
        let range = state.range ?? 0
        let decision = EnsembleDecision(
            bar: candle.openTime, side: sum > 0 ? .long : (sum < 0 ? .short : .flat), confidence: min(confidence, 1),
            regime: state.regime, threshold: threshold,
            size: outcome == .entered ? rules.size(stopFraction: rules.stopRanges * range / candle.close) : 0,
            outcome: outcome, votes: votes())
        step.decision = decision
        if outcome == .entered { waiting = Entry(decision: decision, range: range) }
    }
}
