/// Walks over the comma-separated numbers of one line. The usual forms are read digit by digit without allocation;
/// signs, exponents and very long numbers take the slow way through `String`.
struct FieldScanner {
    private(set) var position: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>

    /// - Parameter line: without its line break; must outlive the scanner.
    init(_ line: UnsafeBufferPointer<UInt8>) {
        // An empty buffer may have no address; any will do, as none is read.
        position = line.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
        end = position + line.count
    }

    var isAtEnd: Bool { position == end }

    /// Steps over a comma; false at the end of the line.
    @inline(__always)
    mutating func nextColumn() -> Bool {
        guard position < end else { return false }
        position += 1
        return true
    }

    @inline(__always)
    mutating func decimal(_ column: StaticString) throws(CandleRowFault) -> Double {
        let start = position
        var mantissa: UInt64 = 0
        scanDigits(into: &mantissa)
        var digits = position - start
        var scale = 0
        if position < end, position.pointee == Ascii.dot {
            position += 1
            let fraction = position
            scanDigits(into: &mantissa)
            scale = position - fraction
            digits += scale
        }
        // 19 digits fit a UInt64; more may have wrapped around, and the mantissa is not used then.
        guard (1...19).contains(digits), isAtFieldEnd else { return try slowDecimal(column, from: start) }
        return DecimalText.quotient(mantissa, scale: scale)
    }

    @inline(__always)
    mutating func integer(_ column: StaticString) throws(CandleRowFault) -> Int64 {
        let start = position
        var value: UInt64 = 0
        scanDigits(into: &value)
        guard (1...18).contains(position - start), isAtFieldEnd else { return try slowInteger(column, from: start) }
        return Int64(value)
    }

    /// An optional column: absent or empty is 0, which means unknown.
    @inline(__always)
    mutating func optionalDecimal(_ column: StaticString) throws(CandleRowFault) -> Double {
        guard nextColumn(), !isAtFieldEnd else { return 0 }
        return try decimal(column)
    }

    @inline(__always)
    mutating func optionalInteger(_ column: StaticString) throws(CandleRowFault) -> Int64 {
        guard nextColumn(), !isAtFieldEnd else { return 0 }
        return try integer(column)
    }

    /// Skips a column whose content does not matter.
    mutating func skip() {
        while !isAtFieldEnd { position += 1 }
    }

    @inline(__always)
    private var isAtFieldEnd: Bool { position == end || position.pointee == Ascii.comma }

    @inline(__always)
    private mutating func scanDigits(into value: inout UInt64) {
        while position < end {
            let digit = position.pointee &- Ascii.zero
            guard digit < 10 else { return }
            value = value &* 10 &+ UInt64(digit)
            position += 1
        }
    }

    @inline(never)
    private mutating func slowDecimal(_ column: StaticString, from start: UnsafePointer<UInt8>) throws(CandleRowFault)
        -> Double
    {
        let text = rest(of: start)
        let unsigned = text.drop { $0 == "-" || $0 == "+" }.lowercased()
        if ["nan", "inf", "infinity"].contains(unsigned) { throw .notFinite(column: "\(column)", text: text) }
        // `Double` would also take hexadecimal.
        guard text.utf8.allSatisfy(Ascii.isDecimal), let value = Double(text) else {
            throw .notANumber(column: "\(column)", text: Excerpt.of(text))
        }
        guard value.isFinite else { throw .tooLarge(column: "\(column)", text: Excerpt.of(text)) }
        return value
    }

    @inline(never)
    private mutating func slowInteger(_ column: StaticString, from start: UnsafePointer<UInt8>) throws(CandleRowFault)
        -> Int64
    {
        let text = rest(of: start)
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let digits = parts[0].drop { $0 == "-" }
        // Table programs write whole numbers as “1722470400000.0”.
        let isWhole = parts.count == 1 || (!parts[1].isEmpty && parts[1].allSatisfy { $0 == "0" })
        guard isWhole, !digits.isEmpty, digits.utf8.allSatisfy({ $0 &- Ascii.zero < 10 }) else {
            throw .notANumber(column: "\(column)", text: Excerpt.of(text))
        }
        guard let value = Int64(parts[0]) else { throw .tooLarge(column: "\(column)", text: Excerpt.of(text)) }
        return value
    }

    private mutating func rest(of start: UnsafePointer<UInt8>) -> String {
        skip()
        return String(decoding: UnsafeBufferPointer(start: start, count: position - start), as: UTF8.self)
    }
}

enum Ascii {
    static let lineFeed: UInt8 = 10
    static let carriageReturn: UInt8 = 13
    static let comma: UInt8 = 44
    static let dot: UInt8 = 46
    static let zero: UInt8 = 48

    /// Digits, signs, point and exponent.
    static func isDecimal(_ byte: UInt8) -> Bool {
        byte &- zero < 10 || byte == dot || byte == 43 || byte == 45 || byte == 69 || byte == 101
    }
}

/// A piece of foreign text that may stand in a message: short, one line, printable.
enum Excerpt {
    static func of(_ text: some StringProtocol) -> String {
        let printable = text.unicodeScalars.prefix(41).map { scalar in
            scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
                ? "�" : String(Character(scalar))
        }
        return printable.prefix(40).joined() + (printable.count > 40 ? "…" : "")
    }
}
