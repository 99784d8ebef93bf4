import Market

extension Strategy {
    /// Reads the text form.
    ///
    /// ```
    /// strategy   = clause *( ";" clause )
    /// clause     = ( "long" / "short" / "flat" ) "when" any
    /// any        = all *( "or" all )
    /// all        = not *( "and" not )
    /// not        = "not" not / "(" any ")" / comparison
    /// comparison = value ( "<" / ">" / "crosses above" / "crosses below" ) value
    /// value      = number / name [ "(" whole *( "," whole ) ")" ] [ "*" number ]
    /// ```
    /// - Throws: ``StrategyFault``.
    public init(_ text: String) throws(StrategyFault) {
        guard text.count <= Limit.characters else { throw .tooLarge("characters", Limit.characters) }
        var parser = Parser(tokens: try Parser.tokens(text))
        try self.init(clauses: try parser.clauses())
    }

    /// The text form; reading it gives an equal strategy.
    public var text: String {
        clauses.map { "\($0.side) when \($0.condition.text(within: .any))" }.joined(separator: "; ")
    }
}

extension Condition {
    fileprivate enum Level: Int {
        case any, all, not
    }

    fileprivate func text(within level: Level) -> String {
        switch self {
        case .comparison(let comparison):
            return "\(comparison.left.text) \(comparison.relation.rawValue) \(comparison.right.text)"
        case .not(let part): return "not " + part.text(within: .not)
        case .all(let parts):
            let text = parts.map { $0.text(within: .not) }.joined(separator: " and ")
            return level.rawValue > Level.all.rawValue && parts.count > 1 ? "(\(text))" : text
        case .any(let parts):
            let text = parts.map { $0.text(within: .all) }.joined(separator: " or ")
            return level.rawValue > Level.any.rawValue && parts.count > 1 ? "(\(text))" : text
        }
    }
}

extension Operand {
    var text: String {
        switch self {
        case .number(let number): return Self.text(number)
        case .indicator(let call, let factor):
            let parameters = call.parameters.map(String.init).joined(separator: ", ")
            let name = call.indicator.rawValue + (call.parameters.isEmpty ? "" : "(\(parameters))")
            return factor == 1 ? name : "\(name) * \(Self.text(factor))"
        }
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : "\(number)"
    }
}

/// Recursive descent over the tokens.
private struct Parser {
    struct Token {
        let text: String
        let place: Int
    }

    var tokens: [Token]
    private var next = 0
    private var depth = 0

    init(tokens: [Token]) { self.tokens = tokens }

    static func tokens(_ text: String) throws(StrategyFault) -> [Token] {
        let characters = Array(text.lowercased())
        var tokens: [Token] = []
        var place = 0
        while place < characters.count {
            let start = place
            let character = characters[place]
            func isWord(_ character: Character) -> Bool {
                character.isASCII && (character.isLetter || character.isNumber || character == "_" || character == ".")
            }
            if character.isWhitespace {
                place += 1
                continue
            }
            if isWord(character) || (character == "-" && place + 1 < characters.count && isWord(characters[place + 1]))
            {
                place += 1
                while place < characters.count, isWord(characters[place]) { place += 1 }
            } else if "<>(),;*".contains(character) {
                place += 1
            } else {
                throw .syntax("a name, a number or one of < > ( ) , ; *", at: place)
            }
            tokens.append(Token(text: String(characters[start..<place]), place: start))
        }
        return tokens + [Token(text: "", place: characters.count)]
    }

    mutating func clauses() throws(StrategyFault) -> [Strategy.Clause] {
        var clauses: [Strategy.Clause] = []
        repeat {
            // A semicolon at the very end is no mistake.
            if !clauses.isEmpty, tokens[next].text.isEmpty { break }
            let word = tokens[next].text
            guard let side = Exposure.allCases.first(where: { $0.description == word }) else {
                throw fault("long, short or flat")
            }
            next += 1
            guard take("when") else { throw fault("“when”") }
            clauses.append(Strategy.Clause(side: side, condition: try any()))
        } while take(";")
        guard tokens[next].text.isEmpty else { throw fault("“;”, “and”, “or” or the end") }
        return clauses
    }

    private mutating func any() throws(StrategyFault) -> Condition {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Strategy.Limit.depth else { throw .tooLarge("levels", Strategy.Limit.depth) }
        var parts = [try all()]
        while take("or") { parts.append(try all()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func all() throws(StrategyFault) -> Condition {
        var parts = [try not()]
        while take("and") { parts.append(try not()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func not() throws(StrategyFault) -> Condition {
        var isNegated = false
        while take("not") { isNegated.toggle() }
        let part: Condition
        if take("(") {
            part = try any()
            guard take(")") else { throw fault("“)”") }
        } else {
            part = .comparison(try comparison())
        }
        return isNegated ? .not(part) : part
    }

    private mutating func comparison() throws(StrategyFault) -> Comparison {
        let left = try operand()
        let relation: Comparison.Relation
        if take("<") {
            relation = .below
        } else if take(">") {
            relation = .above
        } else if take("crosses") {
            if take("above") {
                relation = .crossesAbove
            } else if take("below") {
                relation = .crossesBelow
            } else {
                throw fault("“above” or “below”")
            }
        } else {
            throw fault("<, > or “crosses”")
        }
        return Comparison(left, relation, try operand())
    }

    private mutating func operand() throws(StrategyFault) -> Operand {
        let word = tokens[next].text
        if let number = Double(word), number.isFinite {
            next += 1
            return .number(number)
        }
        guard word.first?.isLetter == true else { throw fault("an indicator or a number") }
        guard let indicator = Indicator(rawValue: word) else { throw .unknownName(word) }
        next += 1
        var parameters: [Int] = []
        if take("(") {
            repeat {
                guard let value = Int(tokens[next].text) else { throw fault("a whole number") }
                next += 1
                parameters.append(value)
            } while take(",")
            guard take(")") else { throw fault("“)”") }
        }
        let call = try IndicatorCall(indicator, parameters)
        guard take("*") else { return .indicator(call, times: 1) }
        guard let factor = Double(tokens[next].text), factor.isFinite, factor > 0, factor <= 1_000 else {
            throw fault("a factor above 0, at most 1000")
        }
        next += 1
        return .indicator(call, times: factor)
    }

    private mutating func take(_ word: String) -> Bool {
        guard tokens[next].text == word else { return false }
        next += 1
        return true
    }

    private func fault(_ expected: String) -> StrategyFault { .syntax(expected, at: tokens[next].place) }
}
