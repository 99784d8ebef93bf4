import Ensemble
import Foundation
import Store

/// All that is stored of a session, read at once.
struct SessionRecap: Sendable {
    let record: SessionRecord
    let plan: SessionPlan
    let summary: SessionSummary
    let results: [IterationResult]
    let trades: [EnsembleTrade.Result]
    /// By model: its weight after each trade that was learned from, in order.
    let weights: [(model: String, values: [Double])]
    /// The sessions before it with a result, newest first.
    let earlier: [(id: Int64, summary: SessionSummary)]

    /// Nil for a session without a stored iteration.
    init?(_ id: Int64, in transaction: Transaction) throws {
        guard let record = try transaction.session(id), let result = record.result else { return nil }
        self.record = record
        plan = try JSON.value(record.plan)
        summary = try JSON.value(result)
        results = try transaction.iterations(of: id).map { try JSON.value($0.result) }
        trades = try transaction.trades(of: id).map { try JSON.value($0.result) }
        weights = Self.courses(try transaction.weightChanges(ofSession: id), start: summary.weightsBefore)
        earlier = try transaction.sessions(limit: 50).filter { $0.id < id }.compactMap { row in
            try row.result.map { (row.id, try JSON.value($0)) }
        }
        guard !results.isEmpty else { return nil }
    }

    /// One value a trade for every model that ever had a weight; a model that a trade did not move keeps its own.
    private static func courses(
        _ changes: [WeightChangeRow], start: [String: Double]
    ) -> [(model: String, values: [Double])] {
        let names = Set(changes.map(\.model)).sorted()
        guard let first = changes.first else { return [] }
        var now = Dictionary(
            changes.reversed().map { ($0.model, $0.old) }, uniquingKeysWith: { _, earliest in earliest })
        var values = now.mapValues { [$0] }
        var trade = first.trade
        func close() { for name in names { values[name, default: []].append(now[name] ?? 0) } }
        for change in changes {
            if change.trade != trade {
                close()
                trade = change.trade
            }
            now[change.model] = change.projected
        }
        close()
        return names.compactMap { name in
            let course = values[name] ?? []
            return course.contains { $0 > 0 } ? (name, course) : nil
        }
    }
}
