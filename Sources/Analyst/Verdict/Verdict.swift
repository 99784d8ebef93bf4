/// Why a trade lost, by rule. The first cause is the main one.
public struct Verdict: Sendable, Hashable, Codable {
    /// Most recovering first; empty for a trade that did not lose.
    public let causes: [Cause]

    public init(causes: [Cause]) { self.causes = causes }

    public var main: Cause? { causes.first }
}

/// One cause with what supports it.
public struct Cause: Sendable, Hashable, Codable {
    public let kind: CauseKind
    /// The facts it follows from, the most telling first; never empty.
    public let evidence: [EvidenceID]
    /// What its counterfactual would have added to the net result, as a fraction of the equity at entry, above 0; nil when there
    /// is no such counterfactual.
    public let recovered: Double?

    public init(_ kind: CauseKind, evidence: [EvidenceID], recovered: Double?) {
        self.kind = kind
        self.evidence = evidence
        self.recovered = recovered
    }
}

/// Raw values stand in answers of the API and in stored verdicts.
public enum CauseKind: String, Sendable, Hashable, Codable, CaseIterable {
    case costs
    case entry
    case exit
    case regimeChange = "regime_change"
    /// The odds were against it when it was taken.
    case badDecision = "bad_decision"
    /// The policy was asked about a state unlike those it was trained on.
    case outOfDistribution = "out_of_distribution"
    /// The result lies within what chance does to such a trade.
    case ordinaryVariance = "ordinary_variance"
    /// No rule applies: the facts do not say why.
    case unknown
}
