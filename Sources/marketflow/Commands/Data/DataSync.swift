import ArgumentParser
import ControlPlane
import Foundation
import Settings

/// New candles from the configured source.
struct DataSync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Fetch the candles that are missing since the last one, from the configured source.")

    @OptionGroup var state: StateOptions

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    func run() async throws {
        let measurement = Measurement()
        let settings = try state.settings()
        let (tail, logger) = try state.quiet().logging(try state.secrets())
        let folder = try state.madeFolder()
        let lock = try InstanceLock(folder: folder)
        defer { withExtendedLifetime(lock) {} }
        let control = try Assembly(settings: settings, folder: folder).controlPlane(tail: tail, logger: logger)
        let line = ProgressLine("fetching from \(control.ingestor.sourceName)", unit: "candles")
        let summary = try await control.ingestor.ingest { line.show($0) }
        line.end()
        let seconds = measurement.wallSeconds
        print(
            """
            \(Figures.grouped(summary.newBars)) new candles from \(summary.source)\(summary.synthetic ? " (SYNTHETIC)" : "") \
            in \(Figures.decimal(seconds)) s.
            """)
        guard json else { return }
        let object: JSONObject = [
            "new_bars": .whole(summary.newBars), "source": .text(summary.source), "synthetic": .flag(summary.synthetic),
            "seconds": .number(seconds), "series": .list(try control.store.candleStatus().map(\.object)),
        ]
        print(object)
    }
}
