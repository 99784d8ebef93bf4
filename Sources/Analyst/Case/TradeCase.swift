public import Market
public import Reinforcement

/// Everything that is known about one closed trade, as values: what evidence is made from.
public struct TradeCase: Sendable {
    public var trade: ClosedTrade
    /// From well before the entry (``history`` bars are looked at) to ``TradeCase/shift`` bars after the exit, as far as they are
    /// stored; may be empty.
    public var candles: CandleSeries
    /// The policy that decided; nil when its files are gone.
    public var policy: ActorCritic?
    /// The champion before it.
    public var previous: Predecessor?
    /// States the policy was trained on or acted in before the entry, in the trade's layout.
    public var knownStates: [[Float]]
    /// Entries closed before this one's entry, of the same layout and the same kind of market.
    public var pastEntries: [PastEntry]

    /// Bars an entry or exit is moved at most.
    public static let shift = 6
    /// Bars before the entry that are looked at.
    public static let history = 512

    public struct Predecessor: Sendable {
        public var version: Int
        /// Nil when its files are gone.
        public var policy: ActorCritic?
        public var layout: String

        public init(version: Int, policy: ActorCritic?, layout: String) {
            self.version = version
            self.policy = policy
            self.layout = layout
        }
    }

    public init(
        trade: ClosedTrade, candles: CandleSeries, policy: ActorCritic? = nil, previous: Predecessor? = nil,
        knownStates: [[Float]] = [], pastEntries: [PastEntry] = []
    ) {
        self.trade = trade
        self.candles = candles
        self.policy = policy
        self.previous = previous
        self.knownStates = knownStates
        self.pastEntries = pastEntries
    }
}

/// A closed trade, of ours or of a user's own bot. Returns are fractions of the equity at entry.
public struct ClosedTrade: Sendable, Hashable {
    public var id: Int64
    /// `.long` or `.short`.
    public var side: Exposure
    /// Close of the bar it was decided on and of the bar it ended in, UTC milliseconds. A user's own trade may lie between closes.
    public var entryTime: Int64
    public var exitTime: Int64
    public var entryPrice: Double
    public var exitPrice: Double
    public var grossReturn: Double
    public var fees: Double
    public var slippage: Double
    public var netReturn: Double
    public var exitReason: String
    public var policyVersion: Int?
    /// Of flat, long and short at entry; empty when unknown.
    public var probabilities: [Double]
    public var value: Double
    /// What the policy saw at entry, in `layout`; empty when unknown.
    public var inputs: [Float]
    public var layout: String

    public init(
        id: Int64, side: Exposure, entryTime: Int64, exitTime: Int64, entryPrice: Double, exitPrice: Double,
        grossReturn: Double, fees: Double, slippage: Double, netReturn: Double, exitReason: String,
        policyVersion: Int? = nil, probabilities: [Double] = [], value: Double = 0, inputs: [Float] = [],
        layout: String = ""
    ) {
        self.id = id
        self.side = side
        self.entryTime = entryTime
        self.exitTime = exitTime
        self.entryPrice = entryPrice
        self.exitPrice = exitPrice
        self.grossReturn = grossReturn
        self.fees = fees
        self.slippage = slippage
        self.netReturn = netReturn
        self.exitReason = exitReason
        self.policyVersion = policyVersion
        self.probabilities = probabilities
        self.value = value
        self.inputs = inputs
        self.layout = layout
    }

    /// What is left of the equity after the costs of entering and leaving, 1 without costs. Every counterfactual pays the same.
    var costRatio: Double {
        guard grossReturn > -1, netReturn > -1 else { return 1 }
        return (1 + netReturn) / (1 + grossReturn)
    }

    /// The costs of one side that come to ``costRatio`` for two, split as the trade's own.
    var costs: CostModel {
        let side = max(0, 1 - costRatio.squareRoot())
        let share = fees + slippage > 0 ? fees / (fees + slippage) : 1
        return CostModel(feeBps: side * share * 10_000, slippageBps: side * (1 - share) * 10_000)
    }
}

/// An entry of the past, to compare with.
public struct PastEntry: Sendable, Hashable {
    public var trade: Int64
    public var state: [Float]
    public var netReturn: Double

    public init(trade: Int64, state: [Float], netReturn: Double) {
        self.trade = trade
        self.state = state
        self.netReturn = netReturn
    }
}
