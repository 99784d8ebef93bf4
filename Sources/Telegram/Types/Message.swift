/// A message as the server tells of it: the fields a text bot reads.
public struct Message: Codable, Sendable, Hashable {
    public var id: Int
    /// The forum topic, or the topic of a private chat.
    public var threadID: Int?
    /// Absent in channels and for anonymous administrators.
    public var from: User?
    /// Set when a chat speaks (channel, anonymous administrator): then ``from`` is a stand-in, not a person.
    public var senderChat: Chat?
    public var chat: Chat
    /// Unix seconds, UTC, by the server's clock. 0 when the message is no longer accessible.
    public var date: Int
    public var editDate: Int?
    public var text: String?
    public var entities: [MessageEntity]?
    public var caption: String?
    public var replyTo: RepliedMessage?
    /// The group has become this supergroup.
    public var migrateToChatID: Int64?
    /// The supergroup was this group.
    public var migrateFromChatID: Int64?

    /// What a reply answers, one level deep.
    public struct RepliedMessage: Codable, Sendable, Hashable {
        public var id: Int
        public var from: User?
        public var text: String?

        public init(id: Int, from: User? = nil, text: String? = nil) {
            self.id = id
            self.from = from
            self.text = text
        }

        enum CodingKeys: String, CodingKey {
            case from, text
            case id = "message_id"
        }
    }

    public init(id: Int, chat: Chat, from: User? = nil, date: Int = 0, text: String? = nil) {
        self.id = id
        self.chat = chat
        self.from = from
        self.date = date
        self.text = text
    }

    enum CodingKeys: String, CodingKey {
        case from, chat, date, text, entities, caption
        case id = "message_id"
        case threadID = "message_thread_id"
        case senderChat = "sender_chat"
        case editDate = "edit_date"
        case replyTo = "reply_to_message"
        case migrateToChatID = "migrate_to_chat_id"
        case migrateFromChatID = "migrate_from_chat_id"
    }
}
