/// Where the server delivers updates, if not by long polling.
public struct WebhookInfo: Codable, Sendable, Hashable {
    /// Empty when no webhook is set. May hold a secret path: do not log it.
    public var url: String
    public var pendingUpdateCount: Int
    public var lastErrorMessage: String?

    public init(url: String, pendingUpdateCount: Int, lastErrorMessage: String? = nil) {
        self.url = url
        self.pendingUpdateCount = pendingUpdateCount
        self.lastErrorMessage = lastErrorMessage
    }

    enum CodingKeys: String, CodingKey {
        case url
        case pendingUpdateCount = "pending_update_count"
        case lastErrorMessage = "last_error_message"
    }
}
