/// Where a worded answer leaves what it may say.
public enum Violation: Error, Sendable, Hashable {
    /// Not the JSON that was asked for.
    case form
    case tooManySentences
    case empty
    case tooLong
    case unknownEvidence(String)
    case unknownPlaceholder(String)
    /// The ids beside a sentence are not those of its placeholders.
    case citation
    case digit(String)
    case numberWord(String)
    /// A character that no plain sentence needs: markup, control, bidi, per cent, currency.
    case character(String)
    case link
    /// A word of two alphabets: one letter looks like another.
    case mixedAlphabets
    case symbol(String)
    case advice(String)
    case direction(String)
    case negation(String)

    /// The rule, for the model that broke it. Repeats nothing of what it wrote.
    public var rule: String {
        switch self {
        case .form: "Answer with the JSON object alone."
        case .tooManySentences: "At most five sentences."
        case .empty: "At least one sentence, none empty."
        case .tooLong: "Every sentence is short."
        case .unknownEvidence, .unknownPlaceholder: "Use only ids and placeholders that stand in the facts."
        case .citation: "\"evidence\" lists exactly the ids of the sentence's placeholders, at least one."
        case .digit, .numberWord: "No digits and no number words: placeholders only."
        case .character, .link, .mixedAlphabets:
            "Plain words and punctuation only: no symbols, links, markup or per cent signs."
        case .symbol: "No symbols, tickers or names of coins: placeholders only."
        case .advice: "No advice, no forecasts, nobody is addressed."
        case .direction:
            "Words of direction agree with the sign of every placeholder in their sentence, else write two sentences."
        case .negation: "No negation beside a word of direction."
        }
    }

    /// For counting.
    public var name: String {
        let text = "\(self)"
        return String(text.prefix { $0.isLetter })
    }
}
