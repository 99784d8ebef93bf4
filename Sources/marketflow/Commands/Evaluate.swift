import ArgumentParser
import Evaluation
import Foundation
import Market
import Policies
import Reinforcement
import Simulation

/// Walks a policy over candle files, always with costs.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let a policy trade candle files greedily, with costs, and say how it did.",
        discussion:
            "Several symbols are held in equal parts. Costs, stop and target are those the policy was trained with, unless said otherwise."
    )

    @Option(help: ArgumentHelp("The policy's folder.", valueName: "dir"))
    var policy: String

    @OptionGroup var input: CandleInput

    @OptionGroup var costs: CostOptions

    @OptionGroup var protection: ProtectionOptions

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    func run() throws {
        let published = try PublishedPolicy(path: policy)
        let layout = try published.layout()
        let costs = costs.costs(usual: published.manifest.costs)
        let protection = try protection.protection(usual: published.manifest.protection ?? .none)
        let series = try input.series()
        let line = ProgressLine("evaluating", unit: "bars")
        let total = series.reduce(0) { $0 + $1.count }
        let evaluator = PolicyEvaluator(published.policy)
        var walked = 0
        var results: [BacktestResult] = []
        var held: [BacktestResult] = []
        for one in series {
            let tables = try MarketTables(one, layout: layout)
            evaluator.forget()
            results.append(
                try Backtest.run(tables, costs: costs, protection: protection) { observation in
                    walked += 1
                    if walked % 1024 == 0 { line.show(walked, of: total) }
                    return evaluator.decide(observation)
                })
            held.append(try Backtest.buyAndHold(tables, costs: costs))
        }
        line.end()
        let result = try Result(results, held: held, costs: costs)
        print(result.text(of: published, on: series))
        if json { print(result.object(of: published, on: series)) }
    }
}

extension Evaluate {
    /// The figures of one evaluation.
    struct Result {
        let returns: ReturnStatistics
        let trades: TradeStatistics
        let buyAndHold: Double
        let costs: CostModel
        /// Open of the first walked bar to close of the last, UTC milliseconds.
        let span: Range<Int64>

        init(_ results: [BacktestResult], held: [BacktestResult], costs: CostModel) throws {
            let whole = EqualWeights(results)
            let interval = results[0].interval
            returns = try ReturnStatistics(logReturns: whole.netLogReturns, interval: interval)
            trades = try TradeStatistics(netReturns: whole.trades.map(\.netReturn))
            buyAndHold = try ReturnStatistics(logReturns: EqualWeights(held).netLogReturns, interval: interval)
                .totalReturn
            self.costs = costs
            let first = results.compactMap(\.openTimes.first).min() ?? 0
            span = first..<(results.compactMap(\.openTimes.last).max() ?? first) + interval.milliseconds
        }

        func text(of policy: PublishedPolicy, on series: [CandleSeries]) -> String {
            let names = series.map(\.symbol.rawValue).joined(separator: ", ")
            let kind = series.contains(where: \.isSynthetic) ? "SYNTHETIC " : ""
            func percent(_ value: Double?) -> String { value.map { Figures.percent($0) } ?? "–" }
            return """
                \(names) \(series[0].interval), \(kind)bars \(returns.bars), \(UTC.text(span.lowerBound)) to \(UTC.text(span.upperBound))
                costs a side     \(Figures.decimal(costs.feeBps, 1)) bps fee + \(Figures.decimal(costs.slippageBps, 1)) bps slippage
                total return     \(Figures.percent(returns.totalReturn, signed: true))   (buy and hold \(Figures.percent(buyAndHold, signed: true)))
                Sharpe, annual   \(Figures.decimal(returns.sharpeAnnual))
                max drawdown     \(Figures.percent(returns.maxDrawdown))
                trades           \(trades.trades), profit factor \(trades.profitFactor.map { Figures.decimal($0) } ?? "–")
                win rate         \(Figures.percent(trades.winRate)) (95 %: \(Figures.percent(trades.winRateLow)) to \
                \(Figures.percent(trades.winRateHigh))), break-even at \(percent(trades.breakEvenWinRate))
                """
        }

        func object(of policy: PublishedPolicy, on series: [CandleSeries]) -> JSONObject {
            [
                "bars": .whole(returns.bars), "trades": .whole(trades.trades), "win_rate": .number(trades.winRate),
                "win_rate_low": .number(trades.winRateLow), "win_rate_high": .number(trades.winRateHigh),
                "break_even_win_rate": trades.breakEvenWinRate.map { .number($0) },
                "total_return": .number(returns.totalReturn),
                "mean_log_return_per_bar": .number(returns.meanLogReturnPerBar),
                "max_drawdown": .number(returns.maxDrawdown), "sharpe_annual": .number(returns.sharpeAnnual),
                "profit_factor": trades.profitFactor.map { .number($0) }, "fee_bps": .number(costs.feeBps),
                "slippage_bps": .number(costs.slippageBps), "from": .time(span.lowerBound),
                "to": .time(span.upperBound), "buy_and_hold_return": .number(buyAndHold),
                "volatility_annual": .number(returns.volatilityAnnual), "expectancy": .number(trades.expectancy),
                "symbols": .texts(series.map(\.symbol.rawValue)), "interval": .text(series[0].interval.rawValue),
                "synthetic": .flag(series.contains(where: \.isSynthetic)), "policy_sha256": .text(policy.sha256),
            ]
        }
    }
}
