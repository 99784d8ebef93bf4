/// Something that happened, numbered. Decoding never fails for what is inside: an update of a new kind, or a known kind
/// with odd fields, becomes ``Payload/unknown``, so that one strange update cannot hold up the rest.
public struct Update: Sendable, Hashable, Identifiable {
    public enum Payload: Sendable, Hashable {
        case message(Message)
        case editedMessage(Message)
        case callbackQuery(CallbackQuery)
        case myChatMember(ChatMemberUpdated)
        case unknown
    }

    /// Grows by one from update to update (and jumps after a week of silence).
    public var id: Int64
    public var payload: Payload

    public init(id: Int64, payload: Payload) {
        self.id = id
        self.payload = payload
    }
}

extension Update: Decodable {
    /// The kinds this library understands, in the server's words, for `allowed_updates`.
    public static let understoodKinds = ["message", "edited_message", "callback_query", "my_chat_member"]

    enum CodingKeys: String, CodingKey {
        case id = "update_id"
        case message
        case editedMessage = "edited_message"
        case callbackQuery = "callback_query"
        case myChatMember = "my_chat_member"
    }

    /// - Throws: only when there is no `update_id`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(Int64.self, forKey: .id)
        payload = (try? Self.payload(in: container)) ?? .unknown  // why: see the type's comment
    }

    private static func payload(in container: KeyedDecodingContainer<CodingKeys>) throws -> Payload {
        if let message = try container.decodeIfPresent(Message.self, forKey: .message) { return .message(message) }
        if let query = try container.decodeIfPresent(CallbackQuery.self, forKey: .callbackQuery) {
            return .callbackQuery(query)
        }
        if let message = try container.decodeIfPresent(Message.self, forKey: .editedMessage) {
            return .editedMessage(message)
        }
        if let change = try container.decodeIfPresent(ChatMemberUpdated.self, forKey: .myChatMember) {
            return .myChatMember(change)
        }
        return .unknown
    }
}
