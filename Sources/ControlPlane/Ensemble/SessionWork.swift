import Ensemble
import Foundation
import Market
import Store

/// One session's computing, iteration by iteration, each stored whole before the next begins.
struct SessionWork: Sendable {
    let service: WinRateService
    let record: SessionRecord
    let models: [any SignalModel]
    let stop: StopFlag

    func perform(on worker: WorkerThread) async throws {
        let plan = try JSON.value(record.plan, as: SessionPlan.self)
        service.update { $0.phase = .preparing }
        var test = try await worker.run { try prepare(plan) }
        var results = try service.store.read { try $0.iterations(of: record.id) }
            .map { try JSON.value($0.result, as: IterationResult.self) }
        service.update {
            $0.planned = test.windows.count
            $0.phase = .testing
        }
        show(results)
        while results.count < test.windows.count, results.last?.pooled.verdict != .met {
            try stop.check()
            let (index, before, earlier) = (results.count, test, results)
            let (after, result) = try await worker.run {
                var test = before
                let outcome = try test.run(index) { try stop.check() }
                try store(outcome, earlier: earlier, test: test, plan: plan)
                return (test, outcome.result)
            }
            test = after
            results.append(result)
            show(results)
            if results.count < test.windows.count, result.pooled.verdict != .met { try await pause() }
        }
    }

    private func show(_ results: [IterationResult]) {
        service.update {
            $0.iterations = results.count
            $0.trades = results.last?.pooled.trades ?? 0
            $0.winRate = results.last?.pooled.winRate
        }
    }

    private func prepare(_ plan: SessionPlan) throws -> WinRateTest {
        let series = try plan.test.symbols.map { symbol in
            let begin = (plan.end ?? 0) - Int64(plan.test.daysNeeded + 1) * 86_400_000
            return try service.store.candles(
                symbol: symbol, interval: plan.test.interval, isSynthetic: plan.isSynthetic, from: begin, to: plan.end)
        }
        var weights = try service.store.read { try service.desk.weights($0) }
        weights.freeze(false)
        var available = Set(models.map(\.name))
        if service.desk.library != nil { available.insert(LGBMModel.name) }
        _ = try service.desk.settleAvailability(of: &weights, available: available)
        var test = try WinRateTest(
            plan: plan.test, series: series, models: models,
            trainer: service.desk.library.map { LGBMTrainer(library: $0) }, weights: weights
        ) { try stop.check() }
        if record.iterations > 0, let text = record.weights {
            let trades = try service.store.read { try $0.trades(of: record.id) }
                .map { try JSON.value($0.result, as: EnsembleTrade.Result.self) }
            test.resume(after: trades, weights: try JSON.value(text, as: EnsembleWeights.self))
        }
        return test
    }

    private func store(
        _ outcome: IterationOutcome, earlier: [IterationResult], test: WinRateTest, plan: SessionPlan
    ) throws {
        let result = outcome.result
        let moment = service.now()
        let summary = SessionSummary(
            earlier + [result], planned: test.windows.count, plan: plan, faults: test.faults)
        if let model = outcome.lgbm { try service.desk.adopt(model) }
        try service.store.write { transaction in
            guard var row = try transaction.session(record.id) else {
                throw StoreError.refused(reason: "session \(record.id) is gone")
            }
            row.iterations = result.iteration
            row.weights = try JSON.text(outcome.weights)
            row.result = try JSON.text(summary)
            try transaction.update(row)
            try transaction.save(
                SessionIterationRow(
                    sessionId: row.id, iteration: result.iteration, finishedAt: moment, result: try JSON.text(result)))
            for model in result.models { try transaction.save(SessionModelRow(model, session: row.id, result)) }
            for trade in outcome.trades {
                if let closed = try SessionTradeRow(
                    trade, session: row.id, iteration: result.iteration, plan: plan.test)
                {
                    try transaction.insert(closed)
                }
            }
            for change in outcome.changes {
                try transaction.insert(
                    WeightChangeRow(change, at: moment, session: row.id, iteration: result.iteration))
            }
        }
    }

    /// Waits, looking at the stop flag.
    private func pause() async throws {
        guard service.configuration.ensemble.pause > 0 else { return }
        service.update { $0.phase = .pausing }
        let end = service.now().addingTimeInterval(service.configuration.ensemble.pause)
        while service.now() < end {
            try stop.check()
            try await Task.sleep(for: .milliseconds(200))
        }
        service.update { $0.phase = .testing }
    }
}

extension SessionModelRow {
    init(_ model: IterationResult.ModelResult, session: Int64, _ result: IterationResult) {
        self.init(
            sessionId: session, iteration: result.iteration, model: model.model,
            weight: result.weightsBefore[model.model] ?? 0, trades: model.trades, winRate: model.winRate,
            expectancy: model.expectancy, roi: model.roi, drawdown: model.drawdown, fault: model.fault)
    }
}

extension SessionTradeRow {
    /// Nil for a trade that is still open.
    init?(_ trade: EnsembleTrade, session: Int64, iteration: Int, plan: WinRatePlan) throws {
        guard let result = trade.result(costs: plan.rules.costs, interval: plan.interval) else { return nil }
        self.init(
            sessionId: session, iteration: iteration, symbol: result.symbol.rawValue, side: result.side.description,
            entryAt: Date(milliseconds: result.entryTime), exitAt: Date(milliseconds: result.exitTime),
            netReturn: result.netReturn, size: result.size, exitReason: result.exitReason.rawValue,
            result: try JSON.text(result), decision: try JSON.text(trade.decision))
    }
}
