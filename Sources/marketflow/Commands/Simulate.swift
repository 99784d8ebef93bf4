import ArgumentParser
import Foundation
import Market
import MarketData
import Simulation

/// Writes a simulated world as a candle file.
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a simulated market as a candle file with Binance's columns.",
        discussion: """
            bull: each day gains 5 to 10 %. bear: each day loses as much. flat: each day's realised volatility stays below 0.5 %. \
            stress: each day has a flash crash of 10 to 40 % with partial recovery. Equal seeds give equal candles.
            """)

    @Option(help: "bull, bear, flat or stress.", transform: world)
    var world: ScenarioWorld

    @Option(help: "Length of a candle.")
    var interval = Interval.fifteenMinutes

    @Option(help: "Number of candles, at most ten years.")
    var bars: Int

    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 1

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Candle files whose price, volatility and volume the world takes over.", valueName: "file"))
    var fit: [String] = []

    @Option(help: ArgumentHelp("The CSV file to write; one that is there is replaced.", valueName: "file"))
    var out: String

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    func run() throws {
        let measurement = Measurement()
        let template = try fit.isEmpty ? nil : CandleInput.series(of: fit)[0]
        let series = try world.generate(interval: interval, bars: bars, seed: seed, template: template)
        let generated = measurement.wallSeconds
        try CandleFileWriter.write(series, to: out)
        let span = series.span ?? 0..<0
        print(
            """
            \(out): \(Figures.grouped(series.count)) SYNTHETIC \(interval) candles of the \(world) world, \
            \(UTC.text(span.lowerBound)) to \(UTC.text(span.upperBound)).
            """)
        guard json else { return }
        let object: JSONObject = [
            "world": .text(world.rawValue), "symbol": .text(series.symbol.rawValue),
            "interval": .text(interval.rawValue), "bars": .whole(series.count), "seed": .unsigned(seed),
            "out": .text(out), "from": .time(span.lowerBound), "to": .time(span.upperBound),
            "first_open": series.candles.first.map { .number($0.open) },
            "last_close": series.candles.last.map { .number($0.close) }, "synthetic": .flag(true),
            "seconds": .number(measurement.wallSeconds), "bars_per_second": .number(Double(series.count) / generated),
        ]
        print(object)
    }

    private static func world(_ name: String) throws -> ScenarioWorld {
        guard let world = ScenarioWorld(rawValue: name) else {
            throw ValidationError(
                "there is no world “\(name)”; this build has the four scenario worlds bull, bear, flat and stress.")
        }
        return world
    }
}
