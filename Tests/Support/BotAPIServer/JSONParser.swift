/// Strict JSON (RFC 8259): no trailing commas, no comments, no lone surrogates, no duplicate names.
struct JSONParser {
    struct Failure: Error {
        var reason: String
    }

    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    static func parse(_ bytes: [UInt8]) throws(Failure) -> JSON {
        var parser = JSONParser(bytes: bytes)
        let value = try parser.value()
        parser.skipSpace()
        guard parser.index == bytes.count else { throw Failure(reason: "text after the value") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { index += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) throws(Failure) {
        guard next == UInt8(ascii: character) else { throw Failure(reason: "'\(character)' expected at byte \(index)") }
        index += 1
    }

    private mutating func value() throws(Failure) -> JSON {
        skipSpace()
        depth += 1
        defer { depth -= 1 }
        guard depth < 100 else { throw Failure(reason: "nested too deeply") }
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: String, _ value: JSON) throws(Failure) -> JSON {
        guard bytes[index...].starts(with: word.utf8) else { throw Failure(reason: "no value at byte \(index)") }
        index += word.utf8.count
        return value
    }

    private mutating func number() throws(Failure) -> JSON {
        let start = index
        while let byte = next, (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if let int = Int64(text) { return .int(int) }
        guard let double = Double(text), double.isFinite else { throw Failure(reason: "no value at byte \(start)") }
        return .double(double)
    }

    private mutating func array() throws(Failure) -> JSON {
        try take("[")
        var values: [JSON] = []
        skipSpace()
        if next == UInt8(ascii: "]") {
            index += 1
            return .array([])
        }
        while true {
            values.append(try value())
            skipSpace()
            guard next == UInt8(ascii: ",") else { break }
            index += 1
        }
        try take("]")
        return .array(values)
    }

    private mutating func object() throws(Failure) -> JSON {
        try take("{")
        var members: [String: JSON] = [:]
        skipSpace()
        if next == UInt8(ascii: "}") {
            index += 1
            return .object([:])
        }
        while true {
            skipSpace()
            let name = try string()
            skipSpace()
            try take(":")
            guard members.updateValue(try value(), forKey: name) == nil else {
                throw Failure(reason: "\"\(name)\" twice")
            }
            skipSpace()
            guard next == UInt8(ascii: ",") else { break }
            index += 1
        }
        try take("}")
        return .object(members)
    }

    private mutating func string() throws(Failure) -> String {
        try take("\"")
        var out: [UInt8] = []
        while let byte = next, byte != UInt8(ascii: "\"") {
            index += 1
            guard byte >= 0x20 else { throw Failure(reason: "control character in a string") }
            if byte == UInt8(ascii: "\\") {
                out += Array(String(try escaped()).utf8)
            } else {
                out.append(byte)
            }
        }
        try take("\"")
        guard let string = String(validating: out, as: UTF8.self) else { throw Failure(reason: "not UTF-8") }
        return string
    }

    private mutating func escaped() throws(Failure) -> Unicode.Scalar {
        guard let byte = next else { throw Failure(reason: "unfinished string") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            var unit = try hexadecimal()
            if (0xD800..<0xDC00).contains(unit) {
                try take("\\")
                try take("u")
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw Failure(reason: "half a surrogate pair") }
                unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw Failure(reason: "half a surrogate pair") }
            return scalar
        default: throw Failure(reason: "unknown escape")
        }
    }

    private mutating func hexadecimal() throws(Failure) -> UInt32 {
        guard index + 4 <= bytes.count,
            let unit = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
        else { throw Failure(reason: "four hexadecimal digits expected") }
        index += 4
        return unit
    }
}
