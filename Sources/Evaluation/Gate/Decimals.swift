/// Figures in sentences: a point, a real minus sign, no locale.
enum Decimals {
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        var unit: Int64 = 1
        for _ in 0..<decimals { unit *= 10 }
        let scaled = (value * Double(unit)).rounded()
        guard abs(scaled) < 1e15 else { return "\(value)" }
        let whole = Int64(abs(scaled))
        let sign = scaled < 0 ? "−" : ""
        guard decimals > 0 else { return sign + String(whole) }
        let fraction = String(whole % unit)
        return sign + String(whole / unit) + "." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }

    static func signed(_ value: Double, _ decimals: Int) -> String {
        (value > 0 ? "+" : "") + fixed(value, decimals)
    }

    /// One decimal, two below one per cent.
    static func percent(_ fraction: Double) -> String {
        let value = fraction * 100
        return fixed(value, value != 0 && abs(value) < 1 ? 2 : 1) + "%"
    }
}
