/// A call that did not succeed. It says what the server (or the way to it) answered and what that asks of the caller; no
/// address and no token are in it.
public struct APIFailure: Error, Sendable, Hashable {
    /// Such as `sendMessage`.
    public var method: String
    /// The server's error code; nil when there was no answer to speak of.
    public var code: Int?
    /// The server's words, or ours for a failure on the way.
    public var reason: String
    public var verdict: FailureVerdict

    public init(method: String, code: Int?, reason: String, verdict: FailureVerdict) {
        self.method = method
        self.code = code
        self.reason = reason
        self.verdict = verdict
    }
}

extension APIFailure: CustomStringConvertible {
    public var description: String {
        let code = code.map { " (\($0))" } ?? ""
        return "Telegram \(method) failed\(code): \(reason). \(verdict.advice)"
    }
}

/// What a failure asks of the caller.
public enum FailureVerdict: Sendable, Hashable {
    /// 429: nothing to this chat (or to anyone) for so many seconds.
    case retryAfter(seconds: Int)
    /// The message already reads so: a success.
    case notModified
    /// The entities do not fit the text: send the text without them.
    case cannotParseEntities
    case textEmpty
    /// Text, caption or keyboard beyond the server's limit.
    case tooLong
    case buttonRejected
    /// Blocked, kicked, deactivated, unknown or deleted: nothing will arrive there until something changes.
    case chatGone(ChatGone)
    /// The group is a supergroup now: use the new id from here on.
    case migrated(to: Int64)
    case threadNotFound
    /// The message to edit or delete is not there or not ours: send a new one.
    case editTargetGone
    /// The message to edit carries a photo or a file: edit its caption.
    case noTextToEdit
    case replyTargetGone
    /// A button press answered too late.
    case queryTooOld
    /// The server will not take the file as a photo: send it as a document.
    case photoRejected
    /// A stored `file_id` no longer works: upload again.
    case fileGone
    /// The file or the request is beyond what the server takes.
    case tooLarge
    /// The token is revoked or wrong.
    case unauthorized
    case conflict(PollConflict)
    /// The server does not know the method (or the token has the wrong form).
    case methodUnknown
    /// The server said it could not, and did nothing: try again.
    case serverBusy
    /// The message went out and was removed at once: count it as sent.
    case sentThenDeleted
    /// Nothing reached the server (no name, no connection, no TLS): repeating is safe.
    case neverSent
    /// The request left and no usable answer came: it may or may not have been carried out.
    case uncertain
    /// Anything else the server refuses: repeating will not help.
    case rejected
}

/// Why nothing can be delivered to a chat.
public enum ChatGone: String, Codable, Sendable, Hashable {
    case blocked, deactivated, kicked, notMember, notFound, deleted, noRights
}

/// Who else reads the updates of this bot.
public enum PollConflict: String, Codable, Sendable, Hashable {
    /// Another process polls with the same token.
    case otherPoller
    /// Updates go to a webhook.
    case webhook
}
