import ArgumentParser
import Foundation
import Market
import MarketData
import Simulation
import Store

/// Candle files into a database of its own, which is thrown away.
struct BenchStore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Rows a second from a candle file into a database, and read back.")

    @Option(help: "Candles of the file.")
    var rows = 500_000

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    func run() throws {
        try CommandError.require("--rows", rows, in: 1_000...10_000_000)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "marketflow-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // What cannot be removed lies in the system's temporary folder, which is emptied by itself.
        defer { try? FileManager.default.removeItem(at: folder) }
        guard let symbol = Symbol(rawValue: "BENCHMARK") else {
            throw CommandError("the benchmark's series has no name.")
        }
        let file = folder.appendingPathComponent("BENCHMARK-1m.csv").path
        try CandleFileWriter.write(
            SyntheticMarket().series(symbol: symbol, interval: .oneMinute, bars: rows), to: file)
        let store = try Store(path: folder.appendingPathComponent("bench.db").path)
        func importAll() throws -> FileImport {
            try FileImport(file, symbol, .oneMinute, isSynthetic: true, mode: .strict, into: store)
        }
        let measurement = Measurement()
        let first = try importAll()
        let cpu = measurement.cpuSeconds
        let again = try importAll()
        guard first.insertion.inserted == rows, again.insertion.identical == rows else {
            throw CommandError(
                "the database took \(first.insertion.inserted) of \(rows) rows; the figures would mean nothing.")
        }
        let reading = Measurement()
        _ = try store.candles(symbol: symbol, interval: .oneMinute, isSynthetic: true)
        report(import: first.seconds, cpu: cpu, again: again.seconds, read: reading.wallSeconds)
    }

    private func report(import seconds: Double, cpu: Double, again: Double, read: Double) {
        func rate(_ seconds: Double) -> Double { Double(rows) / seconds }
        print(
            """
            \(Figures.grouped(rows)) rows: imported at \(Figures.grouped(Int(rate(seconds)))) a second, \
            again (all known) at \(Figures.grouped(Int(rate(again)))), read at \(Figures.grouped(Int(rate(read)))).
            """)
        guard json else { return }
        let object: JSONObject = [
            "rows": .whole(rows), "wall_seconds": .number(seconds), "cpu_seconds": .number(cpu),
            "rows_per_second": .number(rate(seconds)), "rows_per_cpu_second": .number(rate(cpu)),
            "known_rows_per_second": .number(rate(again)), "read_rows_per_second": .number(rate(read)),
            "peak_rss_bytes": .whole(Measurement.peakResidentBytes),
        ]
        print(object + Machine.object)
    }
}
