extension BotAPIServer {
    func perform(_ method: String, _ form: CallForm) throws -> JSON {
        switch method {
        case "getme": return world.users[botID]?.json ?? .null
        case "sendmessage": return try send(.text, form)
        case "sendphoto": return try send(.photo, form)
        case "senddocument": return try send(.document, form)
        case "editmessagetext", "editmessagecaption", "editmessagereplymarkup": return try edit(method, form)
        case "deletemessage":
            let message = try message(form, what: "delete")
            world.chats[message.chat]?.update(message.id) { $0.isDeleted = true }
            return true
        case "pinchatmessage":
            let message = try message(form, what: "pin")
            world.chats[message.chat]?.update(message.id) { $0.isPinned = true }
            return true
        case "sendchataction":
            _ = try chat(form)
            guard form.parameters["action"]?.string != nil else {
                throw Refusal.bad("wrong parameter action in request")
            }
            return true
        case "answercallbackquery": return try answerCallbackQuery(form)
        case "setmycommands", "deletemycommands": return try setCommands(form)
        case "deletewebhook":
            updates.webhookURL = ""
            return true
        case "getwebhookinfo":
            return [
                "url": .string(updates.webhookURL), "has_custom_certificate": false,
                "pending_update_count": .int(Int64(updates.pending.count)),
            ]
        default: throw Refusal(code: 404, description: "Not Found: method not found")
        }
    }

    // MARK: Chats and messages by id

    /// The id of a chat that can be written to. (Not the chat: a copy at hand would make every new message copy them all.)
    private func chat(_ form: CallForm) throws -> Int64 {
        guard let id = form.parameters["chat_id"]?.int, world.chats[id] != nil else {
            throw form.parameters["chat_id"] == nil ? Refusal.bad("chat_id is empty") : .bad("chat not found")
        }
        if let refusal = world.chats[id]?.refusal { throw refusal }
        if let until = world.pausedUntil[id], until > .now {
            violation("message to \(id) while retry_after is in force")
        }
        return id
    }

    private func message(_ form: CallForm, what: String) throws -> ChatMessage {
        let chat = try chat(form)
        guard let id = form.parameters["message_id"]?.int else {
            throw Refusal.bad("message identifier is not specified")
        }
        guard let message = world.chats[chat]?.messages.last(where: { $0.id == Int(id) }), !message.isDeleted else {
            throw Refusal.bad("message to \(what) not found")
        }
        return message
    }

    // MARK: Sending

    private func send(_ kind: ChatMessage.Kind, _ form: CallForm) throws -> JSON {
        let chat = try chat(form)
        let file = try file(kind, form)
        let (text, entities) = try MessageRules.text(form, kind: kind)
        let buttons = try MessageRules.buttons(form)
        let threadID = try thread(form, in: chat)
        let replyTo = try reply(form, in: chat)
        let message = ChatMessage(
            id: world.nextMessageID(), chat: chat, from: botID, kind: kind, text: text, entities: entities,
            buttons: buttons, file: file, isSilent: form.parameters["disable_notification"]?.bool ?? false,
            replyTo: replyTo, threadID: threadID, date: world.date)
        world.chats[chat]?.messages.append(message)
        return world.json(message)
    }

    private func thread(_ form: CallForm, in chat: Int64) throws -> Int? {
        guard let id = form.parameters["message_thread_id"]?.int, id != 0 else { return nil }
        guard world.chats[chat]?.topics?.contains(Int(id)) == true else {
            throw Refusal.bad("message thread not found")
        }
        return Int(id)
    }

    private func reply(_ form: CallForm, in chat: Int64) throws -> Int? {
        guard let reply = try form.structure("reply_parameters") else { return nil }
        guard let id = reply["message_id"]?.int else { throw Refusal.bad("parameter \"message_id\" is required") }
        if messages(in: chat).contains(where: { $0.id == Int(id) }) { return Int(id) }
        if reply["allow_sending_without_reply"]?.bool == true { return nil }
        throw Refusal.bad("message to be replied not found")
    }

    private func file(_ kind: ChatMessage.Kind, _ form: CallForm) throws -> UploadedFile? {
        guard kind != .text else { return nil }
        guard let file = form.files[kind.rawValue] else {
            throw Refusal.bad("there is no \(kind.rawValue) in the request")
        }
        guard !file.bytes.isEmpty else { throw Refusal.bad("file must be non-empty") }
        guard kind == .photo else { return file }
        guard file.bytes.count <= 10 << 20 else {
            throw Refusal.bad(
                "file of size \(file.bytes.count) bytes is too big for a photo; the maximum size is 10485760 bytes")
        }
        let isPicture =
            file.bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
            || file.bytes.starts(with: [0xFF, 0xD8, 0xFF])
        guard isPicture else { throw Refusal.bad("IMAGE_PROCESS_FAILED") }
        return file
    }

    // MARK: Editing

    private func edit(_ method: String, _ form: CallForm) throws -> JSON {
        let old = try message(form, what: "edit")
        guard old.from == botID else { throw Refusal.bad("message can't be edited") }
        var new = old
        new.buttons = try MessageRules.buttons(form)
        switch method {
        case "editmessagetext":
            guard old.kind == .text else { throw Refusal.bad("there is no text in the message to edit") }
            (new.text, new.entities) = try MessageRules.text(form, kind: .text)
        case "editmessagecaption":
            guard old.kind != .text else { throw Refusal.bad("there is no caption in the message to edit") }
            (new.text, new.entities) = try MessageRules.text(form, kind: old.kind)
        default: break
        }
        guard new != old else {
            throw Refusal.bad(
                "message is not modified: specified new message content and reply markup are exactly the same as a "
                    + "current content and reply markup of the message")
        }
        new.edits += 1
        world.chats[old.chat]?.update(old.id) { $0 = new }
        return world.json(new)
    }

    // MARK: Presses and menus

    private func answerCallbackQuery(_ form: CallForm) throws -> JSON {
        guard let id = form.parameters["callback_query_id"]?.string, world.queries.keys.contains(id) else {
            throw Refusal.bad("query is too old and response timeout expired or query ID is invalid")
        }
        let text = form.parameters["text"]?.string
        guard (text ?? "").utf16.count <= 200 else { throw Refusal.bad("MESSAGE_TOO_LONG") }
        if let answered = world.queries[id], answered != nil { violation("press \(id) answered twice") }
        world.queries[id] = .some(
            CallbackAnswer(text: text, isAlert: form.parameters["show_alert"]?.bool ?? false))
        return true
    }

    private func setCommands(_ form: CallForm) throws -> JSON {
        let commands = try form.structure("commands")?.array ?? []
        guard commands.count <= 100 else { throw Refusal.bad("BOT_COMMANDS_TOO_MUCH") }
        let scope = try form.structure("scope")?.text ?? #"{"type":"default"}"#
        let language = form.parameters["language_code"]?.string ?? ""
        guard language.isEmpty || language.utf8.count == 2 else { throw Refusal.bad("invalid language code specified") }
        let parsed = try commands.map { json in
            let command = json["command"]?.string ?? ""
            let description = json["description"]?.string ?? ""
            guard (1...32).contains(command.utf8.count),
                command.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F })
            else { throw Refusal.bad("BOT_COMMAND_INVALID") }
            guard (1...256).contains(description.count) else { throw Refusal.bad("BOT_COMMAND_DESCRIPTION_INVALID") }
            return CommandMenu.Command(command, description)
        }
        let key = "\(scope) \(language)"
        world.menus[key] =
            parsed.isEmpty ? nil : CommandMenu(scope: scope, language: language, commands: parsed)
        return true
    }
}
