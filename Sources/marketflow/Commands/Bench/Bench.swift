import ArgumentParser
import Foundation
import Market
import Neural
import Reinforcement
import Simulation

/// Measured speeds of this machine.
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how fast this machine trains, simulates and stores.",
        discussion: "State the processor and its load beside every figure; both are in the JSON.",
        subcommands: [BenchTrain.self, BenchEnvironment.self, BenchStore.self, BenchWhy.self])
}

/// What the benchmarks of the simulated trader share.
struct BenchOptions: ParsableArguments {
    enum World: String, ExpressibleByArgument, CaseIterable {
        /// The public benchmark.
        case candleV1 = "candle-v1"
        /// The world the product trains in.
        case trading1 = "trading-1"

        var layout: ObservationLayout { self == .candleV1 ? .candleV1 : .trading1 }
    }

    @Option(help: "The simulated trader's world.")
    var env = World.candleV1

    @Option(help: "Hyper-parameters and with them the number of copies: 64, in default 1.")
    var config = Preset.fast

    @Option(help: "Environment steps, all copies together; rounded up.")
    var steps = 1_000_000

    @Option(help: "Threads.")
    var threads = 1

    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "Candles as little-endian float64 rows of open, high, low, close, volume; without it a synthetic series.",
            valueName: "candles.f64"))
    var data: String?

    @Option(help: "Force an instruction set.")
    var kernels: KernelLevel?

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    /// Bars of the series that is made where none is given.
    private static let bars = 200_000

    func checkRanges() throws {
        try CommandError.require("--steps", steps, in: 1...1_000_000_000_000)
        try CommandError.require("--threads", threads, in: 1...256)
        try kernels?.force()
    }

    func environment(copies: Int) throws -> TradingEnvironment {
        let tables = try MarketTables(series(), layout: env.layout)
        return switch env {
        case .candleV1: try .candleV1(tables, copies: copies, seed: seed)
        case .trading1: try TradingEnvironment(windows: [TradingWindow(tables)], copies: copies, seed: seed)
        }
    }

    private func series() throws -> CandleSeries {
        guard let symbol = Symbol(rawValue: "BENCHMARK") else {
            throw CommandError("the benchmark's series has no name.")
        }
        guard let data else {
            return SyntheticMarket().series(symbol: symbol, interval: .fifteenMinutes, bars: Self.bars)
        }
        guard FileManager.default.isReadableFile(atPath: data) else {
            throw CommandError("\(data) is not a file that can be read.")
        }
        return CandleSeries(
            symbol: symbol, interval: .fifteenMinutes, candles: try CandleMatrix.read(path: data), isSynthetic: false)
    }

    func report(steps: Int, wall: Double, cpu: Double, meanReturn: Double?) {
        print(
            """
            \(env.rawValue) \(config.rawValue): \(Figures.grouped(steps)) steps in \(Figures.decimal(wall)) s, \
            \(Figures.grouped(Int(Double(steps) / wall))) a second, \(Figures.grouped(Int(Double(steps) / cpu))) a CPU second \
            (\(threads) threads, \(KernelLevel.inUse.name), load \(Machine.load.map { Figures.decimal($0) } ?? "unknown")).
            """)
        guard json else { return }
        let object: JSONObject = [
            "env": .text(env.rawValue), "config": .text(config.rawValue), "steps": .whole(steps),
            "wall_seconds": .number(wall), "cpu_seconds": .number(cpu),
            "steps_per_second": .number(Double(steps) / wall), "steps_per_cpu_second": .number(Double(steps) / cpu),
            "peak_rss_bytes": .whole(Measurement.peakResidentBytes), "mean_return_last": meanReturn.map { .number($0) },
            "threads": .whole(threads), "seed": .unsigned(seed), "kernels": .text(KernelLevel.inUse.name),
        ]
        print(object + Machine.object)
    }
}

/// What a measured figure must be read beside.
enum Machine {
    static var processor: String? {
        // Absent outside Linux on x86; the figure then stands without it.
        guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// Mean number of running tasks in the last minute.
    static var load: Double? {
        var loads = [0.0]
        return getloadavg(&loads, 1) == 1 ? loads[0] : nil
    }

    static var object: JSONObject {
        [
            "cpu": processor.map { .text($0) }, "cores": .whole(ProcessInfo.processInfo.activeProcessorCount),
            "load_average": load.map { .number($0) },
        ]
    }
}
