public import Market

/// One named fact of an ``EvidenceItem``.
public enum EvidenceValue: Sendable, Hashable {
    /// Finite.
    case number(Double, EvidenceUnit)
    /// From a closed list of ours, never free text of a user: a symbol, an exit reason, a regime, a feature's name.
    case text(String)
    case side(Exposure)

    public var number: Double? {
        if case .number(let value, _) = self { value } else { nil }
    }

    public var text: String? {
        switch self {
        case .number: nil
        case .text(let text): text
        case .side(let side): side.description
        }
    }
}

/// What a number of the evidence counts. Raw values stand in stored evidence.
public enum EvidenceUnit: String, Sendable, Hashable, Codable, CaseIterable {
    /// Signed fraction of the equity at entry: returns, fees, what a counterfactual earns. Shown as a per cent with its sign.
    case fraction
    /// 0…1: probabilities, percentiles, shares. Shown as a per cent without a sign.
    case share
    /// In the quote currency.
    case price
    case bars
    /// A whole number of things: trades, paths, features.
    case count
    /// Without a unit: ratios, distances in standard deviations, t values.
    case ratio
    /// Average true ranges at entry.
    case atr
    /// Differences of log probabilities.
    case nats
    /// UTC milliseconds.
    case time
    /// The number of a trade.
    case trade
    /// The number of a policy version.
    case version
}
