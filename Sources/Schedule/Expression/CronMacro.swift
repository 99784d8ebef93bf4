/// The `@` short forms and what they stand for.
enum CronMacro {
    private static let fixed: [(name: String, expression: String)] = [
        ("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@midnight", "0 0 * * *"), ("@weekly", "0 0 * * 0"),
        ("@monthly", "0 0 1 * *"), ("@yearly", "0 0 1 1 *"), ("@annually", "0 0 1 1 *"),
    ]

    static var names: [String] { fixed.map(\.name) }

    /// The fields `text` stands for; `text` begins with `@`.
    static func expand(_ text: String) throws(CronError) -> String {
        let lower = text.lowercased()
        if let found = fixed.first(where: { $0.name == lower }) { return found.expression }
        let words = lower.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, words[0] == "@every", let unit = words[1].last, let count = Int(words[1].dropLast())
        else {
            throw .unknownMacro(text)
        }
        switch (unit, count) {
        case ("s", let n) where n > 0 && n < 60 && 60 % n == 0: return "*/\(n) * * * * *"
        case ("s", 60), ("m", 1): return "* * * * *"
        case ("m", let n) where n > 0 && n < 60 && 60 % n == 0: return "*/\(n) * * * *"
        case ("m", 60), ("h", 1): return "0 * * * *"
        case ("h", let n) where n > 0 && n < 24 && 24 % n == 0: return "0 */\(n) * * *"
        case ("h", 24), ("d", 1): return "0 0 * * *"
        default: throw .unevenEvery(text)
        }
    }
}
