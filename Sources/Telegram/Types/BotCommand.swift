/// A line of the command menu.
public struct BotCommand: Codable, Sendable, Hashable {
    /// 1–32 of `a-z`, `0-9`, `_`; no slash.
    public var command: String
    /// 1–256 characters.
    public var description: String

    public init(_ command: String, _ description: String) {
        self.command = command
        self.description = description
    }
}

/// Whose menu a list of commands is. The narrowest scope that fits a user wins.
public enum BotCommandScope: Encodable, Sendable, Hashable {
    case everyone
    case allPrivateChats
    case allGroupChats
    case allChatAdministrators
    case chat(Int64)
    case chatAdministrators(Int64)
    case chatMember(chat: Int64, user: Int64)

    enum CodingKeys: String, CodingKey {
        case type
        case chatID = "chat_id"
        case userID = "user_id"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .everyone: try container.encode("default", forKey: .type)
        case .allPrivateChats: try container.encode("all_private_chats", forKey: .type)
        case .allGroupChats: try container.encode("all_group_chats", forKey: .type)
        case .allChatAdministrators: try container.encode("all_chat_administrators", forKey: .type)
        case .chat(let chat):
            try container.encode("chat", forKey: .type)
            try container.encode(chat, forKey: .chatID)
        case .chatAdministrators(let chat):
            try container.encode("chat_administrators", forKey: .type)
            try container.encode(chat, forKey: .chatID)
        case .chatMember(let chat, let user):
            try container.encode("chat_member", forKey: .type)
            try container.encode(chat, forKey: .chatID)
            try container.encode(user, forKey: .userID)
        }
    }
}
