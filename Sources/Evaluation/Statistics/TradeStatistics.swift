/// What a set of closed trades amounts to. Returns are fractions of the value at entry, costs taken off.
public struct TradeStatistics: Sendable, Hashable, Codable {
    public let trades: Int
    /// Trades with a net return above 0; one of exactly 0 is no win.
    public let wins: Int
    /// Trades with a net return below 0.
    public let losses: Int
    /// Wins per trade; 0 without trades.
    public let winRate: Double
    /// 95 % Wilson interval of the win rate; 0…1 without trades.
    public let winRateLow: Double
    public let winRateHigh: Double
    /// The win rate at which the average win and loss would cancel out: loss / (win + loss). nil without both.
    public let breakEvenWinRate: Double?
    /// Sum of wins over sum of losses; nil without losses.
    public let profitFactor: Double?
    /// Mean net return of a trade; 0 without trades.
    public let expectancy: Double
    /// nil without wins.
    public let averageWin: Double?
    /// Positive; nil without losses.
    public let averageLoss: Double?

    /// - Throws: ``EvaluationError`` for a return that is not finite.
    public init(netReturns: [Double]) throws(EvaluationError) {
        try EvaluationError.requireFinite(netReturns, "the trades' returns")
        let won = netReturns.filter { $0 > 0 }
        let lost = netReturns.filter { $0 < 0 }
        let gain = won.reduce(0, +)
        let loss = -lost.reduce(0, +)
        trades = netReturns.count
        wins = won.count
        losses = lost.count
        winRate = trades > 0 ? Double(wins) / Double(trades) : 0
        let interval = WilsonInterval(successes: wins, trials: trades)
        winRateLow = interval.low
        winRateHigh = interval.high
        averageWin = won.isEmpty ? nil : gain / Double(won.count)
        averageLoss = lost.isEmpty ? nil : loss / Double(lost.count)
        profitFactor = lost.isEmpty ? nil : gain / loss
        expectancy = trades > 0 ? (gain - loss) / Double(trades) : 0
        if let averageWin, let averageLoss {
            breakEvenWinRate = averageLoss / (averageWin + averageLoss)
        } else {
            breakEvenWinRate = nil
        }
    }
}

/// Score interval of a proportion (E. B. Wilson, *Probable inference*, JASA 22, 1927).
public struct WilsonInterval: Sendable, Hashable {
    public let low: Double
    public let high: Double

    /// - Parameters:
    ///   - successes: 0…`trials`; without trials the interval is 0…1.
    ///   - confidence: of the two-sided interval, between 0 and 1.
    public init(successes: Int, trials: Int, confidence: Double) {
        self.init(successes: successes, trials: trials, z: Normal.quantile(1 - (1 - confidence) / 2))
    }

    /// - Parameters:
    ///   - successes: 0…`trials`; without trials the interval is 0…1.
    ///   - z: quantile of the normal distribution, 1.96 for 95 %.
    public init(successes: Int, trials: Int, z: Double = 1.959963984540054) {
        guard trials > 0 else {
            (low, high) = (0, 1)
            return
        }
        let n = Double(trials)
        let share = Double(successes) / n
        let square = z * z
        let centre = (share + square / (2 * n)) / (1 + square / n)
        let half = z / (1 + square / n) * (share * (1 - share) / n + square / (4 * n * n)).squareRoot()
        low = max(0, centre - half)
        high = min(1, centre + half)
    }
}
