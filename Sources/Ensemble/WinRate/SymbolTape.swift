import Market

/// One symbol's candles with all that is said about them, bar by bar, ready to be walked again and again.
public struct SymbolTape: Sendable {
    public let series: CandleSeries
    public let states: [MarketState]
    let features: FeatureTable
    /// By model: a signal for every bar.
    public private(set) var signals: [String: [Signal]] = [:]
    /// By model: side · confidence, for the sum.
    private var votes: [String: [Double]] = [:]

    public init(_ series: CandleSeries) {
        self.series = series
        states = MarketState.states(on: series, bars: 0..<series.count)
        features = FeatureTable(series)
    }

    /// Bars whose open times lie in `times`.
    public func bars(in times: Range<Int64>) -> Range<Int> {
        first(from: times.lowerBound)..<first(from: times.upperBound)
    }

    private func first(from time: Int64) -> Int {
        var (low, high) = (0, series.count)
        while low < high {
            let middle = (low + high) / 2
            if series.candles[middle].openTime < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Sets a model's signals on `bars`; where nothing was ever set it is flat.
    mutating func set(_ new: [Signal], of model: String, on bars: Range<Int>) {
        if signals[model] == nil {
            signals[model] = Array(repeating: .flat("not asked"), count: series.count)
            votes[model] = Array(repeating: 0, count: series.count)
        }
        signals[model]?.replaceSubrange(bars, with: new)
        votes[model]?.replaceSubrange(bars, with: new.map { $0.side.sign * $0.confidence })
    }

    /// Takes back all that a model said.
    mutating func silence(_ model: String) {
        signals[model] = nil
        votes[model] = nil
    }

    /// A model by itself on all bars.
    ///
    /// - Throws: ``SignalFault``.
    public mutating func backtest(_ model: any SignalModel, rules: TradingRules) throws(SignalFault) -> Walk {
        let bars = 0..<series.count
        set(try model.checkedSignals(on: series, bars: bars), of: model.name, on: bars)
        return walk(bars, weights: [(model: model.name, weight: 1)], rules: rules)
    }

    /// Walks `bars` with a fresh book; decisions end with the last bar, where all is closed.
    public func walk(_ bars: Range<Int>, weights: [(model: String, weight: Double)], rules: TradingRules) -> Walk {
        var walk = Walk(symbol: series.symbol)
        guard let last = bars.last else { return walk }
        walk.marks.reserveCapacity(bars.count)
        let sums = sums(bars, weights)
        var trader = EnsembleTrader(symbol: series.symbol, rules: rules)
        series.candles.withUnsafeBufferPointer { candles in
            for bar in bars.dropLast() {
                let step = trader.advance(candles[bar], state: states[bar], sum: sums[bar - bars.lowerBound]) {
                    self.votes(at: bar, weights)
                }
                walk.add(step, at: candles[bar].openTime)
                walk.marks.append(trader.markedEquity)
            }
            // The last bar still moves what is open, but nothing new begins there.
            let candle = candles[last]
            let step = trader.advance(candle, state: MarketState(range: nil, regime: .normal), sum: 0) { [] }
            walk.add(step, at: candle.openTime)
            walk.add(trader.finish(at: candle), at: candle.openTime)
            walk.marks.append(trader.equity)
        }
        return walk
    }

    private func sums(_ bars: Range<Int>, _ weights: [(model: String, weight: Double)]) -> [Double] {
        var sums = [Double](repeating: 0, count: bars.count)
        for (model, weight) in weights where weight > 0 {
            guard let votes = votes[model] else { continue }
            for bar in bars { sums[bar - bars.lowerBound] += weight * votes[bar] }
        }
        return sums
    }

    private func votes(at bar: Int, _ weights: [(model: String, weight: Double)]) -> [EnsembleDecision.Vote] {
        weights.compactMap { model, weight in
            signals[model].map { $0[bar] }.map {
                EnsembleDecision.Vote(
                    model: model, side: $0.side, confidence: $0.confidence, weight: weight, reason: $0.reason)
            }
        }
    }

    /// What a walk came to.
    public struct Walk: Sendable {
        public let symbol: Symbol
        public fileprivate(set) var closed: [EnsembleTrade] = []
        /// With the open time of the bar in which both sides were known.
        public fileprivate(set) var settled: [(time: Int64, trade: EnsembleTrade)] = []
        /// Equity at the close of each bar.
        public fileprivate(set) var marks: [Double] = []

        init(symbol: Symbol) { self.symbol = symbol }

        mutating func add(_ step: EnsembleTrader.Step, at time: Int64) {
            if let trade = step.closed { closed.append(trade) }
            for trade in step.settled { settled.append((time, trade)) }
        }
    }
}
