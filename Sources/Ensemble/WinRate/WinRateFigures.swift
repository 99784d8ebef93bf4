import Evaluation
import Market
import Neural

/// What a set of closed trades proves, and what it does not.
public struct WinRateFigures: Sendable, Hashable, Codable {
    public let trades: Int
    public let wins: Int
    public let winRate: Double
    /// 95 % interval of the win rate: the wider ends of Wilson's and of the one resampled by days.
    public let winRateLow: Double
    public let winRateHigh: Double
    /// The win rate at which average win and loss cancel out; nil without both.
    public let breakEven: Double?
    /// Mean net result of a trade as a fraction of its value, with its 95 % interval by days.
    public let expectancy: Double
    public let expectancyLow: Double
    public let expectancyHigh: Double
    /// Lower bounds at the confidence that decides, which allows for looks and tries.
    public let decidingWinRateLow: Double
    public let decidingExpectancyLow: Double
    public let agents: RandomAgents?
    /// Looks and tests that the deciding bounds allow for.
    public let tries: Int
    public let tradesPerSymbol: [String: Int]
    public let verdict: Verdict

    public enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
        /// The lower bounds of win rate and expectancy pass target, break-even and chance.
        case met
        case notMet = "not_met"
        /// Too few trades to say anything.
        case notProvable = "not_provable"
    }

    init(
        _ results: [EnsembleTrade.Result], chance: RandomAgentPool, plan: WinRatePlan, stream: RandomStream
    ) throws {
        let statistics = try TradeStatistics(netReturns: results.map(\.netReturn))
        self.trades = statistics.trades
        wins = statistics.wins
        winRate = statistics.winRate
        breakEven = statistics.breakEvenWinRate
        expectancy = statistics.expectancy
        tries = plan.maximumIterations * (1 + plan.earlierTries)
        tradesPerSymbol = Dictionary(results.map { ($0.symbol.rawValue, 1) }, uniquingKeysWith: +)
        let shown = try Self.bounds(results, confidence: 0.95, stream: stream.split("shown"))
        (winRateLow, winRateHigh) = (
            min(shown.winRateLow, statistics.winRateLow), max(shown.winRateHigh, statistics.winRateHigh)
        )
        (expectancyLow, expectancyHigh) = (shown.meanLow, shown.meanHigh)
        let deciding = try Self.bounds(results, confidence: plan.decidingConfidence, stream: stream.split("deciding"))
        let wilson = WilsonInterval(
            successes: wins, trials: self.trades, confidence: plan.decidingConfidence)
        decidingWinRateLow = min(deciding.winRateLow, wilson.low)
        decidingExpectancyLow = deciding.meanLow
        agents = chance.band(against: statistics.expectancy)
        verdict = Self.verdict(
            plan, trades: self.trades, perSymbol: tradesPerSymbol, winRateLow: decidingWinRateLow, breakEven: breakEven,
            expectancyLow: decidingExpectancyLow, agents: agents)
    }

    private static func verdict(
        _ plan: WinRatePlan, trades: Int, perSymbol: [String: Int], winRateLow: Double, breakEven: Double?,
        expectancyLow: Double, agents: RandomAgents?
    ) -> Verdict {
        let least = plan.symbols.map { perSymbol[$0.rawValue] ?? 0 }.min() ?? 0
        guard trades >= WinRatePlan.leastTrades, least >= plan.minimumTradesPerSymbol, let agents else {
            return .notProvable
        }
        let passes =
            winRateLow >= plan.targetWinRate && winRateLow > breakEven ?? 0 && expectancyLow > 0
            && agents.shareAsGood <= WinRatePlan.significance
        return passes ? .met : .notMet
    }

    private static func bounds(
        _ results: [EnsembleTrade.Result], confidence: Double, stream: RandomStream
    ) throws -> DayBootstrap.Result {
        var stream = stream
        let days = results.map { $0.entryTime / 86_400_000 }
        guard Set(days).count >= 2 else {
            return .unknown
        }
        return try DayBootstrap().intervals(
            of: results.map(\.netReturn), days: days, confidence: confidence, stream: &stream)
    }
}
