import ArgumentParser
import Foundation
import Market
import Store

/// What candles there are.
struct DataStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show what candles the database holds, and what is missing in them.")

    @OptionGroup var state: StateOptions

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    func run() throws {
        let series = try state.existingStore()?.candleStatus() ?? []
        if series.isEmpty {
            print("There are no candles yet: “marketflow data sync” or “marketflow data import FILE…”.")
        }
        for one in series { print(one.text) }
        if json { print(JSONObject(dictionaryLiteral: ("series", .list(series.map(\.object))))) }
    }
}

extension CandleSeriesStatus {
    /// Open of the first candle to close of the last, UTC milliseconds.
    private var end: Int64 { last + interval.milliseconds }

    fileprivate var text: String {
        """
        \(symbol) \(interval)\(isSynthetic ? " SYNTHETIC" : ""): \(Figures.grouped(rows)) candles, \(UTC.text(first)) to \
        \(UTC.text(end)), \(Figures.gaps(gaps, missing: missing))
        """
    }

    var object: JSONObject {
        [
            "symbol": .text(symbol.rawValue), "interval": .text(interval.rawValue), "synthetic": .flag(isSynthetic),
            "rows": .whole(rows), "from": .time(first), "to": .time(end), "gaps": .whole(gaps),
            "missing_bars": .whole(missing),
        ]
    }
}
