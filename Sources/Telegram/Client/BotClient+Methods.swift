/// What goes with a message of any kind.
public struct SendOptions: Codable, Sendable, Hashable {
    /// The forum topic.
    public var threadID: Int?
    /// Arrives without a sound.
    public var isSilent: Bool
    /// The message this one answers; when it is gone, the answer goes without.
    public var replyTo: Int?
    public var keyboard: InlineKeyboard?

    public init(threadID: Int? = nil, isSilent: Bool = false, replyTo: Int? = nil, keyboard: InlineKeyboard? = nil) {
        self.threadID = threadID
        self.isSilent = isSilent
        self.replyTo = replyTo
        self.keyboard = keyboard
    }
}

/// The id of a message that was sent; all that is kept of the server's answer.
public struct MessageReference: Codable, Sendable, Hashable {
    public var id: Int

    public init(id: Int) { self.id = id }

    enum CodingKeys: String, CodingKey {
        case id = "message_id"
    }
}

/// A line below the bot's name, for five seconds.
public enum ChatAction: String, Sendable, Hashable {
    case typing
    case uploadPhoto = "upload_photo"
    case uploadDocument = "upload_document"
}

extension BotClient {
    /// Who the token belongs to: the cheapest test of it.
    public func getMe() async throws(APIFailure) -> User { try await call("getMe") }

    /// - Parameter part: rendered text; entities instead of a parse mode, so that nothing in it needs escaping.
    @discardableResult
    public func sendMessage(
        _ part: RenderedPart, to chat: Int64, options: SendOptions = SendOptions()
    ) async throws(APIFailure) -> MessageReference {
        var parameters = CallParameters(chat: chat, options)
        parameters.set("text", part.text)
        parameters.set("entities", json: part.entities.isEmpty ? nil : part.entities)
        parameters.set("link_preview_options", json: LinkPreview.off)
        return try await call("sendMessage", parameters)
    }

    /// - Parameter keyboard: nil removes the buttons.
    public func editMessageText(
        _ part: RenderedPart, in chat: Int64, message: Int, keyboard: InlineKeyboard? = nil
    ) async throws(APIFailure) {
        var parameters = CallParameters(chat: chat, message: message)
        parameters.set("text", part.text)
        parameters.set("entities", json: part.entities.isEmpty ? nil : part.entities)
        parameters.set("link_preview_options", json: LinkPreview.off)
        parameters.set("reply_markup", json: keyboard)
        try await perform("editMessageText", parameters)
    }

    /// For messages with a photo or a document.
    public func editMessageCaption(
        _ part: RenderedPart, in chat: Int64, message: Int, keyboard: InlineKeyboard? = nil
    ) async throws(APIFailure) {
        var parameters = CallParameters(chat: chat, message: message)
        parameters.set("caption", part.text)
        parameters.set("caption_entities", json: part.entities.isEmpty ? nil : part.entities)
        parameters.set("reply_markup", json: keyboard)
        try await perform("editMessageCaption", parameters)
    }

    /// - Parameter keyboard: nil removes the buttons.
    public func editMessageReplyMarkup(
        _ keyboard: InlineKeyboard?, in chat: Int64, message: Int
    ) async throws(APIFailure) {
        var parameters = CallParameters(chat: chat, message: message)
        parameters.set("reply_markup", json: keyboard)
        try await perform("editMessageReplyMarkup", parameters)
    }

    /// - Parameters:
    ///   - photo: at most 10 MB; width and height together at most 10,000.
    ///   - caption: at most 1,024 UTF-16 units.
    @discardableResult
    public func sendPhoto(
        _ photo: FileUpload, caption: RenderedPart? = nil, to chat: Int64, options: SendOptions = SendOptions()
    ) async throws(APIFailure) -> MessageReference {
        try await call(
            "sendPhoto", CallParameters(chat: chat, options, caption: caption), file: ("photo", photo),
            timeout: uploadTimeout(photo))
    }

    /// - Parameters:
    ///   - document: at most 50 MB.
    ///   - caption: at most 1,024 UTF-16 units.
    @discardableResult
    public func sendDocument(
        _ document: FileUpload, caption: RenderedPart? = nil, to chat: Int64, options: SendOptions = SendOptions()
    ) async throws(APIFailure) -> MessageReference {
        var parameters = CallParameters(chat: chat, options, caption: caption)
        parameters.set("disable_content_type_detection", true)
        return try await call(
            "sendDocument", parameters, file: ("document", document), timeout: uploadTimeout(document))
    }

