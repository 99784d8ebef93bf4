import Evaluation
import Foundation
import Market
import Neural
import Simulation
import Store
import Strategies

/// How a rule did on the newest days, costs included. Nothing was fitted here, but whoever wrote it may have seen these days.
public struct StrategyReport: Codable, Sendable, Equatable {
    public var text: String
    public var from: Date
    public var to: Date
    public var costs: CostModel
    public var synthetic: Bool
    public var figures: CycleReport.Figures
    /// Total return of holding instead.
    public var buyAndHold: Double
    /// 90 % interval of the mean net log return a bar, by stationary bootstrap, and the chance of none.
    public var meanLow: Double
    public var meanHigh: Double
    public var probabilityNotPositive: Double

    /// - Parameter series: one a symbol, with history before the judged days.
    /// - Throws: ``MarketTablesError``, ``BacktestError`` or ``EvaluationError`` for too few candles.
    init(_ strategy: Strategy, on series: [CandleSeries], days: Int, costs: CostModel) throws {
        let results = try series.map { try Self.walk(strategy, $0, days: days, costs: costs) }
        let held = EqualWeights(results.map(\.held))
        let whole = EqualWeights(results.map(\.own))
        let interval = series[0].interval
        let returns = try ReturnStatistics(logReturns: whole.netLogReturns, interval: interval)
        let wins = try TradeStatistics(netReturns: whole.trades.map(\.netReturn))
        var stream = RandomStream(seed: 1).split("strategy")
        let mean = try StationaryBootstrap(meanBlock: Double(interval.barsPerDay)).mean(
            of: whole.netLogReturns, stream: &stream)
        text = strategy.text
        from = Date(milliseconds: whole.openTimes.first ?? 0)
        to = Date(milliseconds: (whole.openTimes.last ?? 0) + interval.milliseconds)
        self.costs = costs
        synthetic = series.contains(where: \.isSynthetic)
        figures = CycleReport.Figures(
            totalReturn: returns.totalReturn, meanLogReturnPerBar: returns.meanLogReturnPerBar,
            sharpeAnnual: returns.sharpeAnnual, maxDrawdown: returns.maxDrawdown, trades: wins.trades,
            winRate: wins.winRate, winRateLow: wins.winRateLow, winRateHigh: wins.winRateHigh,
            breakEvenWinRate: wins.breakEvenWinRate ?? 0)
        buyAndHold = expm1(held.netLogReturns.reduce(0, +))
        meanLow = mean.low
        meanHigh = mean.high
        probabilityNotPositive = mean.probabilityNotPositive
    }

    private static func walk(
        _ strategy: Strategy, _ series: CandleSeries, days: Int, costs: CostModel
    ) throws -> (own: BacktestResult, held: BacktestResult) {
        let tables = try MarketTables(series)
        let start = (tables.openTimes.last ?? 0) - Int64(days) * 86_400_000
        let first = tables.usableBars.first { tables.openTimes[$0] > start } ?? tables.usableBars.lowerBound
        let bars = max(first, tables.usableBars.lowerBound)..<tables.count
        let exposures = strategy.exposures(on: series)
        var bar = bars.lowerBound
        // A back-test asks at each bar in turn, once.
        let own = try Backtest.run(tables, bars: bars, costs: costs) { _ in
            defer { bar += 1 }
            return PolicyDecision(exposure: exposures[bar])
        }
        return (own, try Backtest.buyAndHold(tables, bars: bars, costs: costs))
    }
}
