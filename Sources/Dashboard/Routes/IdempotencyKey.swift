import HTTPTypes
import Hummingbird

/// The `Idempotency-Key` header: the same key is the same order.
struct IdempotencyKey: Sendable {
    let text: String
    /// Kept apart from the keys of other callers.
    var stored: String { "http:\(text)" }

    /// Nil without the header.
    ///
    /// - Throws: ``Problem`` 400 for a key that is empty or too long.
    init?(_ request: Request) throws {
        guard let name = HTTPField.Name("Idempotency-Key"), let text = request.headers[name] else { return nil }
        guard (1...200).contains(text.utf8.count) else {
            throw Problem.badRequest("“Idempotency-Key” must have 1 to 200 characters.")
        }
        self.text = text
    }
}
