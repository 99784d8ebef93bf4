public import Market

/// What a challenger is judged by: figures on data that neither model was trained on, with the same fills and costs.
public struct GateInput: Sendable {
    /// Results of both in one scenario world, paired by seed.
    public struct World: Sendable {
        public var name: String
        /// Mean net log return per bar of each episode, or of each bar of one episode.
        public var challenger: [Double]
        public var champion: [Double]
        /// Mean block length for resampling: 1 for separate episodes, about a day of bars within one.
        public var meanBlock: Double

        public init(name: String, challenger: [Double], champion: [Double], meanBlock: Double = 1) {
            self.name = name
            self.challenger = challenger
            self.champion = champion
            self.meanBlock = meanBlock
        }
    }

    /// Net log return of each bar of the window.
    public var challenger: [Double]
    /// The champion's on the same bars; nil when there is no champion yet.
    public var champion: [Double]?
    public var interval: Interval
    /// Closed by the challenger in the window.
    public var trades: Int
    public var worlds: [World]
    /// Challengers judged in the period over which `alpha` is spent, this one included; 1 or more.
    public var tries: Int
    /// Standard deviation, over all configurations ever tried, of their Sharpe ratios per bar; only the deflated Sharpe ratio needs it.
    public var sharpeDeviationOfTries: Double?

    public init(
        challenger: [Double], champion: [Double]?, interval: Interval, trades: Int, worlds: [World] = [],
        tries: Int = 1, sharpeDeviationOfTries: Double? = nil
    ) {
        self.challenger = challenger
        self.champion = champion
        self.interval = interval
        self.trades = trades
        self.worlds = worlds
        self.tries = tries
        self.sharpeDeviationOfTries = sharpeDeviationOfTries
    }
}
