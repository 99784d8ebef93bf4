import Analyst
import Charts
import Foundation
import Logging
import Market
import Store
import Synchronization

/// Answers where the agent loses over many trades. The latest answers are kept in memory.
public final class ErrorDesk: Sendable {
    /// What was found over the last `trades` trades.
    public struct Report: Sendable {
        public let analysis: ErrorAnalysis
        /// True when all of the trades are of the synthetic market.
        public let isSynthetic: Bool
        /// Path of a PNG file; nil when it could not be drawn.
        public let picture: String?
    }

    private struct Key: Hashable {
        var trades: Int
        var language: AnswerLanguage
    }

    private let store: Store
    private let charts: URL
    private let worker: WorkerThread
    private let logger: Logger
    private let latest = Mutex<[Key: (newest: Int64, report: Report)]>([:])

    init(store: Store, charts: URL, worker: WorkerThread, logger: Logger) {
        self.store = store
        self.charts = charts
        self.worker = worker
        self.logger = logger
    }

    /// Looks at the last `trades` trades, unless that was done already and none has come since.
    @discardableResult
    public func report(of trades: Int, in language: AnswerLanguage) async throws -> Report {
        try await worker.run { try self.make(trades, language) }
    }

    /// The latest report of that many trades; nil before ``report(of:in:)``.
    public func storedReport(of trades: Int, in language: AnswerLanguage) -> Report? {
        latest.withLock { $0[Key(trades: trades, language: language)]?.report }
    }

    private func make(_ trades: Int, _ language: AnswerLanguage) throws -> Report {
        let key = Key(trades: trades, language: language)
        let rows = try store.read { try $0.trades(limit: trades) }
        let newest = rows.first?.id ?? 0
        if let known = latest.withLock({ $0[key] }), known.newest == newest { return known.report }
        let samples = try samples(rows)
        let analysis = ErrorAnalysis(samples)
        let isSynthetic = !rows.isEmpty && rows.allSatisfy(\.synthetic)
        let report = Report(
            analysis: analysis, isSynthetic: isSynthetic,
            picture: rows.count < ErrorAnalysis.trades.lowerBound
                ? nil
                : draw(ErrorChart.make(samples, analysis, isSynthetic: isSynthetic, in: language), language))
        latest.withLock { known in
            // Someone who tries all numbers must not fill the memory.
            if known.count >= 16 { known.removeAll() }
            known[key] = (newest, report)
        }
        return report
    }

    private func draw(_ chart: Chart, _ language: AnswerLanguage) -> String? {
        let file = charts.appendingPathComponent("errors-\(language.rawValue).png")
        do {
            try Data(chart.png(width: 1200, height: 1100)).write(to: file, options: .atomic)
            return file.path
        } catch {
            logger.warning("the error analysis was not drawn", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func samples(_ rows: [TradeRow]) throws -> [TradeSample] {
        struct Series: Hashable {
            let symbol, interval: String
            let synthetic: Bool
        }
        let groups = Dictionary(grouping: rows) {
            Series(symbol: $0.symbol, interval: $0.interval, synthetic: $0.synthetic)
        }
        return try groups.flatMap { series, rows -> [TradeSample] in
            let candles = try candles(series.symbol, series.interval, series.synthetic, rows)
            return try rows.map { row in
                let ranked = try row.decodedDetail()?.probabilities.sorted(by: >) ?? []
                return TradeSample(
                    netReturn: row.netReturn, symbol: row.symbol, entryTime: row.entryAt.milliseconds, bars: row.bars,
                    exitReason: row.exitReason, margin: ranked.count > 1 ? ranked[0] - ranked[1] : nil,
                    regime: candles.flatMap { TradeSample.regime($0, at: row.entryAt.milliseconds) })
            }
        }.sorted { ($0.entryTime, $0.symbol) < ($1.entryTime, $1.symbol) }
    }

    /// Candles from before the first entry to the last; nil for a series this version does not know.
    private func candles(
        _ symbol: String, _ interval: String, _ synthetic: Bool, _ rows: [TradeRow]
    ) throws -> CandleSeries? {
        guard let symbol = Symbol(rawValue: symbol), let interval = Interval(rawValue: interval),
            let first = rows.map(\.entryAt.milliseconds).min(), let last = rows.map(\.entryAt.milliseconds).max()
        else { return nil }
        return try store.candles(
            symbol: symbol, interval: interval, isSynthetic: synthetic, from: first - 64 * interval.milliseconds,
            to: last)
    }
}
