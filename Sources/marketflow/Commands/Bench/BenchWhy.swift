import Analyst
import ArgumentParser
import ControlPlane
import Foundation
import Logging
import Market
import Policies
import Reinforcement
import Simulation
import Store

/// First answers about losses, from a store full of trades, in a folder that is thrown away.
struct BenchWhy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Seconds to the first answer why a trade lost, with many trades stored.")

    @Option(help: "Trades in the store.")
    var trades = 100_000

    @Option(help: "Losses that are asked about, each for the first time.")
    var questions = 200

    @Flag(help: "Train at the same time, on as many threads as there are cores.")
    var training = false

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    func run() async throws {
        try CommandError.require("--trades", trades, in: 1_000...1_000_000)
        try CommandError.require("--questions", questions, in: 1...10_000)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "marketflow-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // What cannot be removed lies in the system's temporary folder, which is emptied by itself.
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try Store(path: folder.appendingPathComponent("bench.db").path)
        let registry = try PolicyRegistry(folder: folder.appendingPathComponent("policies"))
        try fill(store, registry)
        let analyst = TradeAnalyst(store: store, registry: registry, charts: folder, logger: Logger(label: "bench"))
        let flag = StopFlag()
        let worker = WorkerThread(name: "bench-trainer", niceness: 10)
        async let load: Void = worker.run { if training { try Self.train(until: flag) } }
        let measurement = Measurement()
        var seconds: [Double] = []
        for question in 0..<questions {
            let began = ContinuousClock.now
            let trade = Int64(trades - question * max(1, trades / questions / 2))
            guard let analysis = try await analyst.analysis(of: trade) else { continue }
            _ = analysis.text(in: .english).plain
            seconds.append((ContinuousClock.now - began) / .seconds(1))
        }
        let cpu = measurement.cpuSeconds
        let wall = measurement.wallSeconds
        flag.raise(.cancelled)
        try await load
        report(seconds.sorted(), wall: wall, cpu: cpu)
    }

    /// Trades of three bars on a synthetic market, decided by a policy that learned a little.
    private func fill(_ store: Store, _ registry: PolicyRegistry) throws {
        let bars = trades + 2 * MarketTables.historyNeeded(.trading1)
        let symbol = try Self.symbol()
        let series = SyntheticMarket().series(symbol: symbol, interval: .fifteenMinutes, bars: bars)
        let tables = try MarketTables(series)
        let policy = try Self.trainer(threads: 1).run(steps: 20_000).policy
        let manifest = PolicyManifest(
            version: 1, parent: nil, createdAt: Date(), symbols: [symbol], interval: series.interval, synthetic: true,
            trainedOn: 0..<1, validatedOn: 1..<2, seed: 1, steps: 20_000, costs: CostModel(),
            layout: tables.layout.version, metrics: [:])
        _ = try registry.publish(policy, manifest: manifest)
        try store.insertCandles(series.candles, symbol: symbol, interval: series.interval, isSynthetic: true)
        let evaluator = PolicyEvaluator(policy)
        let line = ProgressLine("storing", unit: "trades")
        let first = tables.usableBars.lowerBound
        for start in stride(from: 0, to: trades, by: 10_000) {
            try store.write { transaction in
                for index in start..<min(start + 10_000, trades) {
                    try add(first + index, series, tables, evaluator, to: transaction)
                }
            }
            line.show(start, of: trades)
        }
        line.end()
    }

    private static func symbol() throws -> Symbol {
        guard let symbol = Symbol(rawValue: "BENCHMARK") else {
            throw CommandError("the benchmark's series has no name.")
        }
        return symbol
    }

    private func add(
        _ bar: Int, _ series: CandleSeries, _ tables: MarketTables, _ evaluator: PolicyEvaluator,
        to transaction: Transaction
    ) throws {
        let held = 3 + bar % 20
        let state = tables.observation(bar: bar)
        let decision = state.withUnsafeBufferPointer { evaluator.decide($0) }
        let entry = series.candles[bar]
        let exit = series.candles[min(bar + held, series.count - 8)]
        let length = series.interval.milliseconds
        // Half of the moves are for it and half against; a question is answered alike for both.
        let gross = exit.close / entry.close - 1
        let detail = TradeDetail(
            probabilities: decision.probabilities.map(Double.init), value: Double(decision.value), inputs: state,
            layout: tables.layout.version, adverseExcursion: min(0, gross), favourableExcursion: max(0, gross))
        let row = TradeRow(
            source: "paper", policyVersion: 1, symbol: series.symbol.rawValue, interval: series.interval.rawValue,
            synthetic: true, side: "long", entryAt: Date(milliseconds: entry.openTime + length),
            exitAt: Date(milliseconds: exit.openTime + length), entryPrice: entry.close, exitPrice: exit.close,
            grossReturn: gross, fees: 0.002, slippage: 0.0004, netReturn: gross - 0.0024, bars: held,
            exitReason: "signal", detail: try JSON.text(detail), recordedAt: Date(milliseconds: exit.openTime + length))
        guard let id = try transaction.insert(row) else { return }
        try transaction.insert(
            TradeStateRow(
                trade: id, layout: tables.layout.version, synthetic: true, exitAt: row.exitAt,
                netReturn: row.netReturn, state: state))
    }

    private static func train(until flag: StopFlag) throws {
        _ = try trainer(threads: ProcessInfo.processInfo.activeProcessorCount).run(
            steps: 1_000_000_000, control: TrainingControl(shouldStop: { flag.isRaised }))
    }

    private static func trainer(threads: Int) throws -> PPOTrainer {
        let series = SyntheticMarket().series(symbol: try symbol(), interval: .fifteenMinutes, bars: 20_000)
        var settings = PPOSettings()
        settings.copies = 16
        settings.normalisesObservations = true
        let environment = try TradingEnvironment(
            windows: [TradingWindow(try MarketTables(series))], copies: settings.copies, seed: 1)
        return try PPOTrainer(
            environment: environment, settings: settings, seed: 1, threads: threads)
    }

    private func report(_ sorted: [Double], wall: Double, cpu: Double) {
        guard !sorted.isEmpty else { return }
        func quantile(_ share: Double) -> Double { sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))] }
        print(
            """
            \(Figures.grouped(sorted.count)) first answers with \(Figures.grouped(trades)) trades stored\
            \(training ? ", training at the same time" : ""): median \(Figures.decimal(quantile(0.5), 3)) s, \
            p95 \(Figures.decimal(quantile(0.95), 3)) s, longest \(Figures.decimal(quantile(1), 3)) s.
            """)
        guard json else { return }
        let object: JSONObject = [
            "trades": .whole(trades), "questions": .whole(sorted.count), "training": .flag(training),
            "seconds_p50": .number(quantile(0.5)), "seconds_p95": .number(quantile(0.95)),
            "seconds_max": .number(quantile(1)), "wall_seconds": .number(wall), "cpu_seconds": .number(cpu),
            "peak_rss_bytes": .whole(Measurement.peakResidentBytes),
        ]
        print(object + Machine.object)
    }
}
