/// The gate's decision with everything it rests on.
public struct GateVerdict: Sendable, Hashable, Codable {
    public let promoted: Bool
    /// Every rule that was applied, in order; the challenger is promoted when all passed.
    public let reasons: [GateReason]

    public init(reasons: [GateReason]) {
        self.reasons = reasons
        promoted = !reasons.isEmpty && reasons.allSatisfy(\.passed)
    }

    public var failures: [GateReason] { reasons.filter { !$0.passed } }
}

/// One rule of the gate and how it came out.
public struct GateReason: Sendable, Hashable, Codable {
    public enum ID: String, Sendable, Hashable, Codable, CaseIterable {
        /// All figures are finite and cover the same bars.
        case figures
        /// The window is long enough.
        case bars
        /// The challenger trades at all.
        case trades
        /// It earns more than the champion, beyond luck.
        case improvement
        /// Its drawdown stays in proportion to the champion's.
        case drawdown
        /// It is not worse in a world.
        case world
        /// Its Sharpe ratio survives the number of tries.
        case deflatedSharpe = "deflated_sharpe"
        /// First model only: its drawdown is bearable.
        /// A first model against not trading at all.
        case flat = "not_worse_than_flat"
        case firstModelDrawdown = "first_model_drawdown"
    }

    public let id: ID
    public let passed: Bool
    /// The world, or the series that is at fault.
    public let subject: String?
    /// Finite figures by name; ``sentence(in:)`` is made of them.
    public let figures: [String: Double]

    public init(_ id: ID, passed: Bool, subject: String? = nil, figures: [String: Double] = [:]) {
        self.id = id
        self.passed = passed
        self.subject = subject
        self.figures = figures
    }
}

/// A language verdicts can be read in.
public enum VerdictLanguage: String, Sendable, CaseIterable {
    case english = "en"
    case russian = "ru"
}
