/// A question to be put into words by a model, beside the answer by rule.
public struct WordsOrder: Codable, Sendable, Hashable {
    public var trade: Int64
    /// As a person wrote it; nil asks why the trade ended as it did.
    public var question: String?
    /// The explanation it follows upon.
    public var previous: Int64?
    public var language: Language

    public init(trade: Int64, question: String? = nil, previous: Int64? = nil, language: Language) {
        self.trade = trade
        self.question = question
        self.previous = previous
        self.language = language
    }
}
