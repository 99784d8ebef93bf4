import Foundation
import Market
import Policies
import Reinforcement
import Simulation
import Store

/// Lets the champion trade new candles on paper, bar by bar, with costs: the honest record of how it does from the moment it
/// serves. It starts at the newest candle, never in the past.
public struct PaperTrader: Sendable {
    private let store: Store
    private let registry: PolicyRegistry
    private let configuration: ControlConfiguration
    private let isSynthetic: Bool
    private let now: @Sendable () -> Date

    init(
        store: Store, registry: PolicyRegistry, configuration: ControlConfiguration, isSynthetic: Bool,
        now: @escaping @Sendable () -> Date
    ) {
        self.store = store
        self.registry = registry
        self.configuration = configuration
        self.isSynthetic = isSynthetic
        self.now = now
    }

    /// Walks what is new for every symbol. Each symbol's book, trades and events land in one transaction, so a walk that is
    /// cut off goes on with the next bar. Blocks: call it on a worker thread.
    ///
    /// - Returns: bars walked.
    @discardableResult
    public func walk() throws -> Int {
        guard let champion = try store.read({ try $0.policy(in: .champion) }) else { return 0 }
        let published = try registry.load(champion.version)
        return try configuration.market.symbols.reduce(0) { try $0 + walk($1, published) }
    }

    private func walk(_ symbol: Symbol, _ published: PublishedPolicy) throws -> Int {
        let interval = configuration.market.interval
        let row = try store.read {
            try $0.paperBook(symbol: symbol.rawValue, interval: interval.rawValue, synthetic: isSynthetic)
        }
        guard
            let newest = try store.lastCandleTime(symbol: symbol, interval: interval, isSynthetic: isSynthetic),
            let layout = ObservationLayout.named(published.manifest.layout)
        else { return 0 }
        // The very first walk takes the newest bar alone.
        let last = row?.lastOpenTime ?? newest - interval.milliseconds
        guard newest > last else { return 0 }
        let history = Int64(MarketTables.historyNeeded(layout) + 8) * interval.milliseconds
        let series = try store.candles(
            symbol: symbol, interval: interval, isSynthetic: isSynthetic, from: last - 4 * history, to: nil)
        let tables = try MarketTables(series, layout: layout)
        var book =
            try row.map { try JSON.value($0.book, as: PaperBook.self) }
            ?? PaperBook(
                walker: TradeWalker(
                    symbol: symbol, interval: interval, costs: configuration.costs,
                    protection: configuration.protection))
        try book.walker.adopt(costs: configuration.costs, protection: configuration.protection)
        let evaluator = PolicyEvaluator(published.policy)
        // Another version remembers in another way: it begins as at the start of an episode.
        if row?.policyVersion == published.manifest.version, book.memory.count == evaluator.memoryUnits {
            evaluator.memory = book.memory
        }
        var walked = 0
        var closed: [TradeRecord] = []
        for bar in tables.usableBars where tables.openTimes[bar] > last {
            let step = try book.walker.advance(tables, bar: bar) { evaluator.decide($0) }
            if let trade = step.closed { closed.append(trade) }
            walked += 1
        }
        guard walked > 0 else { return 0 }
        book.memory = evaluator.memory
        try save(book, closed, published, series: series)
        return walked
    }

    private func save(
        _ book: PaperBook, _ closed: [TradeRecord], _ published: PublishedPolicy, series: CandleSeries
    ) throws {
        let moment = now()
        try store.write { transaction in
            try transaction.save(
                PaperBookRow(
                    symbol: series.symbol.rawValue, interval: series.interval.rawValue, synthetic: series.isSynthetic,
                    policyVersion: published.manifest.version, lastOpenTime: book.walker.lastBar ?? 0,
                    book: try JSON.text(book), updatedAt: moment))
            for trade in closed {
                let row = try TradeRow(
                    trade, interval: series.interval, policy: published.manifest.version, synthetic: series.isSynthetic,
                    at: moment)
                guard let id = try transaction.insert(row) else { continue }
                try transaction.insert(
                    TradeStateRow(
                        trade: id, layout: trade.layout, synthetic: series.isSynthetic, exitAt: row.exitAt,
                        netReturn: row.netReturn, state: trade.entryObservation))
                try transaction.tell(
                    .tradeClosed(row.notice(id: id, lossThreshold: configuration.lossThreshold)), at: moment)
            }
        }
    }
}

extension TradeRow {
    /// A closed paper trade as it is stored, with what the policy saw and answered at entry.
    init(_ trade: TradeRecord, interval: Interval, policy: Int, synthetic: Bool, at moment: Date) throws {
        let detail = TradeDetail(
            probabilities: trade.entryDecision.probabilities.map(Double.init), value: Double(trade.entryDecision.value),
            inputs: trade.entryObservation, layout: trade.layout, adverseExcursion: trade.adverseExcursion,
            favourableExcursion: trade.favourableExcursion)
        self.init(
            source: "paper", policyVersion: policy, symbol: trade.symbol.rawValue,
            interval: interval.rawValue, synthetic: synthetic, side: trade.side.description,
            entryAt: Date(milliseconds: trade.entryTime), exitAt: Date(milliseconds: trade.exitTime),
            entryPrice: trade.entryPrice, exitPrice: trade.exitPrice, grossReturn: trade.grossReturn, fees: trade.fees,
            slippage: trade.slippage, netReturn: trade.netReturn, bars: trade.barsHeld,
            exitReason: trade.exitReason.rawValue, detail: try JSON.text(detail), recordedAt: moment)
    }

    /// What the event log says of it.
    public func notice(id: Int64, lossThreshold: Double) -> ControlEvent.TradeNotice {
        ControlEvent.TradeNotice(
            trade: id, source: source, policy: policyVersion, symbol: symbol, side: side, netReturn: netReturn,
            entryPrice: entryPrice, exitPrice: exitPrice, exitReason: exitReason, bars: bars, exitAt: exitAt,
            synthetic: synthetic, isNotable: netReturn <= -lossThreshold)
    }
}
