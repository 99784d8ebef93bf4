/// A model in the ensemble with its standing.
public struct EnsembleMember: Sendable, Hashable, Codable {
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// Votes with a weight of at least the least one.
        case active
        /// Votes and is scored, with weight 0.
        case shadow
    }

    public let name: String
    /// As configured; what decay pulls towards. 0 for a model that begins in the shadow.
    public let prior: Double
    public internal(set) var state: State
    /// Exactly 0 in the shadow.
    public internal(set) var weight: Double
    /// The weight it had when it was withdrawn.
    public internal(set) var remembered: Double?
    /// Why it is where it is.
    public internal(set) var reason: String
    /// Its gains since it came to its state.
    public internal(set) var record = GainRecord()

    init(name: String, prior: Double) {
        self.name = name
        self.prior = prior
        state = prior > 0 ? .active : .shadow
        weight = prior
        reason = prior > 0 ? "configured" : "begins in the shadow"
    }
}

/// Count, mean and spread of centred gains, one pass (Welford 1962).
public struct GainRecord: Sendable, Hashable, Codable {
    /// Trades on which the model had an opinion.
    public private(set) var trades = 0
    public private(set) var mean = 0.0
    private var squares = 0.0

    /// A model in the shadow may enter after this many trades.
    public static let needed = 30

    mutating func add(_ gain: Double) {
        trades += 1
        let before = gain - mean
        mean += before / Double(trades)
        squares += before * (gain - mean)
    }

    /// Lower bound of the mean gain at 90 %, one-sided; nil before ``needed`` trades.
    public var lowerBound: Double? {
        guard trades >= Self.needed else { return nil }
        let variance = squares / Double(trades - 1)
        return mean - 1.2815515655446004 * (variance / Double(trades)).squareRoot()
    }

    public var provesSkill: Bool { lowerBound.map { $0 > 0 } ?? false }
}
