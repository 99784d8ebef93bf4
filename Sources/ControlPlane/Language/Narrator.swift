import Analyst
import Foundation
import LanguageModels
import Logging
import Narration
import Store

/// Has evidence worded by a model, checks every sentence, and keeps what was asked and answered.
public struct Narrator: Sendable {
    private let store: Store
    private let model: any ChatModel
    private let metrics: MetricsRegistry?
    private let now: @Sendable () -> Date
    private let logger: Logger

    /// What came of a question.
    public struct Explanation: Sendable {
        public enum Outcome: Sendable {
            case worded([VerifiedSentence], isAnswered: Bool)
            /// How many rules were broken, twice.
            case rejected(Int)
            case failed(ModelError)
        }

        /// Its row; nil when it could not be stored.
        public var id: Int64?
        public var model: String
        public var outcome: Outcome
        public var isFromCache = false
    }

    init(
        store: Store, model: any ChatModel, metrics: MetricsRegistry?, now: @escaping @Sendable () -> Date,
        logger: Logger
    ) {
        self.store = store
        self.model = model
        self.metrics = metrics
        self.now = now
        self.logger = logger
    }

    /// - Parameters:
    ///   - question: nil asks why the trade ended as it did.
    ///   - previous: the explanation the question follows upon.
    ///   - onSentences: gets all sentences that are checked so far, each time one more is.
    public func explain(
        _ analysis: TradeAnalysis, question: String? = nil, after previous: Int64? = nil,
        in language: AnswerLanguage, onSentences: @escaping @Sendable ([VerifiedSentence]) async -> Void = { _ in }
    ) async -> Explanation {
        var request = WordingRequest(analysis.evidence, analysis.verdict, question: question, in: language)
        do {
            let turns = try store.read { try memory(of: previous, in: $0) }
            request = WordingRequest(
                analysis.evidence, analysis.verdict, question: question, turns: turns, in: language)
            if let known = try cached(analysis, request, previous) { return known }
        } catch {
            logger.warning("earlier explanations cannot be read", metadata: ["error": "\(error)"])
        }
        let begun = ContinuousClock.now
        var attempt = await ask(request, [], "", onSentences)
        var usage = attempt.usage
        if case .rejected(let rejection) = attempt.result {
            attempt = await ask(request, rejection.violations, attempt.raw, onSentences)
            usage = TokenUsage(input: usage.input + attempt.usage.input, output: usage.output + attempt.usage.output)
        }
        var explanation = attempt.explanation
        // Withdrawn with the process: nothing came of it.
        if case .failed(.cancelled) = attempt.result { return explanation }
        explanation.id = await keep(
            attempt, usage, request, analysis, previous,
            milliseconds: Int((ContinuousClock.now - begun) / .milliseconds(1)))
        metrics?.increment(
            "marketflow_llm_answers_total", help: "Answers of language models by what became of them.",
            labels: ["outcome": attempt.outcome.rawValue])
        return explanation
    }

    // MARK: One attempt

    private struct Attempt {
        enum Result {
            case worded([VerifiedSentence], isAnswered: Bool)
            case rejected(Rejection)
            case failed(ModelError)
        }

        var result: Result
        var raw = ""
        var model = ""
        var usage = TokenUsage(input: 0, output: 0)

        var outcome: ExplanationOutcome {
            switch result {
            case .worded: .worded
            case .rejected: .rejected
            case .failed: .failed
            }
        }

        var explanation: Explanation {
            switch result {
            case .worded(let sentences, let isAnswered):
                Explanation(model: model, outcome: .worded(sentences, isAnswered: isAnswered))
            case .rejected(let rejection): Explanation(model: model, outcome: .rejected(rejection.violations.count))
            case .failed(let error): Explanation(model: model, outcome: .failed(error))
            }
        }

        var problems: String {
            switch result {
            case .worded: ""
            case .rejected(let rejection): rejection.violations.map { "\($0)" }.joined(separator: "; ")
            case .failed(let error): "\(error)"
            }
        }
    }

