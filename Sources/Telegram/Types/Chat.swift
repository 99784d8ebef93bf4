/// A conversation. Private chats have the user's id; groups and channels have negative ids.
public struct Chat: Codable, Sendable, Hashable, Identifiable {
    /// An open set: a kind this library does not know keeps its name.
    public struct Kind: RawRepresentable, Codable, Sendable, Hashable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        public static let `private` = Kind(rawValue: "private")
        public static let group = Kind(rawValue: "group")
        public static let supergroup = Kind(rawValue: "supergroup")
        public static let channel = Kind(rawValue: "channel")
    }

    public var id: Int64
    public var kind: Kind
    public var title: String?
    public var username: String?
    public var firstName: String?
    public var isForum: Bool?

    public init(
        id: Int64, kind: Kind, title: String? = nil, username: String? = nil, firstName: String? = nil,
        isForum: Bool? = nil
    ) {
        self.id = id
        self.kind = kind
        self.title = title
        self.username = username
        self.firstName = firstName
        self.isForum = isForum
    }

    enum CodingKeys: String, CodingKey {
        case id, title, username
        case kind = "type"
        case firstName = "first_name"
        case isForum = "is_forum"
    }
}
