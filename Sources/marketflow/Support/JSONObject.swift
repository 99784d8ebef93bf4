/// What `--json` prints: one object on one line, its fields in the order they were written.
struct JSONObject: ExpressibleByDictionaryLiteral, CustomStringConvertible {
    indirect enum Content {
        case text(String)
        case whole(Int)
        case unsigned(UInt64)
        case number(Double)
        case flag(Bool)
        case object(JSONObject)
        case list([JSONObject])
        case texts([String])
    }

    typealias Key = String
    /// Nil is `null`.
    typealias Value = Content?

    private let fields: [(name: String, value: Value)]

    init(dictionaryLiteral fields: (String, Value)...) { self.init(fields: fields.map { ($0.0, $0.1) }) }

    init(fields: [(name: String, value: Value)]) { self.fields = fields }

    static func + (left: JSONObject, right: JSONObject) -> JSONObject { JSONObject(fields: left.fields + right.fields) }

    var description: String {
        "{" + fields.map { "\(Self.quoted($0.name)):\($0.value.map(Self.text) ?? "null")" }.joined(separator: ",") + "}"
    }

    private static func text(_ value: Content) -> String {
        switch value {
        case .text(let text): quoted(text)
        case .whole(let number): "\(number)"
        case .unsigned(let number): "\(number)"
        // JSON has no word for what is not a number.
        case .number(let number): number.isFinite ? "\(number)" : "null"
        case .flag(let flag): "\(flag)"
        case .object(let object): object.description
        case .list(let objects): "[" + objects.map(\.description).joined(separator: ",") + "]"
        case .texts(let texts): "[" + texts.map(quoted).joined(separator: ",") + "]"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension JSONObject.Content {
    /// A UTC time in milliseconds as ISO 8601.
    static func time(_ milliseconds: Int64) -> Self { .text(UTC.text(milliseconds)) }
}
