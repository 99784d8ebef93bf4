import Ensemble
import Foundation
import Logging
import Market
import Simulation
import Store

/// Lets the ensemble trade new candles on paper, beside the champion: decisions with all votes, books that survive a restart,
/// weights that learn from each trade once both of its sides are known. It starts at the newest candle, never in the past.
public struct EnsemblePaperTrader: Sendable {
    /// Under this name its trades are stored.
    public static let source = "ensemble"

    let configuration: ControlConfiguration
    let store: Store
    let desk: EnsembleDesk
    let isSynthetic: Bool
    let now: @Sendable () -> Date
    let logger: Logger

    /// Walks what is new for every symbol; each symbol's book, decisions, trades, weights and events land in one transaction.
    /// Blocks: call it on a worker thread.
    ///
    /// - Returns: bars walked.
    @discardableResult
    public func walk() throws -> Int {
        guard configuration.ensemble.isOnPaper else { return 0 }
        let models = try desk.models()
        try store.write { transaction in
            var weights = try desk.weights(transaction)
            let before = weights
            let changes = try desk.settleAvailability(of: &weights, available: Set(models.map(\.name)))
            if weights != before { try desk.save(weights, changes, in: transaction) }
        }
        return try configuration.market.symbols.reduce(0) { try $0 + walk($1, models) }
    }

    private func walk(_ symbol: Symbol, _ models: [any SignalModel]) throws -> Int {
        let interval = configuration.market.interval
        let row = try store.read {
            try $0.ensembleBook(symbol: symbol.rawValue, interval: interval.rawValue, synthetic: isSynthetic)
        }
        guard let newest = try store.lastCandleTime(symbol: symbol, interval: interval, isSynthetic: isSynthetic)
        else { return 0 }
        // The very first walk takes the newest bar alone.
        let last = row?.lastOpenTime ?? newest - interval.milliseconds
        guard newest > last else { return 0 }
        let history = Int64(max(models.map(\.history).max() ?? 0, 1000) + 100) * 4
        let series = try store.candles(
            symbol: symbol, interval: interval, isSynthetic: isSynthetic, from: last - history * interval.milliseconds)
        guard let first = series.candles.firstIndex(where: { $0.openTime > last }) else { return 0 }
        let bars = first..<series.count
        let (votes, faults) = listen(to: models, series, bars)
        try store.write { transaction in
            var weights = try desk.weights(transaction)
            var changes = try withdraw(faults, from: &weights)
            var trader =
                try row.map { try JSON.value($0.book, as: EnsembleTrader.self) }
                ?? EnsembleTrader(symbol: symbol, rules: configuration.ensemble.rules)
            trader.rules = configuration.ensemble.rules
            var walk = PaperWalk(series: series, votes: votes, bars: bars)
            try walk.go(&trader, &weights)
            changes += walk.changes
            try save(walk, trader, weights, changes, in: transaction)
        }
        return bars.count
    }

    private func listen(
        to models: [any SignalModel], _ series: CandleSeries, _ bars: Range<Int>
    ) -> (votes: [String: [Signal]], faults: [SignalFault]) {
        var votes: [String: [Signal]] = [:]
        var faults: [SignalFault] = []
        for model in models {
            do { votes[model.name] = try model.checkedSignals(on: series, bars: bars) } catch { faults.append(error) }
        }
        return (votes, faults)
    }

    /// A model that failed goes into the shadow; the others go on.
    private func withdraw(_ faults: [SignalFault], from weights: inout EnsembleWeights) throws -> [WeightChange] {
        try faults.flatMap { fault -> [WeightChange] in
            logger.warning("a model could not vote", metadata: ["fault": "\(fault)"])
            guard let member = weights[fault.model], member.state == .active,
                weights.members.count(where: { $0.state == .active }) > 1
            else { return [] }
            return try weights.withdraw(fault.model, reason: "\(fault)")
        }
    }

