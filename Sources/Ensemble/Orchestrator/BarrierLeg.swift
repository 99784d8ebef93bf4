import Market
import Simulation

/// One side of a trade between a stop, a target and a time limit. It begins at the open of a bar and looks at that bar, too.
///
/// A bar that opens beyond a level is filled at its open, otherwise at the level; when one bar touches both, the stop is assumed
/// to have come first.
public struct BarrierLeg: Sendable, Hashable, Codable {
    public let side: Exposure
    public let entryPrice: Double
    public let stop: Double
    public let target: Double
    /// Bars until the time limit.
    public private(set) var barsLeft: Int
    public private(set) var barsHeld = 0
    /// Fractions of the entry price, at most and at least 0.
    public private(set) var adverseExcursion = 0.0
    public private(set) var favourableExcursion = 0.0
    public private(set) var exit: Exit?

    public struct Exit: Sendable, Hashable, Codable {
        public let price: Double
        public let reason: ExitReason
        /// Open time of the bar it lies in, UTC milliseconds.
        public let bar: Int64
    }

    public init(side: Exposure, entryPrice: Double, range: Double, rules: TradingRules) {
        self.side = side
        self.entryPrice = entryPrice
        stop = entryPrice - side.sign * rules.stopRanges * range
        target = entryPrice + side.sign * rules.targetRanges * range
        barsLeft = max(1, rules.maximumBars)
    }

    public mutating func advance(_ candle: Candle) {
        guard exit == nil else { return }
        barsHeld += 1
        barsLeft -= 1
        if let (price, reason) = touched(candle) {
            leave(at: price, reason, in: candle)
        } else {
            mark(low: candle.low, high: candle.high)
            if barsLeft <= 0 { leave(at: candle.close, .timeLimit, in: candle) }
        }
    }

    /// Ends it at the close of the last bar there is.
    public mutating func close(at candle: Candle) {
        if exit == nil { leave(at: candle.close, .endOfData, in: candle) }
    }

    /// Net return of leaving at `price`, as a fraction of the value at entry; fee and slippage are paid on what is traded.
    public func netReturn(at price: Double, costs: CostModel) -> Double {
        grossReturn(at: price) - costs.perSide * (1 + price / entryPrice)
    }

    public func grossReturn(at price: Double) -> Double { side.sign * (price / entryPrice - 1) }

    /// Nil while it is open.
    public func netReturn(costs: CostModel) -> Double? { exit.map { netReturn(at: $0.price, costs: costs) } }

    private func touched(_ candle: Candle) -> (Double, ExitReason)? {
        if side == .long {
            if candle.low <= stop { return (min(candle.open, stop), .stopLoss) }
            if candle.high >= target { return (max(candle.open, target), .takeProfit) }
        } else {
            if candle.high >= stop { return (max(candle.open, stop), .stopLoss) }
            if candle.low <= target { return (min(candle.open, target), .takeProfit) }
        }
        return nil
    }

    private mutating func leave(at price: Double, _ reason: ExitReason, in candle: Candle) {
        mark(low: price, high: price)
        exit = Exit(price: price, reason: reason, bar: candle.openTime)
    }

    private mutating func mark(low: Double, high: Double) {
        let (down, up) = (low / entryPrice - 1, high / entryPrice - 1)
        adverseExcursion = min(adverseExcursion, side == .long ? down : -up)
        favourableExcursion = max(favourableExcursion, side == .long ? up : -down)
    }
}