    private func ask(
        _ request: WordingRequest, _ violations: [Violation], _ rejected: String,
        _ onSentences: @escaping @Sendable ([VerifiedSentence]) async -> Void
    ) async -> Attempt {
        let progress = WordingProgress(Verifier(request.facts))
        do {
            let chat = try request.chat(violations: violations, rejected: rejected)
            let response = try await model.respond(to: chat) { text in
                if let sentences = await progress.take(text) { await onSentences(sentences) }
            }
            return judged(response, request, usage: response.usage ?? .estimate(chat, answer: response.text))
        } catch let error as ModelError {
            return Attempt(result: .failed(error))
        } catch {
            return Attempt(result: .failed(.malformed("\(error)")))
        }
    }

    private func judged(_ response: ChatResponse, _ request: WordingRequest, usage: TokenUsage) -> Attempt {
        func attempt(_ result: Attempt.Result) -> Attempt {
            Attempt(result: result, raw: response.text, model: Self.plain(response.model), usage: usage)
        }
        guard response.finishReason == .stop, let answer = WordedAnswer(json: response.text) else {
            return attempt(.rejected(Rejection(violations: [.form])))
        }
        do {
            return attempt(.worded(try Verifier(request.facts).verified(answer), isAnswered: answer.isAnswered))
        } catch {
            for violation in error.violations {
                metrics?.increment(
                    "marketflow_llm_violations_total", help: "Rules that answers of language models broke.",
                    labels: ["rule": violation.name])
            }
            return attempt(.rejected(error))
        }
    }

    /// A model's name comes from its server: letters, digits and a little punctuation.
    private static func plain(_ name: String) -> String {
        String(
            name.unicodeScalars.filter {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789-_.:/".unicodeScalars.contains($0))
            }
            .prefix(60).map(Character.init))
    }

    // MARK: What was said before

    private func memory(of previous: Int64?, in transaction: Transaction) throws -> [WordingRequest.Turn] {
        var turns: [WordingRequest.Turn] = []
        var next = previous
        while let id = next, turns.count < WordingRequest.mostTurns, let row = try transaction.explanation(id) {
            if row.outcome == .worded { turns.insert(.init(question: row.question, answer: row.raw), at: 0) }
            next = row.previousId
        }
        return turns
    }

    private func cached(
        _ analysis: TradeAnalysis, _ request: WordingRequest, _ previous: Int64?
    ) throws -> Explanation? {
        let row = try store.read {
            try $0.explanation(
                ofTrade: analysis.trade.id, digest: analysis.digest, question: request.question,
                language: request.language.rawValue, promptVersion: PromptBook.version, previous: previous)
        }
        guard let row, let answer = WordedAnswer(json: row.raw) else { return nil }
        let sentences = try JSON.value(row.shown, as: [VerifiedSentence].self)
        return Explanation(
            id: row.id, model: row.model, outcome: .worded(sentences, isAnswered: answer.isAnswered), isFromCache: true)
    }

    private func keep(
        _ attempt: Attempt, _ usage: TokenUsage, _ request: WordingRequest, _ analysis: TradeAnalysis,
        _ previous: Int64?, milliseconds: Int
    ) async -> Int64? {
        var shown: [VerifiedSentence] = []
        if case .worded(let sentences, _) = attempt.result { shown = sentences }
        do {
            let row = ExplanationRow(
                tradeId: analysis.trade.id, previousId: previous, language: request.language.rawValue,
                question: request.question, evidenceDigest: analysis.digest, promptVersion: PromptBook.version,
                model: attempt.model, outcome: attempt.outcome, raw: attempt.raw, shown: try JSON.text(shown),
                problems: attempt.problems, inputTokens: usage.input, outputTokens: usage.output,
                milliseconds: milliseconds, createdAt: now())
            return try await store.write { try $0.insert(row).id }
        } catch {
            logger.error("an explanation was not stored", metadata: ["error": "\(error)"])
            return nil
        }
    }
}

/// Checks sentences while the answer is still being written; after the first bad one it shows no more.
private actor WordingProgress {
    private let verifier: Verifier
    private var scanner = SentenceScanner()
    private var sentences: [VerifiedSentence] = []
    private var isSpoilt = false

    init(_ verifier: Verifier) { self.verifier = verifier }

    /// All that may be shown so far; nil when nothing new may be.
    func take(_ text: String) -> [VerifiedSentence]? {
        let found = scanner.take(text)
        guard !isSpoilt, !found.isEmpty else { return nil }
        for sentence in found {
            do { sentences.append(try verifier.verified(sentence)) } catch {
                isSpoilt = true
                return nil
            }
        }
        return sentences.count <= Verifier.mostSentences ? sentences : nil
    }
}
