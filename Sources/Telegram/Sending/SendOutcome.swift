/// What became of an ``OutgoingMessage``.
public enum SendOutcome: Sendable, Hashable {
    case sent(SendReceipt)
    /// It left, and no answer came: it may have arrived. It is not repeated.
    case uncertain(String)
    /// An edit that a later edit of the same message made pointless.
    case superseded
    case failed(SendFailure)

    public var receipt: SendReceipt? {
        if case .sent(let receipt) = self { receipt } else { nil }
    }

    /// Set when nothing can reach the chat until something changes there: stop writing to it.
    public var chatGone: ChatGone? {
        if case .failed(.refused(let failure)) = self, case .chatGone(let why) = failure.verdict { why } else { nil }
    }
}

public struct SendReceipt: Sendable, Hashable {
    /// The message that carries the buttons (the last text, or the edited one); nil when the server named none.
    public var messageID: Int?
    /// All messages it took.
    public var messageIDs: [Int]
    /// The chat's new id, if it has one: write there from now on.
    public var migratedTo: Int64?
    /// What had to be changed for it to arrive.
    public var repairs: Set<SendRepair>

    public init(
        messageID: Int?, messageIDs: [Int], migratedTo: Int64? = nil, repairs: Set<SendRepair> = []
    ) {
        self.messageID = messageID
        self.messageIDs = messageIDs
        self.migratedTo = migratedTo
        self.repairs = repairs
    }
}

/// Changes the sender makes by itself to what the server refuses. Each is made at most once per message.
public enum SendRepair: String, Codable, Sendable, Hashable, CaseIterable {
    case withoutFormatting, toMainThread, asNewMessage, withoutReply, asDocument, asCaption, toNewChat, resent
}

public enum SendFailure: Sendable, Hashable, CustomStringConvertible {
    case refused(APIFailure)
    /// Too much waits already and everything that waits is at least as urgent.
    case queueFull
    case expired
    /// There was nothing to send.
    case empty
    /// The sender was stopped first.
    case stopped

    public var description: String {
        switch self {
        case .refused(let failure): failure.description
        case .queueFull: "Too many messages wait to be sent; this one was not taken. Send it again later."
        case .expired: "The message could not be sent in time and was given up."
        case .empty: "The message has no text; nothing was sent."
        case .stopped: "Sending stopped before the message's turn; it was not sent."
        }
    }
}
