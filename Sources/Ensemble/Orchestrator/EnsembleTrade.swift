import Market
import Simulation

/// A trade of the ensemble from its decision to the moment that all of it is known: the side that was taken, and beside it what
/// the other side would have come to.
public struct EnsembleTrade: Sendable, Hashable, Codable {
    public let symbol: Symbol
    public let decision: EnsembleDecision
    /// Open time of the bar at whose open it was entered, UTC milliseconds.
    public let entryBar: Int64
    public let size: Double
    public internal(set) var taken: BarrierLeg
    public internal(set) var other: BarrierLeg

    public var side: Exposure { taken.side }
    var isSettled: Bool { taken.exit != nil && other.exit != nil }

    mutating func advance(_ candle: Candle) {
        taken.advance(candle)
        other.advance(candle)
    }

    mutating func close(at candle: Candle) {
        taken.close(at: candle)
        other.close(at: candle)
    }

    /// What the weights learn from; nil until both sides are known.
    public func score(named name: String, costs: CostModel) -> TradeScore? {
        guard let own = taken.netReturn(costs: costs), let against = other.netReturn(costs: costs) else { return nil }
        var votes: [String: TradeScore.Vote] = [:]
        for vote in decision.votes where vote.side != .flat {
            votes[vote.model] = TradeScore.Vote(vote.side, confidence: vote.confidence)
        }
        return TradeScore(
            trade: name, longReturn: side == .long ? own : against, shortReturn: side == .long ? against : own,
            votes: votes)
    }

    /// The closed trade with its costs; nil while it is open. Returns are fractions of the value at entry.
    public func result(costs: CostModel, interval: Interval) -> Result? {
        guard let exit = taken.exit else { return nil }
        let traded = 1 + exit.price / taken.entryPrice
        return Result(
            symbol: symbol, side: side, entryTime: entryBar, exitTime: exit.bar + interval.milliseconds,
            entryPrice: taken.entryPrice, exitPrice: exit.price, grossReturn: taken.grossReturn(at: exit.price),
            fees: costs.fee * traded, slippage: costs.slippage * traded,
            netReturn: taken.netReturn(at: exit.price, costs: costs), size: size, bars: taken.barsHeld,
            adverseExcursion: taken.adverseExcursion, favourableExcursion: taken.favourableExcursion,
            exitReason: exit.reason, confidence: decision.confidence)
    }

    public struct Result: Sendable, Hashable, Codable {
        public let symbol: Symbol
        public let side: Exposure
        /// UTC milliseconds; the exit at the latest the end of its bar.
        public let entryTime: Int64
        public let exitTime: Int64
        public let entryPrice: Double
        public let exitPrice: Double
        public let grossReturn: Double
        public let fees: Double
        public let slippage: Double
        public let netReturn: Double
        /// Fraction of equity that was put in.
        public let size: Double
        public let bars: Int
        public let adverseExcursion: Double
        public let favourableExcursion: Double
        public let exitReason: ExitReason
        /// Combined confidence at entry.
        public let confidence: Double

        public var isWin: Bool { netReturn > 0 }
    }
}
