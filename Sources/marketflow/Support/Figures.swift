import Foundation

/// Numbers as the command line shows them.
enum Figures {
    /// `84,858`
    static func grouped(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var result = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result += "," }
            result.append(digit)
        }
        return result
    }

    /// `2 gaps (6 bars missing)`
    static func gaps(_ count: Int, missing: Int) -> String {
        if count == 0 { return "no gaps" }
        return "\(grouped(count)) \(count == 1 ? "gap" : "gaps") (\(grouped(missing)) bars missing)"
    }

    /// `0.31`
    static func decimal(_ value: Double, _ places: Int = 2) -> String { String(format: "%.\(places)f", value) }

    /// A fraction as `+3.14 %`.
    static func percent(_ fraction: Double, signed: Bool = false) -> String {
        String(format: signed ? "%+.2f %%" : "%.2f %%", 100 * fraction)
    }
}