    private func save(
        _ walk: PaperWalk, _ trader: EnsembleTrader, _ weights: EnsembleWeights, _ changes: [WeightChange],
        in transaction: Transaction
    ) throws {
        let moment = now()
        let series = walk.series
        try transaction.save(
            EnsembleBookRow(
                symbol: series.symbol.rawValue, interval: series.interval.rawValue, synthetic: series.isSynthetic,
                lastOpenTime: trader.lastBar ?? 0, book: try JSON.text(trader), updatedAt: moment))
        try transaction.store(
            try walk.decisions.map { try EnsembleDecisionRow($0, of: series) },
            keeping: configuration.ensemble.decisionsKept)
        for trade in walk.closed {
            guard let row = try TradeRow(trade, of: series, costs: configuration.ensemble.rules.costs, at: moment),
                let id = try transaction.insert(row)
            else { continue }
            try transaction.tell(
                .tradeClosed(row.notice(id: id, lossThreshold: configuration.lossThreshold)), at: moment)
        }
        var ids: [String: Int64] = [:]
        for (label, entry) in walk.settled {
            ids[label] = try transaction.tradeId(
                source: Self.source, symbol: series.symbol.rawValue, interval: series.interval.rawValue,
                synthetic: series.isSynthetic, entryAt: Date(milliseconds: entry))
        }
        try desk.save(weights, changes, tradeIds: ids, in: transaction)
    }
}

/// One symbol's new bars, walked.
private struct PaperWalk {
    let series: CandleSeries
    let votes: [String: [Signal]]
    let bars: Range<Int>
    var decisions: [EnsembleDecision] = []
    var closed: [EnsembleTrade] = []
    var changes: [WeightChange] = []
    /// Names of scored trades with their entries.
    var settled: [(label: String, entry: Int64)] = []

    init(series: CandleSeries, votes: [String: [Signal]], bars: Range<Int>) {
        self.series = series
        self.votes = votes
        self.bars = bars
    }

    mutating func go(_ trader: inout EnsembleTrader, _ weights: inout EnsembleWeights) throws {
        let states = MarketState.states(on: series, bars: bars)
        for (index, bar) in bars.enumerated() {
            let said = weights.members.compactMap { member in
                votes[member.name].map { (member: member, signal: $0[index]) }
            }
            let sum = said.reduce(0) { $0 + $1.member.weight * $1.signal.side.sign * $1.signal.confidence }
            let step = trader.advance(series.candles[bar], state: states[index], sum: sum, recordsAll: true) {
                said.map {
                    EnsembleDecision.Vote(
                        model: $0.member.name, side: $0.signal.side, confidence: $0.signal.confidence,
                        weight: $0.member.weight, reason: $0.signal.reason)
                }
            }
            if let decision = step.decision { decisions.append(decision) }
            if let trade = step.closed { closed.append(trade) }
            for trade in step.settled {
                let label = "\(trade.symbol) \(trade.side) of \(Date(milliseconds: trade.entryBar).ISO8601Format())"
                guard let score = trade.score(named: label, costs: trader.rules.costs) else { continue }
                settled.append((label, trade.entryBar))
                changes += try weights.learn(score)
            }
        }
    }
}

extension SignalFault {
    /// The model that is at fault.
    var model: String {
        switch self {
        case .confidence(let model, _, _), .count(let model, _, _), .failed(let model, _): model
        }
    }
}

extension EnsembleDecisionRow {
    init(_ decision: EnsembleDecision, of series: CandleSeries) throws {
        self.init(
            symbol: series.symbol.rawValue, interval: series.interval.rawValue, synthetic: series.isSynthetic,
            bar: decision.bar, side: decision.side.description, confidence: decision.confidence,
            threshold: decision.threshold, regime: decision.regime.rawValue, size: decision.size,
            outcome: decision.outcome.rawValue, votes: try JSON.text(decision.votes))
    }
}

extension TradeRow {
    /// A closed paper trade of the ensemble with the votes that led to it; nil while it is open.
    init?(_ trade: EnsembleTrade, of series: CandleSeries, costs: CostModel, at moment: Date) throws {
        guard let result = trade.result(costs: costs, interval: series.interval) else { return nil }
        let detail = TradeDetail(
            probabilities: [], value: 0, inputs: [], layout: "", adverseExcursion: result.adverseExcursion,
            favourableExcursion: result.favourableExcursion, decision: trade.decision)
        self.init(
            source: EnsemblePaperTrader.source, policyVersion: nil, symbol: series.symbol.rawValue,
            interval: series.interval.rawValue, synthetic: series.isSynthetic, side: result.side.description,
            entryAt: Date(milliseconds: result.entryTime), exitAt: Date(milliseconds: result.exitTime),
            entryPrice: result.entryPrice, exitPrice: result.exitPrice, grossReturn: result.grossReturn,
            fees: result.fees, slippage: result.slippage, netReturn: result.netReturn, bars: result.bars,
            exitReason: result.exitReason.rawValue, detail: try JSON.text(detail), recordedAt: moment)
    }
}
