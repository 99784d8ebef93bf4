public import Market

/// A checked rule that says at each close what to hold.
///
/// ```swift
/// let strategy = try Strategy("long when rsi(14) < 30 and close > sma(200); flat when rsi(14) > 55")
/// ```
/// The first clause whose condition holds decides; while none does, what is held is kept. A rule can look at this bar and at bars
/// before, at nothing later: there is no way to write it.
public struct Strategy: Sendable, Hashable {
    public struct Clause: Sendable, Hashable {
        public let side: Exposure
        public let condition: Condition

        public init(side: Exposure, condition: Condition) {
            self.side = side
            self.condition = condition
        }
    }

    public let clauses: [Clause]

    /// Limits of what a rule may ask for.
    public enum Limit {
        public static let characters = 1_000
        public static let clauses = 6
        public static let comparisons = 24
        public static let depth = 8
        /// Sum of the histories of all distinct indicators, in bars.
        public static let history = 4_000
    }

    /// - Throws: ``StrategyFault``.
    public init(clauses: [Clause]) throws(StrategyFault) {
        self.clauses = clauses.map { Clause(side: $0.side, condition: $0.condition.simplified) }
        guard (1...Limit.clauses).contains(clauses.count) else { throw .clauses(clauses.count) }
        guard clauses.contains(where: { $0.side != .flat }) else { throw .neverTrades }
        let comparisons = clauses.flatMap(\.condition.comparisons)
        guard comparisons.count <= Limit.comparisons else { throw .tooLarge("comparisons", Limit.comparisons) }
        guard clauses.allSatisfy({ $0.condition.depth <= Limit.depth }) else { throw .tooLarge("levels", Limit.depth) }
        guard !comparisons.isEmpty else { throw .syntax("a comparison", at: 0) }
        for comparison in comparisons { try comparison.check() }
        guard cost <= Limit.history else { throw .tooLarge("bars of history in all", Limit.history) }
    }

    /// The distinct indicators, in the order they are first named.
    public var indicators: [IndicatorCall] {
        var seen: Set<IndicatorCall> = []
        return clauses.flatMap(\.condition.comparisons).flatMap { [$0.left.call, $0.right.call] }
            .compactMap(\.self).filter { seen.insert($0).inserted }
    }

    /// Bars of history of all indicators together: what a bar costs to judge in the worst case.
    public var cost: Int { indicators.reduce(0) { $0 + $1.history } }

    /// Bars that must lie behind the first one it is asked about.
    public var history: Int { 1 + (indicators.map(\.history).max() ?? 0) }
}

/// What must hold.
public indirect enum Condition: Sendable, Hashable {
    case comparison(Comparison)
    case all([Condition])
    case any([Condition])
    case not(Condition)

    var comparisons: [Comparison] {
        switch self {
        case .comparison(let comparison): [comparison]
        case .all(let parts), .any(let parts): parts.flatMap(\.comparisons)
        case .not(let part): part.comparisons
        }
    }

    /// Without groups of one and double negation, so that one meaning has one text.
    var simplified: Condition {
        switch self {
        case .comparison: return self
        case .all(let parts):
            let parts = parts.map(\.simplified)
            return parts.count == 1 ? parts[0] : .all(parts)
        case .any(let parts):
            let parts = parts.map(\.simplified)
            return parts.count == 1 ? parts[0] : .any(parts)
        case .not(let part):
            if case .not(let inner) = part.simplified { return inner }
            return .not(part.simplified)
        }
    }

    var depth: Int {
        switch self {
        case .comparison: 1
        case .all(let parts), .any(let parts): 1 + (parts.map(\.depth).max() ?? 0)
        case .not(let part): 1 + part.depth
        }
    }
}

/// Two values and how they stand to each other.
public struct Comparison: Sendable, Hashable {
    public enum Relation: String, Sendable, Hashable, Codable, CaseIterable {
        case below = "<"
        case above = ">"
        /// Was not above at the bar before, and is now.
        case crossesAbove = "crosses above"
        case crossesBelow = "crosses below"
    }

    public let left: Operand
    public let relation: Relation
    public let right: Operand

    public init(_ left: Operand, _ relation: Relation, _ right: Operand) {
        self.left = left
        self.relation = relation
        self.right = right
    }

    /// Like with like, and a number only where it means the same on every market.
    func check() throws(StrategyFault) {
        switch (left, right) {
        case (.number, .number): throw .twoNumbers
        case (.indicator(let call, _), .number(let number)), (.number(let number), .indicator(let call, _)):
            try Self.check(number, against: call.indicator)
        case (.indicator(let one, _), .indicator(let other, _)):
            guard one.indicator.unit == other.indicator.unit else { throw .units(one.indicator, other.indicator) }
        }
    }

    private static func check(_ number: Double, against indicator: Indicator) throws(StrategyFault) {
        let isMeaningful =
            switch indicator.unit {
            case .price, .volume: false
            case .distance: number == 0
            case .percent: (0...100).contains(number)
            case .ratio: abs(number) <= 1_000
            }
        guard isMeaningful else { throw .number(number, indicator) }
    }
}

/// One side of a comparison.
public enum Operand: Sendable, Hashable {
    case number(Double)
    /// The indicator times a factor.
    case indicator(IndicatorCall, times: Double)

    var call: IndicatorCall? { if case .indicator(let call, _) = self { call } else { nil } }
}

/// Why a rule was refused. Nothing was stored.
public enum StrategyFault: Error, Sendable, Hashable, CustomStringConvertible {
    case syntax(String, at: Int)
    case unknownName(String)
    case parameterCount(Indicator, given: Int)
    case parameter(Indicator, name: String, value: Int, allowed: ClosedRange<Int>)
    case units(Indicator, Indicator)
    case number(Double, Indicator)
    case twoNumbers
    case clauses(Int)
    case neverTrades
    case tooLarge(String, Int)
    case json(String)

    public var description: String {
        switch self {
        case .syntax(let expected, let place): "at character \(place + 1) \(expected) is expected"
        case .unknownName(let name):
            "“\(name.prefix(30))” is no indicator; known are \(Indicator.allCases.map(\.rawValue).joined(separator: ", "))"
        case .parameterCount(let indicator, let given):
            "\(indicator.rawValue) takes \(indicator.parameters.count) parameter(s) (\(indicator.parameters.map(\.name).joined(separator: ", "))), not \(given)"
        case .parameter(let indicator, let name, let value, let allowed):
            "\(name) of \(indicator.rawValue) is \(value), but \(allowed.lowerBound) to \(allowed.upperBound) are possible"
        case .units(let one, let other):
            "\(one.rawValue) (\(one.unit.rawValue)) cannot be compared with \(other.rawValue) (\(other.unit.rawValue))"
        case .number(let number, let indicator):
            switch indicator.unit {
            case .price, .volume:
                "\(indicator.rawValue) is compared with another \(indicator.unit.rawValue), not with the number \(number), which means nothing on another market"
            case .distance: "\(indicator.rawValue) is compared with 0 or another distance, not with \(number)"
            case .percent: "\(indicator.rawValue) lies between 0 and 100, so \(number) is never reached"
            case .ratio: "\(number) is out of reach of \(indicator.rawValue)"
            }
        case .twoNumbers: "two numbers are compared; one side must be an indicator"
        case .clauses(let count): "there are \(count) clauses; 1 to \(Strategy.Limit.clauses) are possible"
        case .neverTrades: "it never goes long or short"
        case .tooLarge(let what, let limit): "it needs more than \(limit) \(what)"
        case .json(let reason): "its JSON form is wrong: \(reason)"
        }
    }
}
