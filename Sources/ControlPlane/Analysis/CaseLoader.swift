import Analyst
import Foundation
import Market
import Policies
import Reinforcement
import Simulation
import Store

/// Gathers what is known about a closed trade from the store and the registry.
struct CaseLoader: Sendable {
    let store: Store
    let registry: PolicyRegistry

    /// Past entries that are compared at most.
    static let pastEntries = 50_000
    /// States the distance is compared with at most.
    static let knownStates = 1_000

    func tradeCase(of row: TradeRow) throws -> TradeCase {
        let detail = try row.decodedDetail()
        let trade = ClosedTrade(row, detail)
        let policy = row.policyVersion.flatMap(published)
        return try store.read { transaction in
            var tradeCase = TradeCase(
                trade: trade, candles: try candles(row, in: transaction), policy: policy?.policy,
                previous: try predecessor(of: row, in: transaction))
            guard let detail, !detail.inputs.isEmpty else { return tradeCase }
            tradeCase.knownStates = try transaction.experienceStates(
                layout: detail.layout, synthetic: row.synthetic, decidedUntil: row.entryAt, limit: Self.knownStates)
            tradeCase.pastEntries = try transaction.tradeStates(
                layout: detail.layout, synthetic: row.synthetic, closedUntil: row.entryAt, limit: Self.pastEntries
            ).map { PastEntry(trade: $0.trade, state: $0.state, netReturn: $0.netReturn) }
            return tradeCase
        }
    }

    /// Nil for a version whose files are gone or damaged: the evidence then says so.
    private func published(_ version: Int) -> PublishedPolicy? { try? registry.load(version) }

    /// The champion this version was trained from, which is the one that served before it.
    private func predecessor(of row: TradeRow, in transaction: Transaction) throws -> TradeCase.Predecessor? {
        guard let version = row.policyVersion, let parent = try transaction.policy(version)?.parent else { return nil }
        let previous = published(parent)
        return TradeCase.Predecessor(
            version: parent, policy: previous?.policy, layout: previous?.manifest.layout ?? "")
    }

    /// Bars closed after the exit that are stored, as many as exits are moved.
    func barsAfter(_ row: TradeRow) throws -> Int {
        try store.read { transaction in
            try candles(row, in: transaction) { exit, interval in exit..<exit + Int64(TradeCase.shift) * interval }
        }.count
    }

    private func candles(_ row: TradeRow, in transaction: Transaction) throws -> CandleSeries {
        // Twice the history, since bars may be missing.
        try candles(row, in: transaction) { exit, interval in
            row.entryAt.milliseconds - Int64(2 * TradeCase.history) * interval..<exit + Int64(TradeCase.shift + 1)
                * interval
        }
    }

    /// - Parameter span: open times, from the exit's time and the length of a bar in milliseconds.
    private func candles(
        _ row: TradeRow, in transaction: Transaction, span: (_ exit: Int64, _ interval: Int64) -> Range<Int64>
    ) throws -> CandleSeries {
        guard let symbol = Symbol(rawValue: row.symbol), let interval = Interval(rawValue: row.interval) else {
            throw AnalysisError.foreignTrade(row.id)
        }
        let span = span(row.exitAt.milliseconds, interval.milliseconds)
        return try transaction.candles(
            symbol: symbol, interval: interval, isSynthetic: row.synthetic, from: span.lowerBound,
            to: span.upperBound)
    }
}

extension ClosedTrade {
    init(_ row: TradeRow, _ detail: TradeDetail?) {
        self.init(
            id: row.id, side: row.side == Exposure.short.description ? .short : .long,
            entryTime: row.entryAt.milliseconds, exitTime: row.exitAt.milliseconds, entryPrice: row.entryPrice,
            exitPrice: row.exitPrice, grossReturn: row.grossReturn, fees: row.fees, slippage: row.slippage,
            netReturn: row.netReturn, exitReason: row.exitReason, policyVersion: row.policyVersion,
            probabilities: detail?.probabilities ?? [], value: detail?.value ?? 0, inputs: detail?.inputs ?? [],
            layout: detail?.layout ?? "")
    }
}

/// Why a trade cannot be analysed.
public enum AnalysisError: Error, Sendable, Hashable, CustomStringConvertible {
    case foreignTrade(Int64)

    public var description: String {
        switch self {
        case .foreignTrade(let trade):
            "trade \(trade) is of a symbol or interval this version does not know; it was not analysed, its bookkeeping stands"
        }
    }
}
