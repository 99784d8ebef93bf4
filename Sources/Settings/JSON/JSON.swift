/// A JSON value that remembers at which byte of its text it stood, so that a complaint can point at it.
struct JSON: Sendable, Equatable {
    enum Value: Sendable, Equatable {
        case null
        case bool(Bool)
        /// As written, so that no digit of a 64-bit number is lost.
        case number(String)
        case string(String)
        case array([JSON])
        case object([Member])
    }

    struct Member: Sendable, Equatable {
        let name: String
        let value: JSON
        let offset: Int?
    }

    let value: Value
    let offset: Int?

    init(_ value: Value, at offset: Int? = nil) {
        self.value = value
        self.offset = offset
    }
}

extension JSON {
    /// The value as it is written in a configuration file, on one line.
    var literal: String {
        switch value {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let text): text
        case .string(let text): JSON.quoted(text)
        case .array(let elements): "[" + elements.map(\.literal).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { "\(JSON.quoted($0.name)): \($0.value.literal)" }.joined(separator: ", ") + "}"
        }
    }

    /// The value as it is written after `--set key=`: text without quotation marks, lists with commas.
    var argument: String {
        switch value {
        case .string(let text) where !text.isEmpty: text
        case .array(let elements) where !elements.isEmpty: elements.map(\.argument).joined(separator: ",")
        default: literal
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
