/// One fact, or several that belong together, with an id that sentences cite.
///
/// As JSON: `{"id": "E2", "kind": "split", "values": {"fees": -0.002, …}, "units": {"fees": "fraction", …}}`, or with
/// `"missing": "model_gone"` and no values.
public struct EvidenceItem: Sendable, Hashable, Identifiable {
    /// `E1` … `E17`. Belongs to the kind: E2 is the split of every trade.
    public var id: EvidenceID { kind.id }
    public let kind: EvidenceKind
    /// By snake_case name. Empty when the item is missing.
    public let values: [String: EvidenceValue]
    /// Why there is nothing to say; nil when there is.
    public let missing: MissingEvidence?

    /// Numbers that are not finite are left out.
    public init(_ kind: EvidenceKind, _ values: [String: EvidenceValue]) {
        self.kind = kind
        self.values = values.filter { $0.value.number?.isFinite ?? true }
        missing = nil
    }

    public init(_ kind: EvidenceKind, missing: MissingEvidence) {
        self.kind = kind
        values = [:]
        self.missing = missing
    }

    /// The number of that name; nil when it is absent or no number.
    public func number(_ name: String) -> Double? { values[name]?.number }
    public func text(_ name: String) -> String? { values[name]?.text }
}

/// What an item is about. The order is that of their ids, which never change.
public enum EvidenceKind: String, Sendable, Hashable, Codable, CaseIterable {
    case trade
    /// Named parts that sum to the net result.
    case split
    /// Excursions and what the exit kept of them.
    case path
    case regime
    /// Volatility and volume against their own past.
    case conditions
    /// Probabilities, value, entropy and margin at entry.
    case policy
    /// Exact Shapley values of the feature groups.
    case shapley
    case integratedGradients = "integrated_gradients"
    /// Of the state from what the policy was trained on.
    case distance
    /// Not trading, the opposite side, half the size.
    case alternatives
    /// Entering up to six bars earlier or later.
    case entryTiming = "entry_timing"
    case exitTiming = "exit_timing"
    case stops
    case previousChampion = "previous_champion"
    /// The best that could have been done on these bars, by dynamic programming.
    case hindsight
    /// The nearest past entries and how they ended.
    case neighbours
    /// Simulated paths from the entry on.
    case luck

    public var id: EvidenceID { EvidenceID(number: (Self.allCases.firstIndex(of: self) ?? 0) + 1) }
}

/// `E` and a number.
public struct EvidenceID: RawRepresentable, Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    public let rawValue: String

    /// Nil unless it is the id of a kind.
    public init?(rawValue: String) {
        guard EvidenceKind.allCases.contains(where: { $0.id.rawValue == rawValue }) else { return nil }
        self.rawValue = rawValue
    }

    init(number: Int) { rawValue = "E\(number)" }

    public static func < (left: EvidenceID, right: EvidenceID) -> Bool {
        (left.rawValue.utf8.count, left.rawValue) < (right.rawValue.utf8.count, right.rawValue)
    }
    public var description: String { rawValue }
}

/// Why a part of the evidence is absent. It is never made up instead.
public enum MissingEvidence: String, Sendable, Hashable, Codable, CaseIterable {
    /// The policy's files were pruned or do not load.
    case modelGone = "model_gone"
    /// The trade came without what its policy saw: a user's own bot, or an import.
    case noInputs = "no_inputs"
    /// The candles around the trade are not stored.
    case noCandles = "no_candles"
    /// Fewer past trades, bars or states than the figure needs.
    case tooFew = "too_few"
    /// The attributions do not add up to what they explain (gap above 5 %).
    case incomplete
    /// No policy served before this one.
    case noPredecessor = "no_predecessor"
    /// The policy does not say on which figures it was trained.
    case noTrainingFigures = "no_training_figures"
}
