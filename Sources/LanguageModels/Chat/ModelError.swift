/// Why a model gave no answer, told so that a person knows what to do. Never holds a key or a prompt.
public enum ModelError: Error, Sendable, Hashable {
    /// No connection came about, or it broke before the answer.
    case unreachable(String)
    /// The key is missing, wrong or not allowed (401, 402, 403).
    case notAllowed(status: Int, String)
    /// The request itself is wrong: unknown model, unknown field (other 4xx).
    case refused(status: Int, String)
    /// The prompt does not fit; the numbers are the server's where it tells them.
    case tooLong(tokens: Int?, limit: Int?)
    case rateLimited
    /// The account has nothing left.
    case quotaUsedUp
    /// The server has trouble (5xx).
    case unavailable(status: Int, String)
    /// The answer broke off: an error in its middle, or no end marker.
    case brokenOff(String)
    /// An answer that is none.
    case malformed(String)
    case deadlinePassed
    /// Nothing arrived for longer than the inactivity limit.
    case silent
    /// Too many failures in a row; asked again after `seconds`.
    case resting(seconds: Int)
    /// Today's limit is reached.
    case limitReached(String)
    /// Others wait already.
    case busy
    /// The local server does not run, and why.
    case serverDown(String)
    case cancelled
    /// There is no model to ask.
    case noModel
}

extension ModelError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreachable(let reason): "the model cannot be reached: \(reason)"
        case .notAllowed(let status, let text):
            "the model's provider does not accept the key (\(status): \(text)); check the key and the account"
        case .refused(let status, let text):
            "the model's provider refused the request (\(status): \(text)); check llm.remote.model and llm.remote.base_url"
        case .tooLong(let tokens?, let limit?): "the question has \(tokens) tokens, the model takes \(limit)"
        case .tooLong: "the question is longer than the model takes"
        case .rateLimited: "the provider's rate limit is reached; try again in a few minutes"
        case .quotaUsedUp: "the account with the provider has no credit left"
        case .unavailable(let status, let text): "the model's server has trouble (\(status): \(text))"
        case .brokenOff(let reason): "the model's answer broke off: \(reason)"
        case .malformed(let reason): "the model's server answered in a form that is not understood: \(reason)"
        case .deadlinePassed: "the model did not answer in time"
        case .silent: "the model fell silent"
        case .resting(let seconds): "the model failed several times in a row and is left alone for \(seconds) s"
        case .limitReached(let limit):
            "today's limit for remote models is reached (\(limit)); it is lifted at 00:00 UTC"
        case .busy: "the model is busy with other questions"
        case .serverDown(let reason): reason
        case .cancelled: "the question was withdrawn"
        case .noModel: "no language model is set up"
        }
    }
}
