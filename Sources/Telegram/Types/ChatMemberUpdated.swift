/// A change of somebody's standing in a chat: the bot was blocked, added, removed.
public struct ChatMemberUpdated: Codable, Sendable, Hashable {
    public struct Member: Codable, Sendable, Hashable {
        /// An open set: a status this library does not know keeps its name.
        public struct Status: RawRepresentable, Codable, Sendable, Hashable {
            public var rawValue: String
            public init(rawValue: String) { self.rawValue = rawValue }

            public static let creator = Status(rawValue: "creator")
            public static let administrator = Status(rawValue: "administrator")
            public static let member = Status(rawValue: "member")
            public static let restricted = Status(rawValue: "restricted")
            public static let left = Status(rawValue: "left")
            /// Banned; in a private chat: the user blocked the bot.
            public static let kicked = Status(rawValue: "kicked")
        }

        public var user: User
        public var status: Status

        public init(user: User, status: Status) {
            self.user = user
            self.status = status
        }
    }

    public var chat: Chat
    /// Who caused the change.
    public var from: User
    /// Unix seconds, UTC.
    public var date: Int
    public var oldMember: Member
    public var newMember: Member

    public init(chat: Chat, from: User, date: Int, oldMember: Member, newMember: Member) {
        self.chat = chat
        self.from = from
        self.date = date
        self.oldMember = oldMember
        self.newMember = newMember
    }

    enum CodingKeys: String, CodingKey {
        case chat, from, date
        case oldMember = "old_chat_member"
        case newMember = "new_chat_member"
    }
}
