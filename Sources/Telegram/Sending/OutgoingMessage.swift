/// What is to be said to a chat, or done to a message of ours there.
public struct OutgoingMessage: Codable, Sendable, Hashable {
    public enum Content: Codable, Sendable, Hashable {
        case text(MessageText)
        case photo(FileUpload, caption: MessageText)
        case document(FileUpload, caption: MessageText)
        /// New text and buttons (none: the buttons go) for a message of ours; with a photo, its caption.
        case edit(messageID: Int, MessageText)
        /// Only the buttons.
        case editButtons(messageID: Int)
        case delete(messageID: Int)
        /// Stops the pressed button's spinner; `text` at most 200 characters.
        case callbackAnswer(id: String, text: String?, isAlert: Bool)
    }

    public var chat: Int64
    /// The forum topic.
    public var threadID: Int?
    public var content: Content
    public var buttons: [[Button]]
    /// Arrives without a sound.
    public var isSilent: Bool
    /// The message this one answers.
    public var replyTo: Int?
    public var priority: SendPriority
    /// Must be seen even at the price of being seen twice: after an uncertain send it is sent again, marked as resent.
    public var isCritical: Bool
    /// Given up as ``SendFailure/expired`` when it could not go within this time; nil for never.
    public var lifetime: Duration?

    public init(
        to chat: Int64, _ content: Content, threadID: Int? = nil, buttons: [[Button]] = [], isSilent: Bool = false,
        replyTo: Int? = nil, priority: SendPriority = .notice, isCritical: Bool = false, lifetime: Duration? = nil
    ) {
        self.chat = chat
        self.threadID = threadID
        self.content = content
        self.buttons = buttons
        self.isSilent = isSilent
        self.replyTo = replyTo
        self.priority = priority
        self.isCritical = isCritical
        self.lifetime = lifetime
    }

    /// An answer to a pressed button; worth nothing after a minute.
    public static func callbackAnswer(_ id: String, text: String? = nil, isAlert: Bool = false) -> OutgoingMessage {
        OutgoingMessage(
            to: 0, .callbackAnswer(id: id, text: text, isAlert: isAlert), priority: .alarm, lifetime: .seconds(60))
    }
}

/// Who goes first in a chat and among chats. Equals go in the order they came.
public enum SendPriority: Int, Codable, Sendable, Hashable, Comparable, CaseIterable {
    case alarm, reply, notice, progress

    public static func < (left: SendPriority, right: SendPriority) -> Bool { left.rawValue < right.rawValue }
}
