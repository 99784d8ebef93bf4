/// A message as it stands in a chat now.
public struct ChatMessage: Sendable, Hashable {
    public struct Entity: Sendable, Hashable {
        public var type: String
        public var offset: Int
        public var length: Int
        public var url: String?
        public var language: String?
    }

    public struct Button: Sendable, Hashable {
        public var text: String
        public var data: String?
        public var url: String?
        var json: JSON
    }

    public enum Kind: String, Sendable, Hashable { case text, photo, document }

    public var id: Int
    public var chat: Int64
    /// The bot's own id for what it sent.
    public var from: Int64
    public var kind = Kind.text
    /// The text or the caption.
    public var text: String
    public var entities: [Entity] = []
    public var buttons: [[Button]] = []
    public var file: UploadedFile?
    public var edits = 0
    public var isDeleted = false
    public var isPinned = false
    public var isSilent = false
    public var replyTo: Int?
    public var threadID: Int?
    /// Unix seconds.
    public var date: Int

    /// The texts of the formatted ranges of one type.
    public func spans(_ type: String) -> [String] {
        let units = Array(text.utf16)
        return entities.filter { $0.type == type }
            .map { String(decoding: units[$0.offset..<$0.offset + $0.length], as: UTF16.self) }
    }
}

/// One call as it came in and how it was answered.
public struct LoggedCall: Sendable {
    public var method: String
    public var parameters: [String: JSON]
    /// File names by field.
    public var files: [String: String]
    /// HTTP status; 0 when the connection was cut instead, nil while the call is under way.
    public var status: Int?
    public var description: String?
    public var at: ContinuousClock.Instant
}

/// What ``BotAPIServer`` does to a call instead of answering it properly.
public enum Fault: Sendable, Hashable {
    /// An error in the server's own form. The text defaults to one that fits the code.
    case status(Int, description: String? = nil, retryAfter: Int? = nil, migrateTo: Int64? = nil)
    /// Closes the connection; nothing was carried out.
    case drop
    /// Never answers; nothing was carried out.
    case hang
    /// A proxy's error page.
    case html502
    /// 200 with something that is not JSON.
    case garbage
    /// Carries the call out and closes the connection without an answer.
    case lossAfterExecution
    /// Carries the call out and breaks off in the middle of the answer.
    case half
    /// Carries the call out and answers late.
    case slow(Duration)
}

public struct BotAPIServerError: Error, CustomStringConvertible {
    public var description: String
}

/// What a press of a button was answered with.
public struct CallbackAnswer: Sendable, Hashable {
    public var text: String?
    public var isAlert: Bool
}

/// What `setMyCommands` left for one scope and language.
public struct CommandMenu: Sendable, Hashable {
    /// The scope's JSON text, such as `{"type":"default"}`.
    public var scope: String
    /// Empty for all languages.
    public var language: String
    public var commands: [Command]

    public init(scope: String, language: String, commands: [Command]) {
        self.scope = scope
        self.language = language
        self.commands = commands
    }

    public struct Command: Sendable, Hashable {
        public var command: String
        public var description: String

        public init(_ command: String, _ description: String) {
            self.command = command
            self.description = description
        }
    }
}
