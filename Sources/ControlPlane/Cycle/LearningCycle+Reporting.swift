import Charts
import Evaluation
import Foundation
import Market
import Policies
import Simulation
import Store

extension LearningCycle {
    // MARK: drift

    /// How far the bars that are judged on have moved from those that are learned from, feature by feature.
    func measureDrift(_ job: CycleJob) throws -> CycleResults.Drift {
        let data = try data(of: job)
        guard let series = data.series.first else { throw CycleError.missingResult(step: .ingest) }
        let tables = try MarketTables(series, layout: Self.layout)
        let newest = data.judgedBars(of: tables)
        let before = tables.usableBars.lowerBound..<newest.lowerBound
        // The position's own inputs are no feature of the market, and the clock does not drift.
        let columns = Self.layout.ranges.filter { $0.name != "state" && $0.name != "clock" }.flatMap(\.range)
        func rows(_ bars: Range<Int>) throws -> [Float] {
            var rows: [Float] = []
            _ = try Backtest.run(tables, bars: bars, costs: configuration.costs) { observation in
                try job.stop.check()
                rows += columns.map { observation[$0] }
                return PolicyDecision(exposure: .flat)
            }
            return rows
        }
        let names = Self.layout.features
        let report = try DriftReport(
            names: columns.map { names[$0] }, reference: rows(before), current: rows(newest))
        return CycleResults.Drift(
            largest: report.worst?.psi ?? 0, feature: report.worst?.name ?? "–", level: report.level.rawValue)
    }

    // MARK: report

    /// Draws the chart of the cycle: equity out of sample and the learning curve.
    func drawReport(_ job: CycleJob) throws -> CycleResults.Report {
        let train = try result(.train, of: job.record.id, as: CycleResults.Train.self)
        let validated = try result(.validate, of: job.record.id, as: CycleResults.Validate.self)
        let ingest = try result(.ingest, of: job.record.id, as: CycleResults.Ingest.self)
        let deployed = try result(.deploy, of: job.record.id, as: CycleResults.Deploy.self)
        let name = "cycle-\(job.record.id).png"
        let file = configuration.chartsFolder.appendingPathComponent(name)
        do {
            let chart = CycleChart.make(
                version: deployed.version, promoted: deployed.promoted, train: train, validated: validated,
                ingest: ingest, market: configuration.market)
            try DurableFile.write(Data(try chart.png()), to: file)
        } catch let error as ChartError {
            logger.warning("no chart for this cycle", metadata: ["error": "\(error)"])
            return CycleResults.Report(chart: nil)
        }
        return CycleResults.Report(chart: name)
    }

    /// Puts together what the cycle has to say, from whatever it got done.
    func report(
        of cycle: CycleRecord, endedIn: String?, at moment: Date, in transaction: Transaction
    ) throws -> CycleReport {
        let id = cycle.id
        let train = try result(.train, of: id, as: CycleResults.Train.self, in: transaction)
        let validated = try result(.validate, of: id, as: CycleResults.Validate.self, in: transaction)
        let deployed = try result(.deploy, of: id, as: CycleResults.Deploy.self, in: transaction)
        let chart = try result(.report, of: id, as: CycleResults.Report.self, in: transaction)
        return CycleReport(
            cycle: id, outcome: cycle.state, reasons: reasons(cycle, validated),
            serving: try transaction.policy(in: .champion)?.name,
            challenger: deployed.map { "RL-Agent-v\($0.version)" }, finishedAt: moment,
            seconds: cycle.startedAt.map { moment.timeIntervalSince($0) } ?? 0, requestedBy: cycle.requestedBy,
            trigger: cycle.trigger, market: try marketWindow(id, in: transaction),
            training: train.map { training($0, cycle) }, validation: validated?.validation,
            drift: try drift(id, validated, in: transaction), chart: chart?.chart,
            endedIn: cycle.state.isSuccess ? nil : endedIn)
    }

    private func reasons(_ cycle: CycleRecord, _ validated: CycleResults.Validate?) -> [CycleReport.Reason] {
        if cycle.state.isSuccess { return validated?.reasons ?? [] }
        guard let reason = cycle.reason else { return [] }
        return [CycleReport.Reason(passed: false, english: reason, russian: reason)]
    }

    private func marketWindow(_ cycle: Int64, in transaction: Transaction) throws -> CycleReport.MarketWindow? {
        guard let ingest = try result(.ingest, of: cycle, as: CycleResults.Ingest.self, in: transaction) else {
            return nil
        }
        return CycleReport.MarketWindow(
            symbols: configuration.market.symbols.map(\.rawValue), interval: configuration.market.interval.rawValue,
            synthetic: ingest.synthetic, source: ingest.source, bars: ingest.bars, newBars: ingest.newBars,
            missingBars: ingest.missingBars, from: Date(milliseconds: ingest.window.lowerBound),
            to: Date(milliseconds: ingest.window.upperBound))
    }

    private func training(_ train: CycleResults.Train, _ cycle: CycleRecord) -> CycleReport.Training {
        CycleReport.Training(
            steps: train.steps, orderedSteps: cycle.steps, seconds: train.seconds,
            stepsPerSecond: Double(train.steps) / max(train.seconds, 1e-9),
            seed: seed(of: cycle), parent: train.parent, threads: configuration.training.threads,
            stability: train.stability, curve: train.curve, resumed: train.resumed, candidates: train.candidates)
    }

    private func drift(
        _ cycle: Int64, _ validated: CycleResults.Validate?, in transaction: Transaction
    ) throws -> CycleReport.Drift? {
        try result(.drift, of: cycle, as: CycleResults.Drift.self, in: transaction).map {
            CycleReport.Drift(
                largestFeatureShift: $0.largest, feature: $0.feature, policy: validated?.policyDrift, level: $0.level)
        }
    }
}
