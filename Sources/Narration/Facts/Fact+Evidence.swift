import Analyst

extension Fact {
    /// More items than this make a prompt that a small local model needs minutes to read.
    static let mostItems = 9

    /// The part of the evidence that is worth wording: what the verdict rests on first, then what is usually asked about.
    package static func chosen(_ evidence: LossEvidence, _ verdict: Verdict, in language: AnswerLanguage) -> [Fact] {
        let usual: [EvidenceKind] = [.path, .alternatives, .policy, .luck, .regime, .neighbours, .exitTiming]
        let cited = verdict.causes.flatMap(\.evidence).compactMap { evidence[$0]?.kind }
        var kinds: [EvidenceKind] = []
        for kind in [.trade, .split] + cited + usual where !kinds.contains(kind) { kinds.append(kind) }
        return kinds.compactMap { kind in
            evidence[kind].flatMap { Fact($0, in: language) }
        }.prefix(mostItems).sorted { ($0.id.utf8.count, $0.id) < ($1.id.utf8.count, $1.id) }
    }

    /// Nil when the item has nothing with a label.
    init?(_ item: EvidenceItem, in language: AnswerLanguage) {
        let labels = PromptBook.labels(language)
        let values = item.values.sorted { $0.key < $1.key }.compactMap { name, value -> FactValue? in
            guard let label = labels["\(item.kind.rawValue).\(name)"] else { return nil }
            let (topic, sign) = Self.direction(name, value, of: item)
            return FactValue(
                name: name, label: label, figure: FigureText.text(value, in: language), topic: topic, sign: sign)
        }
        guard !values.isEmpty else { return nil }
        self.init(id: item.id.rawValue, about: item.kind.rawValue, values: values)
    }

    private static func direction(
        _ name: String, _ value: EvidenceValue, of item: EvidenceItem
    ) -> (FactValue.Topic?, Int) {
        switch value {
        case .number(let number, .fraction): (.outcome, number < 0 ? -1 : number > 0 ? 1 : 0)
        case .number(_, .price):
            if item.kind == .trade, let entry = item.number("entry_price"), let exit = item.number("exit_price") {
                (.price, exit < entry ? -1 : exit > entry ? 1 : 0)
            } else {
                (nil, 0)
            }
        case .side(let side): (.side, side == .long ? 1 : side == .short ? -1 : 0)
        case .number, .text: (nil, 0)
        }
    }
}
