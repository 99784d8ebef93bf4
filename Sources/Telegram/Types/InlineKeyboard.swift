/// A button below a message.
public struct Button: Codable, Sendable, Hashable {
    public enum Action: Codable, Sendable, Hashable {
        /// 1–64 bytes that come back in a ``CallbackQuery``.
        case callback(String)
        case url(String)
        /// Puts 1–256 characters on the user's clipboard.
        case copy(String)
    }

    public var text: String
    public var action: Action

    public init(_ text: String, callbackData: String) {
        self.text = text
        self.action = .callback(callbackData)
    }

    public init(_ text: String, url: String) {
        self.text = text
        self.action = .url(url)
    }

    public init(_ text: String, copy: String) {
        self.text = text
        self.action = .copy(copy)
    }

    private struct CopyText: Codable { var text: String }

    enum CodingKeys: String, CodingKey {
        case text, url
        case callbackData = "callback_data"
        case copyText = "copy_text"
    }

    /// - Throws: when the button is of a kind this library does not send.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        text = try container.decode(String.self, forKey: .text)
        if let data = try container.decodeIfPresent(String.self, forKey: .callbackData) {
            action = .callback(data)
        } else if let url = try container.decodeIfPresent(String.self, forKey: .url) {
            action = .url(url)
        } else {
            action = .copy(try container.decode(CopyText.self, forKey: .copyText).text)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(text, forKey: .text)
        switch action {
        case .callback(let data): try container.encode(data, forKey: .callbackData)
        case .url(let url): try container.encode(url, forKey: .url)
        case .copy(let text): try container.encode(CopyText(text: text), forKey: .copyText)
        }
    }
}

/// Rows of buttons. An empty keyboard, in an edit, removes the one that is there.
public struct InlineKeyboard: Codable, Sendable, Hashable {
    public var rows: [[Button]]

    public init(_ rows: [[Button]]) { self.rows = rows }

    enum CodingKeys: String, CodingKey {
        case rows = "inline_keyboard"
    }
}
