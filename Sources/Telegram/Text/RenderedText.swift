/// One message's worth of text with its formatting, as the server takes it.
public struct RenderedPart: Codable, Sendable, Hashable {
    public var text: String
    /// Sorted by offset, outer before inner; properly nested; every one inside the text.
    public var entities: [MessageEntity]

    public init(_ text: String, entities: [MessageEntity] = []) {
        self.text = text
        self.entities = entities
    }

    /// Without the formatting.
    public var plain: RenderedPart { RenderedPart(text) }
}

/// A ``MessageText`` made ready to go.
public struct RenderedText: Sendable, Hashable {
    /// One to three messages; none when there is nothing to say.
    public var parts: [RenderedPart]
    /// Holds the whole text when it would take more messages than that; ``parts`` is then one short lead.
    public var file: FileUpload?

    public init(parts: [RenderedPart], file: FileUpload? = nil) {
        self.parts = parts
        self.file = file
    }
}

/// What one message holds. Lengths are counted in UTF-16 units, the stricter of the two readings of the documentation.
public enum TextLimits {
    public static let message = 4096
    public static let caption = 1024
    /// The server ignores what comes after.
    public static let entities = 100
    /// More messages than this become a file.
    public static let parts = 3

    /// The longest beginning of `text` that has at most `limit` UTF-16 units and ends between characters; between
    /// scalars where one character alone is longer than that.
    static func prefix(_ text: String, utf16 limit: Int) -> String {
        guard text.utf16.count > limit else { return text }
        var room = limit
        let whole = text.prefix { character in
            room -= character.utf16.count
            return room >= 0
        }
        guard whole.isEmpty else { return String(whole) }
        room = limit
        return String(
            text.unicodeScalars.prefix { scalar in
                room -= UTF16.width(scalar)
                return room >= 0
            })
    }
}
