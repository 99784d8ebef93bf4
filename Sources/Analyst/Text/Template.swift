/// A sentence with places for values of the evidence: `{path.mfe}`, `{path.mae|abs}`, `{exit_timing.best_shift|move}`.
///
/// `abs` leaves the sign away, `count` the unit, `move` says how many bars earlier or later. No digit stands in a template itself.
struct Template {
    let text: String

    /// The sentence, or nil when a value it needs is missing.
    func filled(
        from evidence: LossEvidence, extra: [String: EvidenceValue] = [:], in language: AnswerLanguage
    ) -> String? {
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            result += rest[..<open]
            let place = rest[rest.index(after: open)..<close].split(separator: "|")
            guard let name = place.first, let value = extra[String(name)] ?? Self.value(name, in: evidence) else {
                return nil
            }
            result += Self.text(value, place.count > 1 ? place[1] : "", language)
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    private static func value(_ name: Substring, in evidence: LossEvidence) -> EvidenceValue? {
        let parts = name.split(separator: ".")
        guard parts.count == 2, let kind = EvidenceKind(rawValue: String(parts[0])) else { return nil }
        return evidence[kind]?.values[String(parts[1])]
    }

    private static func text(_ value: EvidenceValue, _ modifier: Substring, _ language: AnswerLanguage) -> String {
        guard case .number(let number, let unit) = value else { return FigureText.text(value, in: language) }
        switch modifier {
        case "move":
            let bars = language.bars(Int(abs(number)))
            let words = Sentences.of(language)
            return (number < 0 ? words.earlier : words.later).replacing("{bars}", with: bars)
        case "count": return String(Int(number))
        case "abs":
            return FigureText.text(.number(abs(number), unit), in: language).replacing("+", with: "")
        default:
            return FigureText.text(value, in: language)
        }
    }
}
