import Market

extension Strategy: Codable {
    private enum Key: String, CodingKey {
        case clauses
    }

    public init(from decoder: any Decoder) throws {
        try self.init(clauses: try decoder.container(keyedBy: Key.self).decode([Clause].self, forKey: .clauses))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(clauses, forKey: .clauses)
    }
}

extension Strategy.Clause: Codable {
    private enum Key: String, CodingKey {
        case side, when
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let name = try container.decode(String.self, forKey: .side)
        guard let side = Exposure.allCases.first(where: { $0.description == name }) else {
            throw StrategyFault.json("a side is long, short or flat, not “\(name.prefix(20))”")
        }
        self.init(side: side, condition: try container.decode(Condition.self, forKey: .when))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(side.description, forKey: .side)
        try container.encode(condition, forKey: .when)
    }
}

extension Condition: Codable {
    private enum Key: String, CodingKey {
        case all, any, not, left, relation, right
    }

    public init(from decoder: any Decoder) throws {
        guard decoder.codingPath.count <= 4 * Strategy.Limit.depth else {
            throw StrategyFault.tooLarge("levels", Strategy.Limit.depth)
        }
        let container = try decoder.container(keyedBy: Key.self)
        if let parts = try container.decodeIfPresent([Condition].self, forKey: .all) {
            self = .all(parts)
        } else if let parts = try container.decodeIfPresent([Condition].self, forKey: .any) {
            self = .any(parts)
        } else if let part = try container.decodeIfPresent(Condition.self, forKey: .not) {
            self = .not(part)
        } else {
            self = .comparison(
                Comparison(
                    try container.decode(Operand.self, forKey: .left),
                    try container.decode(Comparison.Relation.self, forKey: .relation),
                    try container.decode(Operand.self, forKey: .right)))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .all(let parts): try container.encode(parts, forKey: .all)
        case .any(let parts): try container.encode(parts, forKey: .any)
        case .not(let part): try container.encode(part, forKey: .not)
        case .comparison(let comparison):
            try container.encode(comparison.left, forKey: .left)
            try container.encode(comparison.relation, forKey: .relation)
            try container.encode(comparison.right, forKey: .right)
        }
    }
}

extension Operand: Codable {
    private enum Key: String, CodingKey {
        case number, indicator, parameters, times
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let number = try container.decodeIfPresent(Double.self, forKey: .number) {
            self = .number(number)
            return
        }
        let times = try container.decodeIfPresent(Double.self, forKey: .times) ?? 1
        guard times > 0, times <= 1_000 else { throw StrategyFault.json("a factor is above 0 and at most 1000") }
        self = .indicator(
            try IndicatorCall(
                try container.decode(Indicator.self, forKey: .indicator),
                try container.decodeIfPresent([Int].self, forKey: .parameters) ?? []), times: times)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .number(let number): try container.encode(number, forKey: .number)
        case .indicator(let call, let times):
            try container.encode(call.indicator, forKey: .indicator)
            if !call.parameters.isEmpty { try container.encode(call.parameters, forKey: .parameters) }
            if times != 1 { try container.encode(times, forKey: .times) }
        }
    }
}

extension Strategy {
    /// JSON schema (draft 2020-12) of the JSON form. Units, bounds of parameters and limits are checked on reading.
    public static let jsonSchema: String = {
        let indicators = Indicator.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
        let relations = Comparison.Relation.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
        func object(_ properties: String, required: String) -> String {
            #"{"type":"object","properties":{\#(properties)},"required":[\#(required)],"additionalProperties":false}"#
        }
        let list = ##"{"type":"array","minItems":1,"maxItems":24,"items":{"$ref":"#/$defs/condition"}}"##
        let condition = [
            object(#""all":\#(list)"#, required: #""all""#), object(#""any":\#(list)"#, required: #""any""#),
            object(##""not":{"$ref":"#/$defs/condition"}"##, required: #""not""#),
            object(
                ##""left":{"$ref":"#/$defs/value"},"relation":{"enum":[\##(relations)]},"right":{"$ref":"#/$defs/value"}"##,
                required: #""left","relation","right""#),
        ].joined(separator: ",")
        let value = [
            object(#""number":{"type":"number"}"#, required: #""number""#),
            object(
                #""indicator":{"enum":[\#(indicators)]},"parameters":{"type":"array","maxItems":3,"items":{"type":"integer"}},"times":{"type":"number","exclusiveMinimum":0,"maximum":1000}"#,
                required: #""indicator""#),
        ].joined(separator: ",")
        let clause = object(
            ##""side":{"enum":["flat","long","short"]},"when":{"$ref":"#/$defs/condition"}"##,
            required: #""side","when""#)
        return
            #"{"type":"object","properties":{"clauses":{"type":"array","minItems":1,"maxItems":\#(Limit.clauses),"items":\#(clause)}},"required":["clauses"],"additionalProperties":false,"$defs":{"condition":{"anyOf":[\#(condition)]},"value":{"anyOf":[\#(value)]}}}"#
    }()
}
