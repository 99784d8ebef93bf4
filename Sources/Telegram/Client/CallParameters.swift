#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A method's parameters, in order. An absent value is left out: a literal `null` would reach the method as the word "null".
public struct CallParameters: Sendable {
    enum Value: Sendable {
        case string(String)
        case integer(Int64)
        case boolean(Bool)
        case structured(any Encodable & Sendable)
    }

    private(set) var fields: [(name: String, value: Value)] = []

    public init() {}

    public mutating func set(_ name: String, _ value: String?) { append(name, value.map(Value.string)) }
    public mutating func set(_ name: String, _ value: Int64?) { append(name, value.map(Value.integer)) }
    public mutating func set(_ name: String, _ value: Int?) { append(name, value.map { .integer(Int64($0)) }) }
    public mutating func set(_ name: String, _ value: Bool?) { append(name, value.map(Value.boolean)) }
    public mutating func set(_ name: String, json value: (some Encodable & Sendable)?) {
        append(name, value.map(Value.structured))
    }

    private mutating func append(_ name: String, _ value: Value?) {
        if let value { fields.append((name, value)) }
    }
}

extension CallParameters: Encodable {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for (name, value) in fields {
            let key = Key(stringValue: name)
            switch value {
            case .string(let string): try container.encode(string, forKey: key)
            case .integer(let integer): try container.encode(integer, forKey: key)
            case .boolean(let boolean): try container.encode(boolean, forKey: key)
            case .structured(let structured): try container.encode(structured, forKey: key)
            }
        }
    }
}

extension CallParameters.Value {
    /// As a form field; structures become JSON text.
    func formText(_ encoder: JSONEncoder) throws -> Data {
        switch self {
        case .string(let string): Data(string.utf8)
        case .integer(let integer): Data(String(integer).utf8)
        case .boolean(let boolean): Data((boolean ? "true" : "false").utf8)
        case .structured(let structured): try encoder.encode(structured)
        }
    }
}
