import ArgumentParser
import Foundation
import Market
import MarketData
import Store

/// Stored candles as a file.
struct DataExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the stored candles of a symbol as a CSV file with Binance's columns.")

    @OptionGroup var state: StateOptions

    @Option(help: "The symbol, for example BTCUSDT.")
    var symbol: Symbol

    @Option(help: "Length of a candle.")
    var interval: Interval

    @Flag(help: "The synthetic candles instead of the real ones.")
    var synthetic = false

    @Option(help: ArgumentHelp("The CSV file to write; one that is there is replaced.", valueName: "file"))
    var out: String

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    func run() throws {
        let store = try state.existingStore()
        let series = try store?.candles(symbol: symbol, interval: interval, isSynthetic: synthetic)
        guard let series, let span = series.span else {
            let other = try store?.lastCandleTime(symbol: symbol, interval: interval, isSynthetic: !synthetic) != nil
            let hint = synthetic ? "leave out --synthetic for the real ones" : "add --synthetic for the synthetic ones"
            throw CommandError(
                "there are no \(synthetic ? "synthetic" : "real") \(symbol) \(interval) candles in \(state.dataDir); "
                    + (other ? hint : "“marketflow data status” shows what there is") + ". Nothing was written.")
        }
        try CandleFileWriter.write(series, to: out)
        print("\(out): \(Figures.grouped(series.count)) \(symbol) \(interval)\(synthetic ? " SYNTHETIC" : "") candles.")
        guard json else { return }
        let object: JSONObject = [
            "out": .text(out), "symbol": .text(symbol.rawValue), "interval": .text(interval.rawValue),
            "synthetic": .flag(synthetic), "rows": .whole(series.count), "from": .time(span.lowerBound),
            "to": .time(span.upperBound),
        ]
        print(object)
    }
}
