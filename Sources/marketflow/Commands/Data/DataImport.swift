import ArgumentParser
import Foundation
import Market
import MarketData
import Store

/// Candle files into the database.
struct DataImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Read candle files in Binance's dump layout (CSV, gz, zip) into the database.",
        discussion: """
            A file comes in as a whole or not at all; with --lenient its bad rows are left out and told. Importing a file again \
            changes nothing. A NAME.CHECKSUM beside the file is verified first.
            """)

    @OptionGroup var state: StateOptions

    @Argument(help: "Candle files.")
    var files: [String]

    @Option(help: "What the candles are of, for example BTCUSDT; by default what the file's name begins with.")
    var symbol: Symbol?

    @Option(help: "Length of a candle; by default what the file's name says.")
    var interval: Interval?

    @Flag(help: "Leave out bad rows instead of refusing their file.")
    var lenient = false

    @Flag(help: "The candles come from a simulator; they are kept apart from real ones.")
    var synthetic = false

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    func run() throws {
        // All names are looked at before the first file is touched.
        let markets = try files.map { try market(of: $0) }
        let store = try state.store()
        var imports: [FileImport] = []
        for (path, market) in zip(files, markets) {
            let file = try FileImport(
                path, market.0, market.1, isSynthetic: synthetic, mode: lenient ? .lenient : .strict, into: store)
            print(file.text)
            imports.append(file)
        }
        if json { print(Self.object(imports)) }
    }

    private func market(of path: String) throws -> (Symbol, Interval) {
        let name = CandleFileName(path: path)
        guard let symbol = symbol ?? name?.symbol, let interval = interval ?? name?.interval else {
            throw CommandError(
                "\(path): the name does not begin with symbol and interval as in BTCUSDT-15m-2024-08.zip; give --symbol and --interval. Nothing was imported."
            )
        }
        return (symbol, interval)
    }

    private static func object(_ imports: [FileImport]) -> JSONObject {
        func sum(_ value: (FileImport) -> Int) -> JSONObject.Content { .whole(imports.reduce(0) { $0 + value($1) }) }
        let seconds = imports.reduce(0) { $0 + $1.seconds }
        let rows = imports.reduce(0) { $0 + $1.summary.rows }
        return [
            "rows": .whole(rows), "inserted": sum(\.insertion.inserted), "updated": sum(\.insertion.updated),
            "identical": sum(\.insertion.identical), "refused_rows": sum(\.summary.refusedRows),
            "gaps": sum(\.insertion.gaps), "missing_bars": sum(\.insertion.missing), "seconds": .number(seconds),
            "rows_per_second": .number(Double(rows) / max(seconds, 1e-9)), "files": .list(imports.map(\.object)),
        ]
    }
}

/// One file that was imported.
struct FileImport {
    let symbol: Symbol
    let interval: Interval
    let summary: CandleFileSummary
    let insertion: CandleInsertion
    let seconds: Double

    /// Imports the file in one transaction.
    init(
        _ path: String, _ symbol: Symbol, _ interval: Interval, isSynthetic: Bool, mode: CandleFileReader.Mode,
        into store: Store
    ) throws {
        let measurement = Measurement()
        let line = ProgressLine(path, unit: "rows")
        let reader = CandleFileReader(path: path, interval: interval, mode: mode)
        var rows = 0
        let (insertion, summary) = try store.importCandles(symbol: symbol, interval: interval, isSynthetic: isSynthetic)
        {
            append in
            try reader.forEachBatch { batch in
                try append(batch)
                rows += batch.count
                line.show(rows)
            }
        }
        line.end()
        self.symbol = symbol
        self.interval = interval
        self.summary = summary
        self.insertion = insertion
        seconds = measurement.wallSeconds
    }

    private var rate: Double { Double(summary.rows) / max(seconds, 1e-9) }

    var text: String {
        func count(_ value: Int) -> String { Figures.grouped(value) }
        var text = """
            \(summary.path): \(count(summary.rows)) \(symbol) \(interval) candles in \(Figures.decimal(seconds)) s \
            (\(count(Int(rate))) rows a second): \(count(insertion.inserted)) new, \(count(insertion.updated)) changed, \
            \(count(insertion.identical)) known; \(Figures.gaps(insertion.gaps, missing: insertion.missing))
            """
        if summary.refusedRows > 0 { text += "\n  left out \(count(summary.refusedRows)) rows:" }
        for row in summary.refused.prefix(10) { text += "\n  \(row)" }
        return text
    }

    var object: JSONObject {
        [
            "file": .text(summary.path), "symbol": .text(symbol.rawValue), "interval": .text(interval.rawValue),
            "rows": .whole(summary.rows), "inserted": .whole(insertion.inserted),
            "updated": .whole(insertion.updated), "identical": .whole(insertion.identical),
            "refused_rows": .whole(summary.refusedRows), "refused": .texts(summary.refused.map(\.description)),
            "gaps": .whole(insertion.gaps), "missing_bars": .whole(insertion.missing),
            "from": summary.first.map { .time($0) }, "to": summary.last.map { .time($0 + interval.milliseconds) },
            "seconds": .number(seconds), "rows_per_second": .number(rate),
        ]
    }
}
