/// The answer by rule, in the order it is shown: title, verdict, split, the strongest facts, where it comes from.
public struct RuleText: Sendable, Hashable {
    /// One sentence and the facts it rests on.
    public struct Fact: Sendable, Hashable {
        public let id: EvidenceID
        public let text: String
    }

    /// A cause's name and its sentence.
    public struct Reason: Sendable, Hashable {
        /// “Main cause” or “Also”.
        public let rank: String
        public let name: String
        public let text: String
        public let evidence: [EvidenceID]
    }

    public let title: String
    public let reasons: [Reason]
    public let split: String
    /// Two or three.
    public let facts: [Fact]
    public let source: String

    public init(_ evidence: LossEvidence, _ verdict: Verdict, in language: AnswerLanguage) {
        let sentences = Sentences.of(language)
        let number = ["trade.number": EvidenceValue.number(Double(evidence.trade), .trade)]
        title =
            Template(text: verdict.causes.isEmpty ? sentences.won : sentences.lost)
            .filled(from: evidence, extra: number, in: language) ?? ""
        reasons = verdict.causes.prefix(3).enumerated().map { place, cause in
            let form = sentences.causes[cause.kind] ?? ("", [])
            let extra = cause.recovered.map { ["recovered": EvidenceValue.number($0, .fraction)] } ?? [:]
            let text = form.sentences.lazy.compactMap {
                Template(text: $0).filled(from: evidence, extra: extra, in: language)
            }.first
            return Reason(
                rank: place == 0 ? sentences.mainCause : sentences.furtherCause, name: form.name, text: text ?? "",
                evidence: cause.evidence)
        }
        let visible = evidence.split.filter { abs($0.value) >= 0.00005 }
        let parts = visible.map { name, value in
            "\(sentences.parts[name] ?? name) \(FigureText.text(.number(value, .fraction), in: language))"
        }
        split =
            "\(sentences.split): \(parts.joined(separator: ", ")) = \(FigureText.text(.number(evidence.net, .fraction), in: language))"
        facts = Self.strongest(evidence, verdict).compactMap { kind in
            Self.sentence(kind, evidence, in: language).map { Fact(id: kind.id, text: $0) }
        }
        let isSynthetic = evidence[.trade]?.text("market") == "synthetic"
        source = sentences.source + (isSynthetic ? " " + sentences.synthetic : "")
    }

    /// Every item of the evidence in one sentence, the missing ones with their reason.
    public static func details(
        _ evidence: LossEvidence, in language: AnswerLanguage
    ) -> [(id: EvidenceID, name: String, text: String)] {
        let sentences = Sentences.of(language)
        return evidence.items.map { item in
            let text =
                item.missing.map { "– (\(sentences.missing[$0] ?? $0.rawValue))" }
                ?? sentence(item.kind, evidence, in: language) ?? "–"
            return (item.id, sentences.kinds[item.kind] ?? item.kind.rawValue, text)
        }
    }

    /// The name of a cause, for lists.
    public static func name(of cause: CauseKind, in language: AnswerLanguage) -> String {
        Sentences.of(language).causes[cause]?.name ?? cause.rawValue
    }

    /// The whole answer as plain text, a line each.
    public var plain: String {
        let causes = reasons.map { "\($0.rank): \($0.name) — \($0.text)" }
        return ([title] + causes + [split] + facts.map { "\($0.id) \($0.text)" } + [source]).joined(separator: "\n")
    }

    private static func sentence(
        _ kind: EvidenceKind, _ evidence: LossEvidence, in language: AnswerLanguage
    ) -> String? {
        Sentences.of(language).facts[kind]?.lazy.compactMap {
            Template(text: $0).filled(from: evidence, in: language)
        }.first
    }

    /// What the causes rest on first, then what is worth knowing anyway; the split has a line of its own.
    private static func strongest(_ evidence: LossEvidence, _ verdict: Verdict) -> [EvidenceKind] {
        let cited = verdict.causes.flatMap(\.evidence).compactMap { id in evidence[id]?.kind }
        let usual: [EvidenceKind] = [.path, .luck, .policy, .neighbours]
        var kinds: [EvidenceKind] = []
        for kind in cited + usual where kind != .split && evidence[kind] != nil && !kinds.contains(kind) {
            kinds.append(kind)
        }
        return Array(kinds.prefix(3))
    }
}
