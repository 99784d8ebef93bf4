/// The body of a refusal, as the server writes it.
struct Refusal: Sendable, Hashable {
    var code: Int
    var description: String
    var retryAfter: Int?
    var migrateToChatID: Int64?
}

extension APIFailure {
    init(method: String, refusal: Refusal) {
        self.init(
            method: method, code: refusal.code, reason: refusal.description, verdict: FailureVerdict(refusal))
    }

    /// Classifies what the Bot API server says in words; texts are those of its published source.
    ///
    /// - Parameters:
    ///   - retryAfter: `parameters.retry_after`, or the `Retry-After` header, in seconds.
    ///   - migrateToChatID: `parameters.migrate_to_chat_id`.
    public static func refused(
        method: String, code: Int, description: String, retryAfter: Int? = nil, migrateToChatID: Int64? = nil
    ) -> APIFailure {
        APIFailure(
            method: method,
            refusal: Refusal(
                code: code, description: description, retryAfter: retryAfter, migrateToChatID: migrateToChatID))
    }
}

extension FailureVerdict {
    init(_ refusal: Refusal) {
        let text = refusal.description.lowercased()
        switch refusal.code {
        case 429:
            self = .retryAfter(seconds: max(1, refusal.retryAfter ?? Self.trailingNumber(text) ?? 5))
        case 401: self = .unauthorized
        case 403: self = .chatGone(ChatGone(forbidden: text))
        case 404: self = .methodUnknown
        case 409: self = .conflict(text.contains("webhook") ? .webhook : .otherPoller)
        case 413: self = .tooLarge
        case 421: self = .unauthorized
        case 500...: self = Self.serverError(code: refusal.code, text)
        default: self = Self.badRequest(text, migrateTo: refusal.migrateToChatID)
        }
    }

    private static func serverError(code: Int, _ text: String) -> FailureVerdict {
        if text.contains("immediately deleted") { return .sentThenDeleted }
        // A closing server refuses before it acts; of every other 5xx nobody can say how far the request came.
        if code == 500, text.contains("restart") { return .serverBusy }
        return .uncertain
    }

    private static func badRequest(_ text: String, migrateTo: Int64?) -> FailureVerdict {
        if let migrateTo { return .migrated(to: migrateTo) }
        return refusals.first { text.contains($0.phrase) }?.verdict ?? .rejected
    }

    /// First match wins: "message thread not found" stands before "chat not found" and so on.
    private static let refusals: [(phrase: String, verdict: FailureVerdict)] = [
        ("message is not modified", .notModified),
        ("can't parse entities", .cannotParseEntities),
        ("can't parse caption entities", .cannotParseEntities),
        ("entity_bounds_invalid", .cannotParseEntities),
        ("entities_invalid", .cannotParseEntities),
        ("entity begin", .cannotParseEntities),
        ("incorrect offset", .cannotParseEntities),
        ("incorrect length", .cannotParseEntities),
        ("message text is empty", .textEmpty),
        ("text must be non-empty", .textEmpty),
        ("is too long", .tooLong),
        ("_too_long", .tooLong),
        ("thread not found", .threadNotFound),
        ("topic_closed", .threadNotFound),
        ("topic_deleted", .threadNotFound),
        ("message to be replied not found", .replyTargetGone),
        ("message to reply not found", .replyTargetGone),
        ("reply message not found", .replyTargetGone),
        ("replied message not found", .replyTargetGone),
        ("message to edit not found", .editTargetGone),
        ("message to delete not found", .editTargetGone),
        ("message can't be edited", .editTargetGone),
        ("message can't be deleted", .editTargetGone),
        ("no text in the message to edit", .noTextToEdit),
        ("no caption in the message to edit", .editTargetGone),
        ("message_id_invalid", .editTargetGone),
        ("query is too old", .queryTooOld),
        ("query_id_invalid", .queryTooOld),
        ("button_", .buttonRejected),
        ("inline keyboard button", .buttonRejected),
        ("image_process_failed", .photoRejected),
        ("photo_", .photoRejected),
        ("too big for a photo", .photoRejected),
        ("wrong file_id", .fileGone),
        ("wrong file identifier", .fileGone),
        ("temporarily unavailable", .fileGone),
        ("file is too big", .tooLarge),
        ("chat not found", .chatGone(.notFound)),
        ("user not found", .chatGone(.notFound)),
        ("chat_id is empty", .chatGone(.notFound)),
        ("peer_id_invalid", .chatGone(.notFound)),
        ("group chat was deactivated", .chatGone(.deleted)),
        ("chat_write_forbidden", .chatGone(.noRights)),
        ("not enough rights", .chatGone(.noRights)),
        ("have no rights", .chatGone(.noRights)),
        ("need administrator rights", .chatGone(.noRights)),
    ]

    private static func trailingNumber(_ text: String) -> Int? {
        Int(text.reversed().prefix { $0.isASCII && $0.isNumber }.reversed().map(String.init).joined())
    }
}

extension ChatGone {
    fileprivate init(forbidden text: String) {
        self =
            if text.contains("blocked") {
                .blocked
            } else if text.contains("deactivated") {
                .deactivated
            } else if text.contains("kicked") {
                .kicked
            } else if text.contains("not a member") {
                .notMember
            } else if text.contains("deleted") {
                .deleted
            } else {
                .noRights
            }
    }
}
