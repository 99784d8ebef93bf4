/// The JSON a model is to write, in the part of JSON Schema that all servers enforce: every field is required, nothing else is
/// allowed, and there are no bounds (Anthropic refuses them; the verifier of the answer has them).
public indirect enum OutputSchema: Sendable, Hashable {
    case object([Field])
    case array(OutputSchema)
    case string
    case choice([String])
    case integer
    case boolean

    public struct Field: Sendable, Hashable {
        public var name: String
        public var schema: OutputSchema

        public init(_ name: String, _ schema: OutputSchema) {
            self.name = name
            self.schema = schema
        }
    }
}

/// A schema under the name by which servers know it.
public struct OutputFormat: Sendable, Hashable {
    public var name: String
    public var schema: OutputSchema

    public init(name: String, schema: OutputSchema) {
        self.name = name
        self.schema = schema
    }
}

/// Where a schema leaves the part that all servers enforce.
public struct SchemaProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
}

extension OutputSchema {
    static let deepest = 5
    static let mostChoices = 250

    /// As JSON Schema.
    public var json: JSONValue {
        switch self {
        case .object(let fields):
            [
                "type": "object", "properties": .object(fields.map { .init($0.name, $0.schema.json) }),
                "required": .array(fields.map { .string($0.name) }), "additionalProperties": false,
            ]
        case .array(let element): ["type": "array", "items": element.json]
        case .string: ["type": "string"]
        case .choice(let values): ["type": "string", "enum": .array(values.map(JSONValue.string))]
        case .integer: ["type": "integer"]
        case .boolean: ["type": "boolean"]
        }
    }

    /// Reads a JSON Schema file. An `enum` of the single value `$name` takes its values from `choices[name]`.
    ///
    /// - Throws: ``SchemaProblem`` for a keyword, a type or a shape that not all servers enforce.
    public init(_ json: JSONValue, choices: [String: [String]] = [:]) throws(SchemaProblem) {
        self = try Self.read(json, choices, path: "$", depth: 0)
    }

    private static func read(
        _ json: JSONValue, _ choices: [String: [String]], path: String, depth: Int
    ) throws(SchemaProblem) -> OutputSchema {
        guard depth < deepest else { throw SchemaProblem(description: "\(path): deeper than \(deepest) levels") }
        guard let members = json.members, let type = json["type"]?.string else {
            throw SchemaProblem(description: "\(path): an object with a type is needed")
        }
        func allow(_ keywords: Set<String>) throws(SchemaProblem) {
            if let other = members.first(where: { !keywords.contains($0.name) }) {
                throw SchemaProblem(description: "\(path): not every server enforces “\(other.name)”")
            }
        }
        switch type {
        case "object":
            try allow(["type", "properties", "required", "additionalProperties"])
            guard json["additionalProperties"]?.bool == false else {
                throw SchemaProblem(description: "\(path): additionalProperties must be false")
            }
            let properties = json["properties"]?.members ?? []
            let required = (json["required"]?.array ?? []).compactMap(\.string)
            guard !required.isEmpty, Set(required) == Set(properties.map(\.name)), required.count == properties.count
            else { throw SchemaProblem(description: "\(path): every field must be required") }
            // The order of `required` is the order in which fields are written: parsing does not keep that of `properties`.
            var fields: [Field] = []
            for name in required {
                guard let value = json["properties"]?[name] else { continue }
                fields.append(Field(name, try read(value, choices, path: "\(path).\(name)", depth: depth + 1)))
            }
            return .object(fields)
        case "array":
            try allow(["type", "items"])
            guard let items = json["items"] else { throw SchemaProblem(description: "\(path): items are missing") }
            return .array(try read(items, choices, path: path + "[]", depth: depth + 1))
        case "string":
            try allow(["type", "enum"])
            guard let listed = json["enum"] else { return .string }
            var values = (listed.array ?? []).compactMap(\.string)
            if values.count == 1, values[0].hasPrefix("$") { values = choices[String(values[0].dropFirst())] ?? [] }
            guard !values.isEmpty, values.count <= mostChoices, Set(values).count == values.count else {
                throw SchemaProblem(description: "\(path): an enum has 1 to \(mostChoices) different values")
            }
            return .choice(values)
        case "integer":
            try allow(["type"])
            return .integer
        case "boolean":
            try allow(["type"])
            return .boolean
        default: throw SchemaProblem(description: "\(path): the type “\(type)” is not used here")
        }
    }

    /// Where `value` differs from the schema, in words; nil when it fits.
    public func mismatch(_ value: JSONValue, path: String = "$") -> String? {
        switch (self, value) {
        case (.object(let fields), .object(let members)):
            for member in members where !fields.contains(where: { $0.name == member.name }) {
                return "\(path) has the unknown field “\(member.name.prefix(40))”"
            }
            for field in fields {
                guard let found = value[field.name] else { return "\(path) lacks the field “\(field.name)”" }
                if let problem = field.schema.mismatch(found, path: "\(path).\(field.name)") { return problem }
            }
            return nil
        case (.array(let element), .array(let values)):
            for (index, found) in values.enumerated() {
                if let problem = element.mismatch(found, path: "\(path)[\(index)]") { return problem }
            }
            return nil
        case (.string, .string), (.boolean, .bool): return nil
        case (.integer, .number): return value.integer == nil ? "\(path) is no whole number" : nil
        case (.choice(let values), .string(let text)):
            return values.contains(text) ? nil : "\(path) is “\(text.prefix(40))”, which is none of the choices"
        default: return "\(path) has the wrong type"
        }
    }
}
