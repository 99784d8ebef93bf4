import Market

/// A stretch of a series to trade in, real or simulated.
public struct TradingWindow: Sendable {
    public let tables: MarketTables
    /// The bars episodes may touch, as indices of the series; clamped to its usable bars.
    public let bars: Range<Int>
    /// How often episodes start here, relative to the other windows' shares; above 0.
    public let share: Double
    /// Costs that differ here (a stressed market has wide spreads); nil for the configuration's.
    public let costs: CostModel?

    public init(_ tables: MarketTables, bars: Range<Int>? = nil, share: Double = 1, costs: CostModel? = nil) {
        self.tables = tables
        self.bars = (bars ?? tables.usableBars).clamped(to: tables.usableBars)
        self.share = share
        self.costs = costs
    }

    /// The number of bars on which an episode of `length` steps can start; 0 or less when none can.
    public func starts(length: Int) -> Int { bars.count - length }
}

/// The rules of a simulated trader's world.
public struct TradingConfiguration: Sendable, Hashable, Codable {
    /// What the end of an episode means.
    public enum Ending: String, Sendable, Codable {
        /// The market goes on unseen: the value of the last observation counts, nothing is closed.
        case truncated
        /// A real end: an open position is closed at its cost.
        case terminal
    }

    /// Steps an episode; at least 1.
    public var episodeLength: Int
    public var costs: CostModel
    public var protection: Protection
    public var ending: Ending

    public init(
        episodeLength: Int = 512, costs: CostModel = CostModel(), protection: Protection = .none,
        ending: Ending = .truncated
    ) {
        self.episodeLength = episodeLength
        self.costs = costs
        self.protection = protection
        self.ending = ending
    }
}

/// Why a trading environment could not be set up or restored. Nothing was changed.
public enum TradingEnvironmentError: Error, Sendable, Hashable, CustomStringConvertible {
    case noWindows
    case copies(Int)
    case episodeLength(Int)
    case costs(CostModel)
    case protection(Protection)
    case share(symbol: Symbol, share: Double)
    case mixedLayouts(String, String)
    case windowTooShort(symbol: Symbol, bars: Int, needed: Int)
    case foreignState(String)

    public var description: String {
        switch self {
        case .noWindows: "there is no market window to trade in; give at least one"
        case .copies(let count): "\(count) copies of the environment were asked for; 1 to 65536 are possible"
        case .episodeLength(let length): "an episode of \(length) steps was asked for; 1 to 1000000 are possible"
        case .costs(let costs):
            "costs of \(costs.feeBps) + \(costs.slippageBps) basis points a side are impossible; each is at least 0 and together below 5000"
        case .protection:
            "the stop must lie between 0 and 1 and the target above 0, as fractions of the entry price"
        case .share(let symbol, let share): "the share \(share) of a window of \(symbol) is not a number above 0"
        case .mixedLayouts(let first, let second):
            "windows with different observation layouts (\(first) and \(second)) cannot be mixed; compute their tables alike"
        case .windowTooShort(let symbol, let bars, let needed):
            "a window of \(symbol) has \(bars) usable bars, but an episode needs \(needed); load more history or shorten the episode"
        case .foreignState(let reason): "the saved environment state does not fit: \(reason); start a new run instead"
        }
    }
}
