/// Users, chats, messages, menus.
struct World: Sendable {
    struct User: Sendable {
        var id: Int64
        var isBot = false
        var firstName: String
        var username: String?
        var languageCode: String?

        var json: JSON {
            .members([
                "id": .int(id), "is_bot": .bool(isBot), "first_name": .string(firstName),
                "username": username.map(JSON.string), "language_code": languageCode.map(JSON.string),
            ])
        }
    }

    struct Chat: Sendable {
        var id: Int64
        var type: String
        var title: String?
        /// Forum topics; nil when the chat is no forum.
        var topics: Set<Int>?
        /// Why nothing can be sent there: code and text.
        var refusal: Refusal?
        var messages: [ChatMessage] = []

        mutating func update(_ id: Int, _ change: (inout ChatMessage) -> Void) {
            guard let index = messages.lastIndex(where: { $0.id == id }) else { return }
            change(&messages[index])
        }
    }

    var users: [Int64: User] = [:]
    var chats: [Int64: Chat] = [:]
    var menus: [String: CommandMenu] = [:]
    var lastMessageID = 0
    /// Presses that wait for an answer, and the answers given.
    var queries: [String: CallbackAnswer?] = [:]
    /// Chats for which a 429 is in force.
    var pausedUntil: [Int64: ContinuousClock.Instant] = [:]
    /// The time of messages: Unix seconds.
    var date = 1_763_175_600

    mutating func nextMessageID() -> Int {
        lastMessageID += 1
        return lastMessageID
    }

    func json(_ chat: Chat) -> JSON {
        .members([
            "id": .int(chat.id), "type": .string(chat.type), "title": chat.title.map(JSON.string),
            "first_name": users[chat.id].map { .string($0.firstName) },
            "is_forum": chat.topics == nil ? nil : true,
        ])
    }

    func json(_ message: ChatMessage) -> JSON {
        let entities = JSON.array(message.entities.map(\.json))
        let hasText = message.kind == .text
        let size = Int64(message.file?.bytes.count ?? 0)
        let file = JSON.object([
            "file_id": "file-\(message.id)", "file_unique_id": "u\(message.id)", "file_size": .int(size),
        ])
        return .members([
            "message_id": .int(Int64(message.id)), "date": .int(Int64(message.date)),
            "chat": chats[message.chat].map(json), "from": users[message.from]?.json,
            "message_thread_id": message.threadID.map { .int(Int64($0)) },
            "text": hasText ? .string(message.text) : nil,
            "caption": !hasText && !message.text.isEmpty ? .string(message.text) : nil,
            "entities": hasText && !message.entities.isEmpty ? entities : nil,
            "caption_entities": !hasText && !message.entities.isEmpty ? entities : nil,
            "photo": message.kind == .photo ? .array([file]) : nil,
            "document": message.kind == .document ? file : nil,
            "edit_date": message.edits > 0 ? .int(Int64(message.date)) : nil,
            "reply_markup": message.buttons.isEmpty
                ? nil : .object(["inline_keyboard": .array(message.buttons.map { .array($0.map(\.json)) })]),
        ])
    }
}

extension ChatMessage.Entity {
    var json: JSON {
        .members([
            "type": .string(type), "offset": .int(Int64(offset)), "length": .int(Int64(length)),
            "url": url.map(JSON.string), "language": language.map(JSON.string),
        ])
    }
}
