import Market

extension EvidenceItem: Codable {
    private enum Key: String, CodingKey {
        case id, kind, values, units, missing
    }

    /// Names of values are not known beforehand.
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private static let textUnit = "text"
    private static let sideUnit = "side"

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let kind = try container.decode(EvidenceKind.self, forKey: .kind)
        if let missing = try container.decodeIfPresent(MissingEvidence.self, forKey: .missing) {
            self.init(kind, missing: missing)
            return
        }
        let units = try container.decode([String: String].self, forKey: .units)
        let found = try container.nestedContainer(keyedBy: Name.self, forKey: .values)
        var values: [String: EvidenceValue] = [:]
        for (name, unit) in units { values[name] = try Self.value(Name(name), unit: unit, in: found) }
        self.init(kind, values)
    }

    private static func value(
        _ name: Name, unit: String, in container: KeyedDecodingContainer<Name>
    ) throws -> EvidenceValue {
        if unit == textUnit { return .text(try container.decode(String.self, forKey: name)) }
        if unit == sideUnit {
            let text = try container.decode(String.self, forKey: name)
            guard let side = Exposure.allCases.first(where: { $0.description == text }) else {
                throw DecodingError.dataCorruptedError(
                    forKey: name, in: container, debugDescription: "“\(text)” is no side; known are flat, long, short")
            }
            return .side(side)
        }
        guard let unit = EvidenceUnit(rawValue: unit) else {
            throw DecodingError.dataCorruptedError(
                forKey: name, in: container, debugDescription: "“\(unit)” is no unit of evidence")
        }
        return .number(try container.decode(Double.self, forKey: name), unit)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(id, forKey: .id)
        try container.encode(kind, forKey: .kind)
        try container.encodeIfPresent(missing, forKey: .missing)
        guard missing == nil else { return }
        var numbers = container.nestedContainer(keyedBy: Name.self, forKey: .values)
        var units: [String: String] = [:]
        for (name, value) in values {
            switch value {
            case .number(let number, let unit):
                try numbers.encode(number, forKey: Name(name))
                units[name] = unit.rawValue
            case .text(let text):
                try numbers.encode(text, forKey: Name(name))
                units[name] = Self.textUnit
            case .side(let side):
                try numbers.encode(side.description, forKey: Name(name))
                units[name] = Self.sideUnit
            }
        }
        try container.encode(units, forKey: .units)
    }
}
