import Foundation
import Telegram

/// A button as a transport shows it: what stands on it and the word it sends back.
public struct TransportButton: Sendable, Hashable {
    public var label: String
    public var token: String
}

/// A message ready to go.
public struct OutboundMessage: Sendable {
    public var chat: Int64
    public var text: MessageText
    public var buttons: [[TransportButton]]
    /// Path of a PNG file.
    public var picture: String?
    public var isSilent: Bool
    /// An answer somebody waits for, rather than a notice.
    public var isReply: Bool
}

/// What became of an ``OutboundMessage``.
public enum DeliveryResult: Sendable, Equatable {
    /// `movedTo`: the chat's new number, if it has one.
    case delivered(message: Int64?, movedTo: Int64?)
    /// It left and no answer came: it may have arrived.
    case uncertain(String)
    /// It never left; try again later.
    case unavailable(String)
    /// `isChatGone`: nothing reaches this chat until something changes there.
    case refused(String, isChatGone: Bool)
}

/// Carries messages to chats: Telegram, a terminal, or whatever else people read.
public protocol ChatTransport: Sendable {
    /// Whether `chat` is reached this way; messages of other chats wait for their own transport.
    func serves(_ chat: Int64) -> Bool
    /// Sends and waits for what became of it.
    func deliver(_ message: OutboundMessage) async -> DeliveryResult
    /// Replaces text and buttons of a message that was delivered. Only the last of several edits matters.
    func edit(_ message: Int64, in chat: Int64, to text: MessageText, buttons: [[TransportButton]]) async
}
