/// A formatted range of a message. Offset and length count UTF-16 code units.
public struct MessageEntity: Codable, Sendable, Hashable {
    /// An open set: a kind this library does not know keeps its name.
    public struct Kind: RawRepresentable, Codable, Sendable, Hashable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        public static let bold = Kind(rawValue: "bold")
        public static let italic = Kind(rawValue: "italic")
        public static let underline = Kind(rawValue: "underline")
        public static let strikethrough = Kind(rawValue: "strikethrough")
        public static let spoiler = Kind(rawValue: "spoiler")
        public static let code = Kind(rawValue: "code")
        public static let pre = Kind(rawValue: "pre")
        public static let textLink = Kind(rawValue: "text_link")
        public static let blockquote = Kind(rawValue: "blockquote")
        public static let expandableBlockquote = Kind(rawValue: "expandable_blockquote")
        public static let botCommand = Kind(rawValue: "bot_command")
        public static let mention = Kind(rawValue: "mention")
        public static let url = Kind(rawValue: "url")
    }

    public var kind: Kind
    public var offset: Int
    public var length: Int
    /// Of a ``Kind/textLink``.
    public var url: String?
    /// Of a ``Kind/pre``, such as `json`.
    public var language: String?

    public init(_ kind: Kind, offset: Int, length: Int, url: String? = nil, language: String? = nil) {
        self.kind = kind
        self.offset = offset
        self.length = length
        self.url = url
        self.language = language
    }

    /// The first UTF-16 unit after the range.
    public var end: Int { offset + length }

    enum CodingKeys: String, CodingKey {
        case offset, length, url, language
        case kind = "type"
    }
}
