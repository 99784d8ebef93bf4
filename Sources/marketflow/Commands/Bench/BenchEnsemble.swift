import ArgumentParser
import Ensemble
import Foundation
import LightGBM
import Market
import Neural
import Simulation

/// The win-rate test and its parts.
struct BenchEnsemble: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ensemble",
        abstract:
            "A win-rate test of ten 30-day windows on five symbols, one model's back-test, and LightGBM's training.")

    @Option(help: "LightGBM's shared library; without it lgbm_ai stays out.")
    var lightgbm = "data/lib/lib_lightgbm.so"

    @Option(help: "Judged windows.")
    var iterations = 10

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    func run() throws {
        guard (1...100).contains(iterations) else {
            throw ValidationError("--iterations is \(iterations), but 1 to 100 are possible.")
        }
        let library = FileManager.default.fileExists(atPath: lightgbm) ? try LightGBM(path: lightgbm) : nil
        let symbols = ["SOLUSDT", "ADAUSDT", "BTCUSDT", "ETHUSDT", "BNBUSDT"].compactMap(Symbol.init(rawValue:))
        var plan = WinRatePlan(symbols: symbols)
        plan.maximumIterations = iterations
        let market = SyntheticMarket(seed: 29)
        let begin = SyntheticMarket.epoch
        let end = begin + Int64(plan.daysNeeded + 1) * 86_400_000
        let series = symbols.map {
            CandleSeries(
                symbol: $0, interval: plan.interval,
                candles: market.candles(symbol: $0, interval: plan.interval, from: begin, to: end), isSynthetic: true)
        }
        let weights = try EnsembleWeights(
            [("trading_ai", 0.25), ("lava_ai", 0.35), ("lgbm_ai", 0.40)], parameters: LearningParameters())
        let measurement = Measurement()
        var test = try WinRateTest(
            plan: plan, series: series, models: [TradingAI(), LavaAI()],
            trainer: library.map { LGBMTrainer(library: $0) }, weights: weights)
        for window in test.windows.indices { _ = try test.run(window) }
        let (wall, cpu) = (measurement.wallSeconds, measurement.cpuSeconds)
        let backtests = try backtest(series[0], rules: plan.rules)
        let training = try library.map { try train($0) }
        print(
            "win-rate test: \(test.windows.count) windows in \(Figures.decimal(wall)) s (\(Figures.decimal(cpu)) s CPU)"
        )
        for (model, rate) in backtests { print("\(model): \(Figures.grouped(Int(rate))) candles a second") }
        if let training {
            print(
                "LightGBM, 50,000 × 30 × 100 rounds: \(Figures.decimal(training.wall)) s (\(Figures.decimal(training.cpu)) s CPU)"
            )
        }
        guard json else { return }
        let object: JSONObject = [
            "iterations": .whole(test.windows.count), "wall_seconds": .number(wall), "cpu_seconds": .number(cpu),
            "trading_ai_candles_per_second": .number(backtests[0].1),
            "lava_ai_candles_per_second": .number(backtests[1].1),
            "lightgbm_wall_seconds": training.map { .number($0.wall) },
            "lightgbm_cpu_seconds": training.map { .number($0.cpu) },
        ]
        print(object)
    }

    /// Signals and trades of one model over two million candles.
    private func backtest(_ series: CandleSeries, rules: TradingRules) throws -> [(String, Double)] {
        let models: [any SignalModel] = [TradingAI(), LavaAI()]
        return try models.map { model in
            var tape = SymbolTape(series)
            let rounds = 1 + 2_000_000 / series.count
            let measurement = Measurement()
            for _ in 0..<rounds { _ = try tape.backtest(model, rules: rules) }
            return (model.name, Double(rounds * series.count) / measurement.wallSeconds)
        }
    }

    /// The table that LightGBM is also measured on from Python: normal columns, a rule of two of them.
    private func train(_ library: LightGBM) throws -> (wall: Double, cpu: Double) {
        var stream = RandomStream(seed: 1)
        let rows = (0..<50_000 * 30).map { _ in Float(stream.normal()) }
        let labels = (0..<50_000).map { row -> Float in
            let sum = rows[row * 30] + rows[row * 30 + 1] * rows[row * 30 + 2] + Float(stream.normal()) * 0.3
            return sum > 0 ? 1 : 0
        }
        let measurement = Measurement()
        _ = try library.train(rows, columns: 30, labels: labels, settings: BoostingSettings())
        return (measurement.wallSeconds, measurement.cpuSeconds)
    }
}
