/// Numbers as people write them on charts.
package enum ValueText {
    /// A tick label: as many decimals as `step` between ticks needs.
    package static func tick(_ value: Double, step: Double, format: ValueFormat) -> String {
        switch format {
        case .number:
            let (divisor, suffix) = magnitude(of: step)
            return fixed(value / divisor, decimals: decimals(of: step / divisor)) + (value == 0 ? "" : suffix)
        case .percent: return fixed(value * 100, decimals: decimals(of: step * 100)) + "%"
        case .signedPercent: return sign(value) + fixed(value * 100, decimals: decimals(of: step * 100)) + "%"
        }
    }

    /// A single value with three significant digits.
    package static func value(_ value: Double, format: ValueFormat) -> String {
        switch format {
        case .number:
            let (divisor, suffix) = abs(value) < 1e6 ? (1, "") : magnitude(of: abs(value) / 10)
            return significant(value / divisor) + suffix
        case .percent: return significant(value * 100) + "%"
        case .signedPercent: return sign(value) + significant(value * 100) + "%"
        }
    }

    private static func sign(_ value: Double) -> String { value > 0 ? "+" : "" }

    /// The unit in which steps of `step` are short numbers.
    private static func magnitude(of step: Double) -> (Double, String) {
        switch step {
        case 1e8...: (1e9, "B")
        case 1e5...: (1e6, "M")
        case 1e3...: (1e3, "k")
        default: (1, "")
        }
    }

    private static func significant(_ value: Double) -> String {
        var decimals = 2
        var bound = 10.0
        while decimals > 0, abs(value) >= bound {
            decimals -= 1
            bound *= 10
        }
        bound = 1
        while value != 0, decimals < 9, abs(value) < bound {
            decimals += 1
            bound /= 10
        }
        return fixed(value, decimals: decimals)
    }

    /// Decimals that show `step` exactly: 2 for 0.25 and 0.05.
    private static func decimals(of step: Double) -> Int {
        guard step.isFinite, step > 0 else { return 0 }
        var rest = step
        for count in 0..<9 {
            let error = abs(rest - rest.rounded())
            if rest >= 0.999, error < 1e-6 * rest || rest >= 100 { return count }
            rest *= 10
        }
        return 9
    }

    /// Plain decimal notation, a real minus sign, `e` notation outside what 15 digits hold.
    private static func fixed(_ value: Double, decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (value * scale).rounded()
        guard abs(scaled) < 1e15 else { return "\(value)".replacing("-", with: "−") }
        let whole = Int64(abs(scaled))
        let minus = scaled < 0 ? "−" : ""
        guard decimals > 0 else { return minus + grouped(whole) }
        let unit = Int64(scale)
        let fraction = String(whole % unit)
        return minus + grouped(whole / unit) + "." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }

    /// With commas from five digits on.
    private static func grouped(_ value: Int64) -> String {
        let digits = String(value)
        guard digits.count > 4 else { return digits }
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }
}

extension String {
    fileprivate func replacing(_ old: Character, with new: Character) -> String {
        String(map { $0 == old ? new : $0 })
    }
}
