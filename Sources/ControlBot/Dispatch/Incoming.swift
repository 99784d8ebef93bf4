import Foundation

/// Something a person did in a chat, as any transport brings it.
public struct Incoming: Sendable {
    public enum Content: Sendable {
        /// A line of text; `replyTo` is the message it answers.
        case text(String, replyTo: Int64?)
        /// A press of the button that carries `token`, on the message `message`.
        case press(token: String, message: Int64?)
    }

    /// The transport's number of this update, to do nothing twice; nil when the transport cannot repeat.
    public var update: Int64?
    public var content: Content
    public var user: Int64
    public var userName: String
    public var languageCode: String?
    public var chat: Int64
    public var isPrivate: Bool
    public var sentAt: Date

    public init(
        update: Int64?, content: Content, user: Int64, userName: String, languageCode: String?, chat: Int64,
        isPrivate: Bool, sentAt: Date
    ) {
        self.update = update
        self.content = content
        self.user = user
        self.userName = userName
        self.languageCode = languageCode
        self.chat = chat
        self.isPrivate = isPrivate
        self.sentAt = sentAt
    }
}

/// What the dispatcher made of an ``Incoming``.
public enum Response: Sendable {
    /// Say this now; nothing is lost if the process dies, since nothing was changed.
    case direct(Answer)
    /// The answer stands in the outbox already, with the change it tells of.
    case stored
    /// A button was pressed: say `toast` on the button, and the rest as above. `isSpent` removes the keyboard.
    indirect case pressed(toast: String?, isSpent: Bool, then: Response)
    /// Nothing to say but what a language model makes of a question.
    case words(WordsOrder)
    case silence
}
