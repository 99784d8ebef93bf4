import Market

extension Form where Value == Bool {
    static var flag: Form {
        Form(
            allowed: "true or false",
            decode: { (json) throws(Refusal) in
                guard case .bool(let flag) = json.value else { throw Refusal(found: json) }
                return flag
            },
            encode: { JSON(.bool($0)) },
            read: { scalar($0) })
    }
}

extension Form where Value: FixedWidthInteger {
    static func whole(_ range: ClosedRange<Value>) -> Form {
        let words =
            range.upperBound == .max
            ? "a whole number from \(range.lowerBound)"
            : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return .numeric(
            words,
            parse: { text in
                // 5e4 and 10.0 are whole numbers too.
                guard let value = Value(text) ?? Double(text).flatMap(Value.init(exactly:)) else { return nil }
                return range.contains(value) ? value : nil
            },
            write: { "\($0)" })
    }
}

extension Form where Value == Double {
    static func number(_ range: ClosedRange<Double>) -> Form {
        .numeric("a number from \(brief(range.lowerBound)) to \(brief(range.upperBound))") { text in
            Double(text).flatMap { range.contains($0) ? $0 : nil }
        } write: {
            brief($0)
        }
    }

    static func number(above bound: Double, upTo limit: Double) -> Form {
        .numeric("a number above \(brief(bound)), up to \(brief(limit))") { text in
            Double(text).flatMap { $0 > bound && $0 <= limit ? $0 : nil }
        } write: {
            brief($0)
        }
    }

    /// 10 rather than 10.0.
    private static func brief(_ number: Double) -> String {
        let text = "\(number)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension Form where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    static var choice: Form {
        .spelled(
            Value.allCases.map(\.rawValue).joined(separator: " | "), parse: Value.init(rawValue:), write: \.rawValue)
    }
}

extension Form where Value == Symbol {
    static var symbol: Form {
        .spelled("a symbol like BTCUSDT", parse: Symbol.init(rawValue:), write: \.rawValue)
    }
}
