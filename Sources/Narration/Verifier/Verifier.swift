/// Decides whether a worded answer may be shown. What passes says nothing that the facts do not: every figure, name and symbol is
/// put in by code, and the words around them are plain words without numbers, advice or directions that contradict the figures.
public struct Verifier: Sendable {
    public static let mostSentences = 5
    static let longestSentence = 300

    private let facts: [String: [String: FactValue]]

    public init(_ facts: [Fact]) {
        self.facts = Dictionary(
            facts.map { fact in (fact.id, Dictionary(fact.values.map { ($0.name, $0) }) { first, _ in first }) }
        ) { first, _ in first }
    }

    /// Checks a whole answer.
    ///
    /// - Returns: its sentences with the figures in place.
    /// - Throws: ``Rejection`` with everything that is wrong.
    public func verified(_ answer: WordedAnswer) throws(Rejection) -> [VerifiedSentence] {
        var violations: [Violation] = []
        if answer.sentences.isEmpty { violations.append(.empty) }
        if answer.sentences.count > Self.mostSentences { violations.append(.tooManySentences) }
        var shown: [VerifiedSentence] = []
        for sentence in answer.sentences.prefix(Self.mostSentences) {
            do { shown.append(try verified(sentence)) } catch { violations += error.violations }
        }
        guard violations.isEmpty else { throw Rejection(violations: violations) }
        return shown
    }

    /// Checks one sentence on its own.
    public func verified(_ sentence: WordedAnswer.Sentence) throws(Rejection) -> VerifiedSentence {
        let parts = Parts(sentence.text)
        var violations: [Violation] = []
        var placed: [FactValue] = []
        var cited: Set<String> = []
        var shown = ""
        for part in parts.all {
            switch part {
            case .words(let text): shown += text
            case .placeholder(let id, let name):
                cited.insert(id)
                if let value = facts[id]?[name] {
                    placed.append(value)
                    shown += value.shown
                } else {
                    violations.append(.unknownPlaceholder("\(id).\(name)"))
                }
            }
        }
        for id in sentence.evidence where facts[id] == nil {
            violations.append(.unknownEvidence(String(id.prefix(10))))
        }
        if cited.isEmpty || cited != Set(sentence.evidence) || cited.count != sentence.evidence.count {
            violations.append(.citation)
        }
        if sentence.text.unicodeScalars.count > Self.longestSentence { violations.append(.tooLong) }
        if sentence.text.allSatisfy(\.isWhitespace) { violations.append(.empty) }
        violations += WordRules(parts.words, placed: placed).violations
        guard violations.isEmpty else { throw Rejection(violations: violations) }
        return VerifiedSentence(text: shown, evidence: sentence.evidence)
    }
}

/// A sentence as it is shown.
public struct VerifiedSentence: Sendable, Hashable, Codable {
    public let text: String
    public let evidence: [String]
}

/// Everything that is wrong with an answer; never empty.
public struct Rejection: Error, Sendable, Hashable {
    public let violations: [Violation]

    public init(violations: [Violation]) { self.violations = violations }
}

/// A sentence in pieces: words and placeholders.
private struct Parts {
    enum Part {
        case words(String)
        case placeholder(id: String, name: String)
    }

    var all: [Part] = []

    /// Only `{E` digits `.` name `}` is a placeholder; any other brace stays among the words, where it is not allowed.
    init(_ text: String) {
        var rest = text[...]
        while let match = rest.firstMatch(of: /\{(E[0-9]{1,3})\.([a-z0-9_]{1,40})\}/) {
            all.append(.words(String(rest[..<match.range.lowerBound])))
            all.append(.placeholder(id: String(match.1), name: String(match.2)))
            rest = rest[match.range.upperBound...]
        }
        all.append(.words(String(rest)))
    }

    /// The words alone, a space where a placeholder stood.
    var words: String {
        all.map { part in
            if case .words(let text) = part { text } else { " " }
        }.joined()
    }
}
