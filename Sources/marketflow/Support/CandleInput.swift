import ArgumentParser
import Foundation
import Market
import MarketData

/// Candle files named on the command line, as series in memory.
struct CandleInput: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Candle files in Binance's dump layout (CSV, gz, zip). Files of one symbol are joined.", valueName: "file"))
    var data: [String] = []

    @Option(help: "What the candles are of; by default what the file names begin with.")
    var symbol: Symbol?

    @Option(help: "Length of a candle; by default what the file names or the candles themselves say.")
    var interval: Interval?

    @Flag(help: "The candles come from a simulator; said beside every figure.")
    var synthetic = false

    @Flag(help: "Leave out bad rows instead of refusing their file.")
    var lenient = false

    /// One series a symbol, in the order the files were named.
    func series() throws -> [CandleSeries] {
        try Self.series(
            of: data, symbol: symbol, interval: interval, isSynthetic: synthetic, mode: lenient ? .lenient : .strict)
    }

    static func series(
        of paths: [String], symbol: Symbol? = nil, interval: Interval? = nil, isSynthetic: Bool = false,
        mode: CandleFileReader.Mode = .strict
    ) throws -> [CandleSeries] {
        var files: [(symbol: Symbol, candles: [Candle])] = []
        var common = interval
        for path in paths {
            let length = try Self.interval(of: path, told: interval)
            if let common, common != length {
                throw CommandError(
                    "\(path) holds \(length) candles, but \(paths[0]) \(common) ones; one run takes one interval.")
            }
            common = length
            let candles = try CandleFileReader(path: path, interval: length, mode: mode).read().candles
            files.append((try symbol ?? Self.symbol(of: path), candles))
        }
        guard let common else { throw CommandError("no candle file was named; say which with --data.") }
        var order: [Symbol] = []
        for file in files where !order.contains(file.symbol) { order.append(file.symbol) }
        return order.map { symbol in
            CandleSeries(
                symbol: symbol, interval: common,
                candles: joined(files.filter { $0.symbol == symbol }.map(\.candles)), isSynthetic: isSynthetic)
        }
    }

    /// Where files overlap, the candles of the one that begins first count.
    private static func joined(_ files: [[Candle]]) -> [Candle] {
        if files.count == 1 { return files[0] }
        var candles: [Candle] = []
        for file in files.sorted(by: { ($0.first?.openTime ?? 0) < ($1.first?.openTime ?? 0) }) {
            let last = candles.last?.openTime ?? .min
            candles += file.drop { $0.openTime <= last }
        }
        return candles
    }

    /// What the name begins with, else its letters and digits: a label is needed, not a market.
    private static func symbol(of path: String) throws -> Symbol {
        if let name = CandleFileName(path: path) { return name.symbol }
        let stem = path.split(separator: "/").last?.split(separator: ".").first ?? ""
        let letters = stem.uppercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(20)
        // Any label will do for a file whose name has none.
        guard let symbol = Symbol(rawValue: letters.count < 2 ? "MARKET" : String(letters)) else {
            throw CommandError("the name of \(path) says no symbol; give it with --symbol.")
        }
        return symbol
    }

    /// What the user or the name says, else the longest interval on whose grid the first candles lie.
    static func interval(of path: String, told: Interval?) throws -> Interval {
        if let known = told ?? CandleFileName(path: path)?.interval { return known }
        var furthest: (line: Int, error: CandleFileError)?
        for interval in Interval.allCases.reversed() {
            let reader = CandleFileReader(path: path, interval: interval)
            do {
                try reader.forEachBatch { _ in throw Enough() }
            } catch is Enough {
                return interval
            } catch let error as CandleFileError {
                // A wrong interval fails in the first rows, the right one at the row that is really bad.
                guard case .badRow(_, let line, _) = error else { throw error }
                if line > furthest?.line ?? 0 { furthest = (line, error) }
            }
        }
        throw furthest?.error ?? CandleFileError.noCandles(file: path, firstRefused: nil)
    }

    /// The first batch was good.
    private struct Enough: Error {}
}
