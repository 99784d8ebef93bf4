import Foundation
import Market
import Simulation
import Store

/// The candles of a cycle, split in time: learn from the past, leave a gap, judge on the newest.
struct CycleData {
    /// Whole window of each symbol.
    let series: [CandleSeries]
    /// First open time that is learned from no more, and first that is judged on.
    let trainingEnds: Int64
    let judgingBegins: Int64

    var trainingSeries: [CandleSeries] {
        series.map { series in
            series[0..<(series.candles.firstIndex { $0.openTime >= trainingEnds } ?? series.count)]
        }
    }

    var trainedOn: Range<Int64> { (series.compactMap { $0.span?.lowerBound }.min() ?? 0)..<trainingEnds }
    var judgedOn: Range<Int64> {
        judgingBegins..<max(judgingBegins, series.compactMap { $0.span?.upperBound }.max() ?? judgingBegins)
    }

    /// The same window with the newest `share` of the training bars kept for choosing among candidates, and `purgeBars` before
    /// them left out of both.
    func keepingForSelection(
        _ share: Double, purgeBars: Int, interval: Interval
    ) -> (learning: CycleData, selection: Range<Int64>) {
        let span = trainedOn
        let bars = Double((span.upperBound - span.lowerBound) / interval.milliseconds)
        let begins = span.upperBound - Int64(share * bars) * interval.milliseconds
        let learning = CycleData(
            series: series, trainingEnds: begins - Int64(purgeBars) * interval.milliseconds,
            judgingBegins: judgingBegins)
        return (learning, begins..<span.upperBound)
    }

    /// The bars of `tables` that are judged on.
    func judgedBars(of tables: MarketTables) -> Range<Int> {
        let first = tables.openTimes.firstIndex { $0 >= judgingBegins } ?? tables.count
        return max(first, tables.usableBars.lowerBound)..<tables.count
    }
}

extension LearningCycle {
    /// Bars below which training and judging make no sense.
    static let leastTrainingBars = 1_000
    static let leastJudgedBars = 100

    func ingest(_ job: CycleJob) throws -> CycleResults.Ingest {
        let ingestor = ingestor
        let progress = progress
        let summary = try waitFor {
            try await ingestor.ingest { bars in
                progress.update {
                    $0.fraction = nil
                    $0.trainedSteps = bars
                }
            }
        }
        try job.stop.check()
        let market = configuration.market
        var ends: [Int64] = []
        for symbol in market.symbols {
            let last = try store.lastCandleTime(
                symbol: symbol, interval: market.interval, isSynthetic: summary.synthetic)
            guard let last else { throw CycleError.noCandles(symbol: symbol, interval: market.interval) }
            ends.append(last + market.interval.milliseconds)
        }
        let end = ends.min() ?? 0
        let start = market.interval.floor(end - Int64(market.historyDays) * 86_400_000)
        let data = try load(start..<end, synthetic: summary.synthetic)
        return CycleResults.Ingest(
            newBars: summary.newBars, source: summary.source, synthetic: summary.synthetic, window: start..<end,
            bars: data.series.reduce(0) { $0 + $1.count },
            missingBars: data.series.reduce(0) { $0 + $1.gaps.reduce(0) { $0 + $1.missing } })
    }

    /// The candles the ingest step settled on, the same ones in every step and after a restart.
    func data(of job: CycleJob) throws -> CycleData {
        let ingest = try result(.ingest, of: job.record.id, as: CycleResults.Ingest.self)
        return try load(ingest.window, synthetic: ingest.synthetic)
    }

    private func load(_ window: Range<Int64>, synthetic: Bool) throws -> CycleData {
        let market = configuration.market
        let series = try market.symbols.map {
            try store.candles(
                symbol: $0, interval: market.interval, isSynthetic: synthetic, from: window.lowerBound,
                to: window.upperBound)
        }
        let bars = series.map(\.count).max() ?? 0
        // At least three quarters of a short history are learned from.
        let judged = min(configuration.validation.days * market.interval.barsPerDay, bars / 4)
        let judgingBegins = window.upperBound - Int64(judged) * market.interval.milliseconds
        let purge = Int64(configuration.validation.purgeBars) * market.interval.milliseconds
        let data = CycleData(series: series, trainingEnds: judgingBegins - purge, judgingBegins: judgingBegins)
        for (whole, training) in zip(series, data.trainingSeries) {
            let need = Self.leastTrainingBars
            guard training.count >= need, judged >= Self.leastJudgedBars else {
                throw CycleError.tooFewCandles(
                    symbol: whole.symbol, have: whole.count,
                    need: (need + configuration.validation.purgeBars) * 4 / 3 + Self.leastJudgedBars)
            }
        }
        return data
    }
}
