import Analyst
import LanguageModels
import PromptText

/// A question about one trade with everything its answer may use.
public struct WordingRequest: Sendable, Hashable {
    /// A turn of the conversation before this question.
    public struct Turn: Sendable, Hashable {
        public var question: String
        /// As the model wrote it.
        public var answer: String

        public init(question: String, answer: String) {
            self.question = question
            self.answer = answer
        }
    }

    public static let longestQuestion = 500
    public static let mostTurns = 3

    public let facts: [Fact]
    public let question: String
    public let language: AnswerLanguage
    /// Oldest first.
    public let turns: [Turn]
    private let verdict: [String]

    /// - Parameters:
    ///   - question: what a person wrote; nil asks why the trade ended as it did. Cut at ``longestQuestion`` characters and
    ///     freed of what cannot be seen.
    ///   - turns: the newest ``mostTurns`` are kept.
    public init(
        _ evidence: LossEvidence, _ verdict: Verdict, question: String? = nil, turns: [Turn] = [],
        in language: AnswerLanguage
    ) {
        self.language = language
        facts = Fact.chosen(evidence, verdict, in: language)
        let known = Set(facts.map(\.id))
        self.verdict = verdict.causes.prefix(3).map { cause in
            let ids = cause.evidence.map(\.rawValue).filter(known.contains)
            return "\(RuleText.name(of: cause.kind, in: language)) (\(ids.joined(separator: ", ")))"
        }
        let usual =
            language == .russian ? "Почему сделка закончилась так?" : "Why did the trade end as it did?"
        let asked = question.map(Self.bounded) ?? ""
        self.question = asked.isEmpty ? usual : asked
        self.turns = Array(turns.suffix(Self.mostTurns))
    }

    /// - Parameter violations: what was wrong with the answer before; it is asked for again.
    /// - Throws: ``SchemaProblem`` only if the built-in schema is broken.
    public func chat(violations: [Violation] = [], rejected: String = "") throws -> ChatRequest {
        var messages: [ChatRequest.Message] = []
        for (index, turn) in turns.enumerated() {
            messages.append(.init(.user, prompt(turn.question, withFacts: index == 0)))
            messages.append(.init(.assistant, turn.answer))
        }
        messages.append(.init(.user, prompt(question, withFacts: turns.isEmpty)))
        if !violations.isEmpty {
            // No server takes an empty turn.
            messages.append(.init(.assistant, rejected.isEmpty ? "{}" : String(rejected.prefix(2000))))
            let list = Set(violations.map(\.rule)).sorted().map { "- \($0)" }.joined(separator: "\n")
            messages.append(
                .init(.user, "This answer breaks the rules:\n\(list)\nWrite it again, and keep every rule."))
        }
        let schema = try PromptBook.schema(PromptText.explainSchema, choices: ["evidence": facts.map(\.id)])
        return ChatRequest(
            system: PromptBook.explain(language), messages: messages,
            format: OutputFormat(name: "explanation", schema: schema), maxTokens: 400, temperature: 0.1,
            deadline: .seconds(180))
    }

    private func prompt(_ question: String, withFacts: Bool) -> String {
        // A delimiter inside the question would end it early.
        let safe = question.replacing("QUESTION", with: "question").replacing("END", with: "end")
        let asked = "QUESTION\n\(safe)\nEND"
        return withFacts ? "FACTS\n\(factsJSON)\n\n\(asked)" : asked
    }

    private var factsJSON: String {
        let items = facts.map { fact -> JSONValue in
            let values = fact.values.map { value -> JSONValue.Member in
                .init("{\(fact.id).\(value.name)}", .string(value.shown))
            }
            return ["id": .string(fact.id), "about": .string(fact.about), "values": .object(values)]
        }
        return JSONValue.object([
            .init("verdict", .array(verdict.map(JSONValue.string))), .init("facts", .array(items)),
        ]).text
    }

    static func bounded(_ text: String) -> String {
        let kept = text.unicodeScalars.compactMap { scalar -> Character? in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator: " "
            case .format, .surrogate, .privateUse, .unassigned: nil
            default: Character(scalar)
            }
        }
        let words = String(kept).split(separator: " ").joined(separator: " ")
        return String(words.unicodeScalars.prefix(longestQuestion).map(Character.init))
    }
}
