import Foundation
import Telegram

/// An order behind a button: the command line it stands for. A confirmed order is carried out without asking again.
public struct Order: Codable, Sendable, Hashable {
    public var line: String
    public var confirmed: Bool

    public init(_ line: String, confirmed: Bool = false) {
        self.line = line
        self.confirmed = confirmed
    }
}

/// A button of an answer.
public struct AnswerButton: Codable, Sendable, Hashable {
    public var label: String
    public var order: Order

    public init(_ label: String, _ order: Order) {
        self.label = label
        self.order = order
    }
}

/// What the chat says to a command or an event, independent of the transport that carries it. Stored as it is in the outbox.
public struct Answer: Codable, Sendable, Equatable {
    public var text: MessageText
    public var buttons: [[AnswerButton]]
    /// A picture to show with the text: path of a PNG file.
    public var picture: String?
    /// A cycle whose progress this message follows by being edited.
    public var follows: Int64?
    /// A win-rate session whose progress it follows in the same way.
    public var followsSession: Int64?
    /// How long its buttons work, in seconds.
    public var buttonsLast: TimeInterval
    /// What a language model shall make of it in a message of its own.
    public var words: WordsOrder?

    public init(
        _ text: MessageText, buttons: [[AnswerButton]] = [], picture: String? = nil, follows: Int64? = nil,
        buttonsLast: TimeInterval = 7 * 86_400
    ) {
        self.text = text
        self.buttons = buttons
        self.picture = picture
        self.follows = follows
        self.buttonsLast = buttonsLast
    }

    init(_ lines: [[Inline]], buttons: [[AnswerButton]] = []) {
        self.init(MessageText(lines: lines), buttons: buttons)
    }
}

extension MessageText {
    /// One block a line; an empty line makes a space.
    init(lines: [[Inline]]) {
        self.init(lines.map { $0.isEmpty ? .blank : .paragraph($0) })
    }
}
