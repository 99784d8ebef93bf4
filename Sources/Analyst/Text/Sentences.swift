/// What the rules say in one language. Of several templates the first whose values are all there is used.
struct Sentences: Sendable {
    var lost: String
    var won: String
    var mainCause: String
    var furtherCause: String
    /// Between the cause's name and what it would have recovered.
    var causes: [CauseKind: (name: String, sentences: [String])]
    var split: String
    var parts: [String: String]
    var facts: [EvidenceKind: [String]]
    var missing: [MissingEvidence: String]
    var kinds: [EvidenceKind: String]
    /// For closed-list texts of the evidence.
    var words: [String: String]
    var earlier: String
    var later: String
    var synthetic: String
    var source: String

    static func of(_ language: AnswerLanguage) -> Sentences { language == .russian ? russian : english }
}
