/// A Telegram account, human or bot.
public struct User: Codable, Sendable, Hashable, Identifiable {
    public var id: Int64
    public var isBot: Bool
    public var firstName: String
    public var lastName: String?
    /// Without the `@`. People can change it at any time: never authorize by it.
    public var username: String?
    /// IETF tag of the user's client, such as `ru` or `pt-br`.
    public var languageCode: String?

    public init(
        id: Int64, isBot: Bool = false, firstName: String, lastName: String? = nil, username: String? = nil,
        languageCode: String? = nil
    ) {
        self.id = id
        self.isBot = isBot
        self.firstName = firstName
        self.lastName = lastName
        self.username = username
        self.languageCode = languageCode
    }

    enum CodingKeys: String, CodingKey {
        case id, username
        case isBot = "is_bot"
        case firstName = "first_name"
        case lastName = "last_name"
        case languageCode = "language_code"
    }
}
