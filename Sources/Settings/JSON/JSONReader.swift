/// Reads RFC 8259 text strictly and says where it goes wrong; a name given twice in one object is refused.
struct JSONReader {
    struct Fault: Error, Equatable {
        let position: TextPosition
        let reason: String
    }

    /// Deeper nesting is refused; the configuration needs three levels.
    static let maximumDepth = 32

    private let bytes: [UInt8]
    private var index: Int

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        index = Self.start(of: bytes)
    }

    /// Past the byte order mark that some editors write.
    static func start(of bytes: [UInt8]) -> Int { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

    static func read(_ bytes: [UInt8]) throws(Fault) -> JSON {
        var reader = JSONReader(bytes)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        if reader.index < bytes.count { throw reader.unexpected("nothing after the closing brace") }
        return value
    }
}

extension JSONReader {
    private mutating func value(depth: Int) throws(Fault) -> JSON {
        skipSpace()
        if depth > Self.maximumDepth { throw fault("nested deeper than \(Self.maximumDepth) levels") }
        guard let byte = current else { throw unexpected("a value") }
        let start = index
        switch byte {
        case UInt8(ascii: "{"): return JSON(.object(try members(depth: depth)), at: start)
        case UInt8(ascii: "["): return JSON(.array(try elements(depth: depth)), at: start)
        case UInt8(ascii: "\""): return JSON(.string(try string()), at: start)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return JSON(.number(try number()), at: start)
        case UInt8(ascii: "a")...UInt8(ascii: "z"): return JSON(try word(), at: start)
        default: throw unexpected("a value")
        }
    }

    private mutating func members(depth: Int) throws(Fault) -> [JSON.Member] {
        var members: [JSON.Member] = []
        var names: Set<String> = []
        index += 1
        skipSpace()
        if take("}") { return [] }
        while true {
            skipSpace()
            let start = index
            guard current == UInt8(ascii: "\"") else {
                throw unexpected(
                    members.isEmpty ? "a name in quotation marks or }" : "a name in quotation marks after the comma")
            }
            let name = try string()
            guard names.insert(name).inserted else { throw fault("“\(name)” stands twice in this object", at: start) }
            skipSpace()
            guard take(":") else { throw unexpected("a colon after “\(name)”") }
            members.append(JSON.Member(name: name, value: try value(depth: depth + 1), offset: start))
            skipSpace()
            if take("}") { return members }
            guard take(",") else { throw unexpected("a comma or }") }
        }
    }

    private mutating func elements(depth: Int) throws(Fault) -> [JSON] {
        var elements: [JSON] = []
        index += 1
        skipSpace()
        if take("]") { return [] }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return elements }
            guard take(",") else { throw unexpected("a comma or ]") }
        }
    }

    private mutating func word() throws(Fault) -> JSON.Value {
        let start = index
        while let byte = current, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) { index += 1 }
        switch String(decoding: bytes[start..<index], as: UTF8.self) {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        case let other: throw fault("“\(other.prefix(40))” is not a value; text stands in quotation marks", at: start)
        }
    }

    private mutating func number() throws(Fault) -> String {
        let start = index
        _ = take("-")
        let whole = digits()
        guard whole > 0 else { throw unexpected("a digit") }
        if whole > 1, bytes[index - whole] == UInt8(ascii: "0") {
            throw fault("a number has no leading zeros", at: start)
        }
        if take("."), digits() == 0 { throw unexpected("a digit after the point") }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            if digits() == 0 { throw unexpected("a digit in the exponent") }
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func digits() -> Int {
        let start = index
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        return index - start
    }
}

extension JSONReader {
    private mutating func string() throws(Fault) -> String {
        let start = index
        var text: [UInt8] = []
        index += 1
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw fault("this text is not UTF-8", at: start)
                }
                return string
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw fault("a line break or control character inside quotation marks")
            default:
                text.append(byte)
                index += 1
            }
        }
        throw fault("the text that begins here is never closed", at: start)
    }

    private mutating func escape(into text: inout [UInt8]) throws(Fault) {
        let start = index
        index += 1
        guard let byte = current else { throw fault("the file ends inside a text") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try scalar(from: start)).utf8)
        default: throw fault("an unknown escape; a backslash is written \\\\", at: start)
        }
    }

    private mutating func scalar(from start: Int) throws(Fault) -> Character {
        var code = try codeUnit(from: start)
        if (0xD800...0xDBFF).contains(code), take("\\"), take("u") {
            let low = try codeUnit(from: start)
            if (0xDC00...0xDFFF).contains(low) { code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00) }
        }
        guard let scalar = Unicode.Scalar(code) else { throw fault("half of a surrogate pair", at: start) }
        return Character(scalar)
    }

    private mutating func codeUnit(from start: Int) throws(Fault) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault("\\u is followed by four hexadecimal digits", at: start)
            }
            code = code << 4 | UInt32(digit)
            index += 1
        }
        return code
    }
}

extension JSONReader {
    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = current, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { index += 1 }
    }

    private func fault(_ reason: String, at offset: Int? = nil) -> Fault {
        Fault(position: TextPosition(of: offset ?? index, in: bytes), reason: reason)
    }

    private func unexpected(_ expected: String) -> Fault {
        guard let byte = current else { return fault("the file ends where \(expected) should stand") }
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "#"): return fault("JSON has no comments; expected \(expected)")
        case UInt8(ascii: "'"): return fault("text stands in \" \", not in ' '; expected \(expected)")
        case 0x21..<0x7F: return fault("expected \(expected), found “\(Character(Unicode.Scalar(byte)))”")
        default: return fault("expected \(expected), found a character that has no place here")
        }
    }
}
