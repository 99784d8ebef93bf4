import Foundation

/// One call that failed: what to say, and what decides about another try.
struct CallFailure: Error, Hashable {
    var error: ModelError
    var facts: RetryPolicy.Failure

    init(_ error: ModelError, facts: RetryPolicy.Failure) {
        self.error = error
        self.facts = facts
    }

    /// Of an answer that is none.
    ///
    /// - Parameter body: nil when it is not JSON.
    init(status: Int, body: JSONValue?, header: (String) -> String?, now: Date) {
        let problem = body?.problem ?? ServerProblem()
        let isQuotaUsedUp = [problem.code, problem.type].contains("insufficient_quota")
        facts = RetryPolicy.Failure(
            status: status, pause: RetryPolicy.Failure.pause(header, now: now),
            shouldRetry: header("x-should-retry").flatMap(Bool.init), isQuotaUsedUp: isQuotaUsedUp)
        let text = Self.oneLine(problem.message)
        error =
            switch status {
            case _ where isQuotaUsedUp: .quotaUsedUp
            case 401, 402, 403: .notAllowed(status: status, text)
            case 429: .rateLimited
            case 500...: .unavailable(status: status, text)
            case 413: .tooLong(tokens: nil, limit: nil)
            case 400 where Self.isTooLong(problem):
                .tooLong(tokens: body?["error"]?["n_prompt_tokens"]?.integer, limit: body?["error"]?["n_ctx"]?.integer)
            default: .refused(status: status, text)
            }
    }

    private static func isTooLong(_ problem: ServerProblem) -> Bool {
        problem.type == "exceed_context_size_error" || problem.code == "context_length_exceeded"
            || problem.message.contains("prompt is too long")
    }

    /// A server's words, safe for a log line and a chat.
    private static func oneLine(_ text: String) -> String {
        let kept = text.unicodeScalars.prefix(300).map { scalar -> Character in
            [.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
                ? " " : Character(scalar)
        }
        return String(kept)
    }
}
