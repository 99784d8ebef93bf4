import Analyst
import Foundation
import Testing

@Suite("The answer by rule")
struct RuleTextTests {
    @Test("fits a phone screen, names its cause, sums up, and leaves no place unfilled", arguments: Plant.allCases)
    func screen(plant: Plant) throws {
        for index in [0, 1, 2] {
            let evidence = EvidenceBuilder.evidence(of: try plant.trade(index))
            let verdict = Verdict(evidence)
            for language in AnswerLanguage.allCases {
                let text = RuleText(evidence, verdict, in: language)
                let plain = text.plain
                #expect(plain.count < 1200)
                #expect(!plain.contains("{") && !plain.contains("nan"))
                #expect(plain.contains(RuleText.name(of: try #require(verdict.main).kind, in: language)))
                #expect((2...3).contains(text.facts.count))
                #expect(!text.reasons.contains { $0.text.isEmpty })
                let details = RuleText.details(evidence, in: language)
                #expect(details.count == EvidenceKind.allCases.count)
                #expect(!details.contains { $0.text.contains("{") || $0.text == "–" })
            }
        }
    }

    @Test("every kind, cause, reason and part has its words in both languages")
    func words() {
        for language in AnswerLanguage.allCases {
            let missing = LossEvidence(
                trade: 1, items: EvidenceKind.allCases.map { EvidenceItem($0, missing: .modelGone) })
            #expect(Set(RuleText.details(missing, in: language).map(\.name)).count == EvidenceKind.allCases.count)
            #expect(
                Set(CauseKind.allCases.map { RuleText.name(of: $0, in: language) }).count == CauseKind.allCases.count)
            for reason in MissingEvidence.allCases {
                let one = LossEvidence(trade: 1, items: [EvidenceItem(.luck, missing: reason)])
                #expect(!RuleText.details(one, in: language)[0].text.contains("_"))
            }
        }
    }

    @Test(
        "figures are written as people write them",
        arguments: [
            (EvidenceValue.number(-0.01237, .fraction), "−1.24%", "−1.24%"),
            (.number(0.00001, .fraction), "0.00%", "0.00%"),
            (.number(0.625, .share), "62%", "62%"), (.number(0.0123, .share), "1.2%", "1.2%"),
            (.number(1, .bars), "1 bar", "1 бар"), (.number(3, .bars), "3 bars", "3 бара"),
            (.number(12, .bars), "12 bars", "12 баров"), (.number(21, .bars), "21 bars", "21 бар"),
            (.number(42283.581, .price), "42283.58", "42283.58"), (.number(0.3312, .price), "0.331200", "0.331200"),
            (.number(6, .version), "RL-Agent-v6", "RL-Agent-v6"), (.side(.short), "short", "шорт"),
            (.number(1_763_175_600_000, .time), "2025-11-15 03:00 UTC", "2025-11-15 03:00 UTC"),
        ])
    func figures(value: EvidenceValue, english: String, russian: String) {
        #expect(FigureText.text(value, in: .english) == english)
        #expect(FigureText.text(value, in: .russian) == russian)
    }
}
