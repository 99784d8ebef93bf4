import Foundation

/// The error analysis in words.
public struct ErrorText: Sendable, Hashable {
    public let title: String
    /// What stands out, or that nothing does.
    public let findings: [String]
    /// How it was judged.
    public let note: String

    public init(_ analysis: ErrorAnalysis, in language: AnswerLanguage) {
        let words = Words(language)
        func percent(_ value: Double) -> String { FigureText.percent(value, digits: 2, plus: "+") }
        func line(_ group: ErrorAnalysis.Group) -> String {
            let d = FigureText.text(.number(group.effect, .ratio), in: language)
            let p = group.corrected < 0.001 ? "< 0.001" : String(format: "%.3f", group.corrected)
            let name = words.name(group)
            return words.isRussian
                ? "\(name): в среднем \(percent(group.mean)), у остальных \(percent(group.others)); сделок \(group.count), эффект \(d) σ, p \(p)"
                : "\(name): mean \(percent(group.mean)) against \(percent(group.others)) elsewhere; \(group.count) trades, effect \(d) σ, p \(p)"
        }
        let significant = analysis.significant.prefix(5)
        let count = analysis.trades
        title =
            words.isRussian
            ? "Где теряет: последние сделки (\(count)), убыточных \(analysis.losses), в среднем \(percent(analysis.mean))"
            : "Where it loses: the last \(count) trades, \(analysis.losses) lost, mean \(percent(analysis.mean))"
        if count < ErrorAnalysis.trades.lowerBound {
            findings = [
                words.isRussian
                    ? "Слишком мало сделок: нужно хотя бы \(ErrorAnalysis.trades.lowerBound)."
                    : "Too few trades to tell: at least \(ErrorAnalysis.trades.lowerBound) are needed."
            ]
        } else if significant.isEmpty {
            let largest = analysis.groups.prefix(1).map(line)
            findings =
                [
                    words.isRussian
                        ? "Ничего значимого: ни одна группа не хуже остальных больше, чем даёт случай."
                        : "Nothing significant: no group does worse than the rest beyond chance."
                ] + largest.map { (words.isRussian ? "Ближе всего — " : "Nearest: ") + $0 }
        } else {
            findings =
                significant.map(line) + [
                    words.isRussian
                        ? "Стоит проверить на истории, каким был бы итог без этого."
                        : "Worth a back-test: what the result would be without it."
                ]
        }
        note =
            words.isRussian
            ? "Перестановочный тест разности средних, поправка Холма на групп: \(analysis.groups.count). После издержек, время UTC."
            : "Permutation test of the difference of means, Holm-corrected for \(analysis.groups.count) groups. Net of costs, times UTC."
    }

    public var plain: String { ([title] + findings + [note]).joined(separator: "\n") }

    struct Words {
        let isRussian: Bool

        init(_ language: AnswerLanguage) { isRussian = language == .russian }

        func name(_ group: ErrorAnalysis.Group) -> String {
            let level = isRussian ? (Self.russianLevels[group.level] ?? group.level) : group.level
            let translated = Sentences.of(isRussian ? .russian : .english).words[group.level]
            switch group.factor {
            case .hour: return isRussian ? "час \(level):00" : "hour \(level):00"
            case .weekday: return isRussian ? "день недели \(level)" : "weekday \(level)"
            case .regime: return isRussian ? "тренд при входе «\(translated ?? level)»" : "trend at entry “\(level)”"
            case .symbol: return level
            case .holding: return isRussian ? "баров в позиции \(level)" : "bars held \(level)"
            case .exit: return isRussian ? "выход «\(translated ?? level)»" : "exit by \(translated ?? level)"
            case .confidence: return isRussian ? "решение «\(level)»" : "decision “\(level)”"
            }
        }

        private static let russianLevels = [
            "Mon": "пн", "Tue": "вт", "Wed": "ср", "Thu": "чт", "Fri": "пт", "Sat": "сб", "Sun": "вс",
            "unsure": "неуверенное", "fair": "среднее", "sure": "уверенное",
        ]
    }
}
