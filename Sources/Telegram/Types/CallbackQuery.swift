/// A pressed inline button. The data may come from a button that was never sent: treat it as untrusted.
public struct CallbackQuery: Codable, Sendable, Hashable, Identifiable {
    public var id: String
    public var from: User
    /// The message with the button; its text is missing when it is too old to be accessible.
    public var message: Message?
    public var chatInstance: String?
    /// At most 64 bytes; absent for games.
    public var data: String?

    public init(id: String, from: User, message: Message? = nil, chatInstance: String? = nil, data: String? = nil) {
        self.id = id
        self.from = from
        self.message = message
        self.chatInstance = chatInstance
        self.data = data
    }

    enum CodingKeys: String, CodingKey {
        case id, from, message, data
        case chatInstance = "chat_instance"
    }
}