    /// Every press wants an answer, else its button keeps spinning.
    ///
    /// - Parameters:
    ///   - text: at most 200 characters, shown for a moment; the rest is cut off.
    ///   - isAlert: shown in a box to be closed instead.
    public func answerCallbackQuery(
        _ id: String, text: String? = nil, isAlert: Bool = false
    ) async throws(APIFailure) {
        var parameters = CallParameters()
        parameters.set("callback_query_id", id)
        parameters.set("text", text.map { TextLimits.prefix($0, utf16: 200) })
        parameters.set("show_alert", isAlert ? true : nil)
        try await perform("answerCallbackQuery", parameters)
    }

    /// - Parameters:
    ///   - commands: at most 100; an empty list removes the menu.
    ///   - languageCode: two letters; nil for everyone without a list in their own language.
    public func setMyCommands(
        _ commands: [BotCommand], scope: BotCommandScope = .everyone, languageCode: String? = nil
    ) async throws(APIFailure) {
        var parameters = CallParameters()
        parameters.set("commands", json: commands)
        parameters.set("scope", json: scope)
        parameters.set("language_code", languageCode)
        try await perform("setMyCommands", parameters)
    }

    public func deleteMessage(_ message: Int, in chat: Int64) async throws(APIFailure) {
        try await perform("deleteMessage", CallParameters(chat: chat, message: message))
    }

    public func pinChatMessage(_ message: Int, in chat: Int64, isSilent: Bool = true) async throws(APIFailure) {
        var parameters = CallParameters(chat: chat, message: message)
        parameters.set("disable_notification", isSilent)
        try await perform("pinChatMessage", parameters)
    }

    public func sendChatAction(
        _ action: ChatAction, in chat: Int64, threadID: Int? = nil
    ) async throws(APIFailure) {
        var parameters = CallParameters()
        parameters.set("chat_id", chat)
        parameters.set("message_thread_id", threadID)
        parameters.set("action", action.rawValue)
        try await perform("sendChatAction", parameters)
    }

    /// - Parameter droppingPending: also forgets the updates that wait.
    public func deleteWebhook(droppingPending: Bool = false) async throws(APIFailure) {
        var parameters = CallParameters()
        parameters.set("drop_pending_updates", droppingPending)
        try await perform("deleteWebhook", parameters)
    }

    public func getWebhookInfo() async throws(APIFailure) -> WebhookInfo { try await call("getWebhookInfo") }

    /// A call whose answer carries nothing of use (`true`, or the message as it is now).
    private func perform(_ method: String, _ parameters: CallParameters) async throws(APIFailure) {
        _ = try await exchange(method, parameters)
    }

    /// Half a megabit per second is the slowest line that is waited for.
    private func uploadTimeout(_ file: FileUpload) -> Duration { timeout + .seconds(file.data.count / 65_536) }
}

private struct LinkPreview: Encodable, Sendable {
    static let off = LinkPreview()
    var isDisabled = true

    enum CodingKeys: String, CodingKey {
        case isDisabled = "is_disabled"
    }
}

private struct ReplyParameters: Encodable, Sendable {
    var messageID: Int
    var allowSendingWithoutReply = true

    enum CodingKeys: String, CodingKey {
        case messageID = "message_id"
        case allowSendingWithoutReply = "allow_sending_without_reply"
    }
}

extension CallParameters {
    fileprivate init(chat: Int64, message: Int) {
        self.init()
        set("chat_id", chat)
        set("message_id", message)
    }

    fileprivate init(chat: Int64, _ options: SendOptions, caption: RenderedPart? = nil) {
        self.init()
        set("chat_id", chat)
        set("message_thread_id", options.threadID)
        set("disable_notification", options.isSilent ? true : nil)
        set("reply_parameters", json: options.replyTo.map { ReplyParameters(messageID: $0) })
        set("reply_markup", json: options.keyboard)
        if let caption, !caption.text.isEmpty {
            set("caption", caption.text)
            set("caption_entities", json: caption.entities.isEmpty ? nil : caption.entities)
        }
    }
}
