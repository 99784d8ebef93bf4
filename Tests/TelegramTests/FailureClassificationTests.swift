import Telegram
import Testing

/// The texts are those of the published Bot API server and of Telegram's back end.
@Suite("What the server says")
struct FailureClassificationTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var code: Int
        var text: String
        var verdict: FailureVerdict
        var retryAfter: Int?
        var migrateTo: Int64?
        var testDescription: String { "\(code) \(text)" }

        init(
            _ code: Int, _ text: String, _ verdict: FailureVerdict, retryAfter: Int? = nil, migrateTo: Int64? = nil
        ) {
            self.code = code
            self.text = text
            self.verdict = verdict
            self.retryAfter = retryAfter
            self.migrateTo = migrateTo
        }
    }

    static let rows: [Row] = [
        Row(401, "Unauthorized", .unauthorized),
        Row(401, "Unauthorized: invalid token specified", .unauthorized),
        Row(404, "Not Found", .methodUnknown),
        Row(404, "Not Found: method not found", .methodUnknown),
        Row(
            409,
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            .conflict(.otherPoller)),
        Row(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            .conflict(.webhook)),
        Row(409, "Conflict: terminated by setWebhook request", .conflict(.webhook)),
        Row(409, "Conflict: terminated by other setWebhook", .conflict(.webhook)),
        Row(429, "Too Many Requests: retry after 17", .retryAfter(seconds: 17), retryAfter: 17),
        Row(429, "Too Many Requests: retry after 209", .retryAfter(seconds: 209)),
        Row(429, "Too Many Requests", .retryAfter(seconds: 5)),
        Row(
            400,
            "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
            .notModified),
        Row(
            400, "Bad Request: can't parse entities: Can't find end of the entity starting at byte offset 7",
            .cannotParseEntities),
        Row(
            400, "Bad Request: can't parse entities: Unsupported start tag \"x\" at byte offset 3", .cannotParseEntities
        ),
        Row(
            400,
            "Bad Request: can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
            .cannotParseEntities),
        Row(400, "Bad Request: entity begins after the end of the text at UTF-16 offset 9", .cannotParseEntities),
        Row(400, "Bad Request: message is too long", .tooLong),
        Row(400, "Bad Request: message caption is too long", .tooLong),
        Row(400, "Bad Request: MESSAGE_TOO_LONG", .tooLong),
        Row(400, "Bad Request: reply markup is too long", .tooLong),
        Row(400, "Bad Request: message text is empty", .textEmpty),
        Row(400, "Bad Request: text must be non-empty", .textEmpty),
        Row(400, "Bad Request: chat not found", .chatGone(.notFound)),
        Row(400, "Bad Request: private chat not found", .chatGone(.notFound)),
        Row(400, "Bad Request: message thread not found", .threadNotFound),
        Row(400, "Bad Request: message to edit not found", .editTargetGone),
        Row(400, "Bad Request: message can't be edited", .editTargetGone),
        Row(400, "Bad Request: message to delete not found", .editTargetGone),
        Row(400, "Bad Request: message can't be deleted", .editTargetGone),
        Row(400, "Bad Request: there is no text in the message to edit", .noTextToEdit),
        Row(400, "Bad Request: message to be replied not found", .replyTargetGone),
        Row(
            400, "Bad Request: group chat was upgraded to a supergroup chat", .migrated(to: -1_001_234),
            retryAfter: nil,
            migrateTo: -1_001_234),
        Row(
            400, "Bad Request: query is too old and response timeout expired or query ID is invalid", .queryTooOld),
        Row(400, "Bad Request: file is too big", .tooLarge),
        Row(400, "Bad Request: wrong file_id or the file is temporarily unavailable", .fileGone),
        Row(400, "Bad Request: BUTTON_DATA_INVALID", .buttonRejected),
        Row(400, "Bad Request: IMAGE_PROCESS_FAILED", .photoRejected),
        Row(400, "Bad Request: PHOTO_INVALID_DIMENSIONS", .photoRejected),
        Row(
            400, "Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes",
            .photoRejected),
        Row(403, "Forbidden: bot was blocked by the user", .chatGone(.blocked)),
        Row(403, "Forbidden: user is deactivated", .chatGone(.deactivated)),
        Row(403, "Forbidden: bot was kicked from the group chat", .chatGone(.kicked)),
        Row(403, "Forbidden: bot was kicked from the supergroup chat", .chatGone(.kicked)),
        Row(403, "Forbidden: bot was kicked from the channel chat", .chatGone(.kicked)),
        Row(403, "Forbidden: bot is not a member of the supergroup chat", .chatGone(.notMember)),
        Row(403, "Forbidden: the group chat was deleted", .chatGone(.deleted)),
        Row(403, "Forbidden: bot can't send messages to the user", .chatGone(.noRights)),
        Row(400, "Bad Request: not enough rights to send text messages to the chat", .chatGone(.noRights)),
        Row(413, "Request Entity Too Large: file of size 60000000 is too big to be uploaded", .tooLarge),
        Row(413, "Request Entity Too Large: too many parameters in form data", .tooLarge),
        Row(421, "Misdirected Request: unallowed token specified", .unauthorized),
        Row(500, "Internal Server Error: restart", .serverBusy),
        Row(
            500, "Internal Server Error: sent message was immediately deleted and can't be returned", .sentThenDeleted),
        Row(502, "Bad Gateway", .uncertain),
        Row(400, "Bad Request: something new", .rejected),
    ]

    @Test("is understood", arguments: rows)
    func verdict(row: Row) {
        let failure = APIFailure.refused(
            method: "sendMessage", code: row.code, description: row.text, retryAfter: row.retryAfter,
            migrateToChatID: row.migrateTo)
        #expect(failure.verdict == row.verdict)
        #expect(failure.description.contains(row.text))
    }
}
