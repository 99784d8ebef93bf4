import Market

/// A trade laid on its candles: what other entries, exits and sides would have earned at the same costs.
struct PricePath {
    let trade: ClosedTrade
    let candles: [Candle]
    /// Index of the last bar closed at the entry, and of the bar the trade ended in; `entry < exit`.
    let entry: Int
    let exit: Int

    /// Nil when the candles do not cover the trade.
    init?(_ trade: ClosedTrade, _ series: CandleSeries) {
        let length = series.interval.milliseconds
        let candles = series.candles
        guard let entry = candles.lastIndex(where: { $0.openTime + length <= trade.entryTime }),
            let exit = candles.firstIndex(where: { $0.openTime + length >= trade.exitTime }),
            entry < exit, trade.entryTime - candles[entry].openTime < 2 * length, trade.entryPrice > 0,
            trade.exitPrice > 0
        else { return nil }
        self.init(trade: trade, candles: candles, entry: entry, exit: exit)
    }

    init(trade: ClosedTrade, candles: [Candle], entry: Int, exit: Int) {
        self.trade = trade
        self.candles = candles
        self.entry = entry
        self.exit = exit
    }

    /// Bars held.
    var bars: Int { exit - entry }
    var side: Exposure { trade.side }

    /// Net result of holding `side` from the close of bar `start` to the close of bar `end`.
    ///
    /// At the trade's own entry and exit its own prices count. A position keeps a constant exposure, so a short one is compounded bar
    /// by bar.
    /// - Parameter size: share of the equity that is exposed, 1 as the trade did.
    func net(from start: Int, to end: Int, side: Exposure, size: Double = 1, lastPrice: Double? = nil) -> Double {
        let ratio = trade.costRatio.squareRoot()
        let perSide = 1 - (1 - ratio) * size
        return growth(from: start, to: end, sign: side.sign * size, lastPrice: lastPrice) * perSide * perSide - 1
    }

    private func growth(from start: Int, to end: Int, sign: Double, lastPrice: Double?) -> Double {
        var last = start == entry ? trade.entryPrice : candles[start].close
        var growth = 1.0
        for bar in start + 1..<max(end, start) + 1 {
            let isOwnExit = end == exit && bar == exit
            let price =
                bar == end ? (lastPrice ?? (isOwnExit ? trade.exitPrice : candles[bar].close)) : candles[bar].close
            growth *= max(1 + sign * (price / last - 1), 1e-6)
            last = price
        }
        return growth
    }

    /// Mean close over the bars held; the exit price stands for the last.
    var meanPrice: Double {
        let inner = candles[entry + 1..<exit].reduce(0) { $0 + $1.close }
        return (inner + trade.exitPrice) / Double(bars)
    }

    /// Mean true range of the 14 bars up to the entry over the entry price; nil with fewer bars.
    var averageTrueRange: Double? {
        guard entry >= 14 else { return nil }
        let sum = (entry - 13...entry).reduce(0.0) { sum, bar in
            let before = candles[bar - 1].close
            return sum + max(candles[bar].high, before) - min(candles[bar].low, before)
        }
        return sum / 14 / trade.entryPrice
    }

    /// Net result when a stop stands `distance` (fraction of the entry price) away; filled as paper trading fills it.
    func net(stop distance: Double) -> Double {
        let level = trade.entryPrice * (1 - side.sign * distance)
        for bar in entry + 1...exit {
            // Within the bar the trade itself left, what came after its exit is not its own.
            let isTouched =
                side == .long ? reach(bar).low <= level : reach(bar).high >= level
            guard isTouched else { continue }
            let open = candles[bar].open
            let price = side == .long ? min(open, level) : max(open, level)
            return net(from: entry, to: bar, side: side, lastPrice: price)
        }
        return trade.netReturn
    }

    /// The lowest and highest price the trade lived through in `bar`.
    func reach(_ bar: Int) -> (low: Double, high: Double) {
        let protective: Set<String> = ["stop_loss", "take_profit"]
        guard bar == exit, protective.contains(trade.exitReason) else { return (candles[bar].low, candles[bar].high) }
        return (trade.exitPrice, trade.exitPrice)
    }
}
