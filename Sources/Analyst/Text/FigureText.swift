import Foundation

/// Values of the evidence as they are written; the same digits in both languages.
public enum FigureText {
    /// `+1.24%`, `62%`, `42283.58`, `7 bars`, `2.1`, …
    public static func text(_ value: EvidenceValue, in language: AnswerLanguage) -> String {
        switch value {
        case .text(let text): return Sentences.of(language).words[text] ?? text
        case .side(let side): return Sentences.of(language).words[side.description] ?? side.description
        case .number(let number, let unit): return text(number, unit, language)
        }
    }

    private static func text(_ number: Double, _ unit: EvidenceUnit, _ language: AnswerLanguage) -> String {
        switch unit {
        case .fraction: percent(number, digits: 2, plus: "+")
        case .share: percent(number, digits: abs(number) < 0.0995 ? 1 : 0, plus: "")
        case .price: price(number)
        case .bars: language.bars(Int(number))
        case .count, .trade: String(Int(number))
        case .version: "RL-Agent-v\(Int(number))"
        case .ratio: signed(number, digits: 1)
        case .atr: signed(number, digits: 1)
        case .nats: signed(number, digits: 2, plus: "+")
        case .time: time(number)
        }
    }

    /// `−1.24%`; what rounds to nothing has no sign.
    static func percent(_ fraction: Double, digits: Int, plus: String = "") -> String {
        signed(fraction * 100, digits: digits, plus: plus) + "%"
    }

    private static func signed(_ number: Double, digits: Int, plus: String = "") -> String {
        let text = String(format: "%.\(digits)f", abs(number))
        guard text.contains(where: { $0 != "0" && $0 != "." }) else { return text }
        return (number < 0 ? "−" : plus) + text
    }

    private static func price(_ number: Double) -> String {
        guard number > 0 else { return "0" }
        let digits = number >= 1000 ? 2 : max(2, min(8, 5 - Int(log10(number).rounded(.down))))
        return String(format: "%.\(digits)f", number)
    }

    /// `2025-11-15 03:00 UTC`
    private static func time(_ milliseconds: Double) -> String {
        var seconds = time_t((milliseconds / 1000).rounded(.down))
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return String(
            format: "%04d-%02d-%02d %02d:%02d UTC", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
            parts.tm_hour, parts.tm_min)
    }
}
