import Evaluation
import Market
import Neural

/// What chance makes of the same trading, as quantiles over agents with the same number of trades in the same symbols, held as
/// long, entered at random bars on random sides.
public struct RandomAgents: Sendable, Hashable, Codable {
    /// Quantiles over the agents.
    public struct Band: Sendable, Hashable, Codable {
        public let low: Double
        public let median: Double
        public let high: Double

        init(_ values: [Double]) {
            let sorted = values.sorted()
            func at(_ share: Double) -> Double { sorted[Int((share * Double(sorted.count - 1)).rounded())] }
            (low, median, high) = (at(0.05), at(0.5), at(0.95))
        }
    }

    /// 5th, 50th and 95th percentile of the mean net result of a trade, and of the share of wins.
    public let expectancy: Band
    public let winRate: Band
    /// Share of the agents whose mean result is at least the one compared with.
    public let shareAsGood: Double
}

/// A closed trade with where chance may lay it: the bars of its window, in the symbol's candles.
struct PlacedTrade: Sendable {
    let trade: EnsembleTrade.Result
    let window: Range<Int>
    let tape: Int
}

/// A thousand agents whose trades are added window by window.
struct RandomAgentPool: Sendable {
    static let count = 1000

    private var sums = [Double](repeating: 0, count: count)
    private var wins = [Int32](repeating: 0, count: count)
    private var trades = 0

    /// Lets every agent make its version of each of `placed`; a trade longer than its window is left out.
    mutating func add(_ placed: [PlacedTrade], tapes: [SymbolTape], costs: CostModel, stream: RandomStream) {
        var stream = stream
        for one in placed where one.trade.bars > 0 && one.window.count >= one.trade.bars {
            trades += 1
            let places = one.window.count - one.trade.bars + 1
            let (first, bars) = (one.window.lowerBound, one.trade.bars)
            tapes[one.tape].series.candles.withUnsafeBufferPointer { candles in
                for agent in 0..<Self.count {
                    let draw = stream.below(2 * places)
                    let entry = first + draw >> 1
                    let growth = candles[entry + bars - 1].close / candles[entry].open
                    let move = draw & 1 == 0 ? growth - 1 : 1 - growth
                    let net = move - costs.perSide * (1 + growth)
                    sums[agent] += net
                    wins[agent] += net > 0 ? 1 : 0
                }
            }
        }
    }

    mutating func add(_ other: RandomAgentPool) {
        for agent in 0..<Self.count {
            sums[agent] += other.sums[agent]
            wins[agent] += other.wins[agent]
        }
        trades += other.trades
    }

    /// Nil before the first trade.
    func band(against expectancy: Double) -> RandomAgents? {
        guard trades > 0 else { return nil }
        let means = sums.map { $0 / Double(trades) }
        return RandomAgents(
            expectancy: .init(means), winRate: .init(wins.map { Double($0) / Double(trades) }),
            shareAsGood: Double(means.count { $0 >= expectancy }) / Double(Self.count))
    }
}
