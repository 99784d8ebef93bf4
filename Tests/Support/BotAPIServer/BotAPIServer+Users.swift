extension BotAPIServer {
    // MARK: People and chats

    /// A person whose private chat with the bot is open.
    public func addUser(
        _ id: Int64, firstName: String = "Ann", username: String? = nil, language: String? = "en"
    ) {
        world.users[id] = World.User(id: id, firstName: firstName, username: username, languageCode: language)
        if world.chats[id] == nil { world.chats[id] = World.Chat(id: id, type: "private") }
    }

    /// - Parameters:
    ///   - id: negative.
    ///   - topics: thread ids; nil for a group without topics.
    public func addGroup(_ id: Int64, title: String = "Group", topics: Set<Int>? = nil) {
        world.chats[id] = World.Chat(id: id, type: topics == nil ? "group" : "supergroup", title: title, topics: topics)
    }

    /// The user blocks the bot, and the bot is told.
    public func block(_ user: Int64) {
        world.chats[user]?.refusal = Refusal(code: 403, description: "Forbidden: bot was blocked by the user")
        membership(of: user, from: "member", to: "kicked")
    }

    public func unblock(_ user: Int64) {
        world.chats[user]?.refusal = nil
        membership(of: user, from: "kicked", to: "member")
    }

    /// The group becomes a supergroup under a new id; the old one refuses and names it.
    public func migrate(_ group: Int64, to supergroup: Int64) {
        world.chats[supergroup] = World.Chat(id: supergroup, type: "supergroup", title: world.chats[group]?.title)
        world.chats[group]?.refusal = Refusal(
            description: "Bad Request: group chat was upgraded to a supergroup chat", migrateTo: supergroup)
    }

    private func membership(of user: Int64, from old: String, to new: String) {
        guard let person = world.users[user], let chat = world.chats[user], let bot = world.users[botID] else { return }
        updates.append([
            "my_chat_member": [
                "chat": world.json(chat), "from": person.json, "date": .int(Int64(world.date)),
                "old_chat_member": ["user": bot.json, "status": .string(old)],
                "new_chat_member": ["user": bot.json, "status": .string(new)],
            ]
        ])
    }

    // MARK: What people do

    /// A message of a person, who is introduced if need be.
    ///
    /// - Parameters:
    ///   - chat: nil for the private chat.
    ///   - date: Unix seconds; nil for the server's time, see ``setDate(_:)``.
    /// - Returns: the message's id.
    @discardableResult
    public func userSends(
        _ text: String, from user: Int64, chat: Int64? = nil, date: Int? = nil, replyTo: Int? = nil
    ) -> Int {
        let chat = chat ?? user
        if world.users[user] == nil { addUser(user) }
        if world.chats[chat] == nil { addGroup(chat) }
        let message = ChatMessage(
            id: world.nextMessageID(), chat: chat, from: user, text: text, replyTo: replyTo, date: date ?? world.date)
        world.chats[chat]?.messages.append(message)
        var json = world.json(message)
        if case .object(var members) = json {
            if let target = world.chats[chat]?.messages.first(where: { $0.id == replyTo }) {
                members["reply_to_message"] = world.json(target)
            }
            if text.hasPrefix("/") {
                let length = Int64(text.prefix { !$0.isWhitespace }.utf16.count)
                members["entities"] = [["type": "bot_command", "offset": 0, "length": .int(length)]]
            }
            json = .object(members)
        }
        updates.append(["message": json])
        return message.id
    }

    /// A person presses a button.
    ///
    /// - Parameters:
    ///   - button: its text or its data.
    ///   - message: nil for the chat's latest message with such a button.
    /// - Returns: the press's id, for ``answer(to:)``.
    @discardableResult
    public func press(
        _ button: String, message: Int? = nil, in chat: Int64? = nil, from user: Int64
    ) throws -> String {
        let messages = messages(in: chat ?? user).reversed()
        for candidate in messages where message == nil || candidate.id == message {
            let match = candidate.buttons.joined().first { $0.text == button || $0.data == button }
            if let data = match?.data { return press(data: data, message: candidate, from: user) }
        }
        throw BotAPIServerError(description: "There is no button \"\(button)\" in \(transcript(of: chat ?? user))")
    }

    /// A press with any data, as a forged or outdated button would send it.
    @discardableResult
    public func press(data: String, message: ChatMessage, from user: Int64) -> String {
        if world.users[user] == nil { addUser(user) }
        let id = "query-\(world.queries.count + 1)"
        world.queries[id] = .some(nil)
        updates.append([
            "callback_query": .members([
                "id": .string(id), "from": world.users[user]?.json, "message": world.json(message),
                "chat_instance": "1", "data": .string(data),
            ])
        ])
        return id
    }

    /// Any update, such as one of a kind that does not exist yet. Its number is added.
    @discardableResult
    public func appendUpdate(_ payload: [String: JSON]) -> Int64 { updates.append(payload) }

    /// The time that new messages carry, Unix seconds.
    public func setDate(_ date: Int) { world.date = date }

    public func setWebhook(_ url: String) { updates.webhookURL = url }

    // MARK: What people see

    /// Messages of both sides in order; deleted ones are left out.
    public func messages(in chat: Int64) -> [ChatMessage] {
        world.chats[chat]?.messages.filter { !$0.isDeleted } ?? []
    }

    /// The answer to a press; nil while there is none.
    public func answer(to press: String) -> CallbackAnswer? { world.queries[press] ?? nil }

    /// Updates the bot has not confirmed.
    public var unconfirmedUpdates: Int { updates.pending.count }

    /// The bot's messages one a line, for messages of failed tests.
    public func transcript(of chat: Int64) -> String {
        messages(in: chat).map { message in
            let buttons = message.buttons.joined().map { "[\($0.text)]" }.joined(separator: " ")
            return "\(message.id) \(message.from == botID ? "bot" : "user"): \(message.text) \(buttons)"
        }.joined(separator: "\n")
    }

    /// Waits until the bot has sent (or edited) a message that matches.
    ///
    /// - Parameter after: only messages with a larger id.
    public func waitForMessage(
        in chat: Int64, after: Int = 0, timeout: Duration = .seconds(10),
        where matches: @Sendable (ChatMessage) -> Bool
    ) async throws -> ChatMessage {
        try await wait(timeout, for: "a message", in: chat) {
            messages(in: chat).last { $0.id > after && $0.from == botID && matches($0) }
        }
    }

    public func waitForMessage(
        in chat: Int64, containing text: String, after: Int = 0, timeout: Duration = .seconds(10)
    ) async throws -> ChatMessage {
        try await wait(timeout, for: "\"\(text)\"", in: chat) {
            messages(in: chat).last { $0.id > after && $0.from == botID && $0.text.contains(text) }
        }
    }

    public func waitForAnswer(to press: String, timeout: Duration = .seconds(10)) async throws -> CallbackAnswer {
        try await wait(timeout, for: "an answer to \(press)") { answer(to: press) }
    }

    /// Waits for so many calls of a method since the start.
    @discardableResult
    public func waitForCalls(
        of method: String, count: Int = 1, timeout: Duration = .seconds(10)
    ) async throws -> [LoggedCall] {
        try await wait(timeout, for: "\(count) calls of \(method)") {
            callCount(of: method) >= count ? calls(of: method) : nil
        }
    }

    /// Waits until the bot has confirmed all updates.
    public func waitUntilConfirmed(timeout: Duration = .seconds(10)) async throws {
        _ = try await wait(timeout, for: "the confirmation of all updates") { updates.pending.isEmpty ? true : nil }
    }

    private func wait<Value: Sendable>(
        _ timeout: Duration, for what: String, in chat: Int64? = nil, until value: () -> Value?
    ) async throws -> Value {
        let deadline = ContinuousClock.now + timeout
        while ContinuousClock.now < deadline {
            if let value = value() { return value }
            try await Task.sleep(for: .milliseconds(2))
        }
        let transcript = chat.map { "; the chat:\n" + self.transcript(of: $0) } ?? ""
        throw BotAPIServerError(description: "Waited \(timeout) in vain for \(what)\(transcript)")
    }
}
