/// The way of one message, as a pure state machine: which call is next, and what an answer means for it. All repairs of
/// refused calls are here.
struct Delivery: Sendable {
    enum Call: Sendable, Hashable {
        case sendMessage(RenderedPart, SendOptions)
        case sendPhoto(FileUpload, RenderedPart?, SendOptions)
        case sendDocument(FileUpload, RenderedPart?, SendOptions)
        case editText(Int, RenderedPart, InlineKeyboard?)
        case editCaption(Int, RenderedPart, InlineKeyboard?)
        case editButtons(Int, InlineKeyboard?)
        case delete(Int)
        case answer(id: String, text: String?, isAlert: Bool)

        /// Done twice, it is as if done once.
        var isRepeatable: Bool {
            switch self {
            case .sendMessage, .sendPhoto, .sendDocument: false
            case .editText, .editCaption, .editButtons, .delete, .answer: true
            }
        }

        var isDeletion: Bool {
            if case .delete = self { true } else { false }
        }
    }

    enum Progress: Sendable, Hashable {
        case finished(SendOutcome)
        /// The next call, or a repaired one.
        case proceed
        case flooded(seconds: Double)
        case unreachable
        case later(seconds: Double)
    }

    private(set) var chat: Int64
    private var calls: [Call]
    private var receipt = SendReceipt(messageID: nil, messageIDs: [])
    private var attempts = 0
    private let message: OutgoingMessage
    private let settings: SendSettings

    init(_ message: OutgoingMessage, chat: Int64, settings: SendSettings) {
        self.chat = chat
        self.message = message
        self.settings = settings
        calls = Call.plan(message)
        if chat != message.chat { receipt.migratedTo = chat }
    }

    /// Nil when there is nothing to send.
    var call: Call? { calls.first }

    mutating func succeeded(messageID: Int?) -> Progress {
        attempts = 0
        let call = calls.removeFirst()
        if let messageID {
            receipt.messageIDs.append(messageID)
            // The message with the buttons is the one to be edited later; without buttons it is the first.
            if receipt.messageID == nil || call.keyboard != nil { receipt.messageID = messageID }
        }
        return calls.isEmpty ? .finished(.sent(receipt)) : .proceed
    }

    mutating func failed(_ failure: APIFailure, chance: Double) -> Progress {
        guard let call else { return .finished(.failed(.empty)) }
        switch failure.verdict {
        case .retryAfter(let seconds): return .flooded(seconds: Double(seconds))
        case .neverSent: return .unreachable
        case .notModified, .sentThenDeleted: return succeeded(messageID: call.editedMessage)
        case .editTargetGone where call.isDeletion: return succeeded(messageID: nil)
        case .serverBusy: return again(after: failure, chance: chance)
        case .uncertain where call.isRepeatable: return again(after: failure, chance: chance)
        case .uncertain: return uncertain(failure, chance: chance)
        case .migrated(let id):
            guard repair(.toNewChat) else { return refused(failure) }
            chat = id
            receipt.migratedTo = id
            return .proceed
        default: return repaired(call, failure) ? .proceed : refused(failure)
        }
    }

    private func refused(_ failure: APIFailure) -> Progress { .finished(.failed(.refused(failure))) }

    private mutating func again(after failure: APIFailure, chance: Double) -> Progress {
        attempts += 1
        guard attempts < settings.attempts else {
            return failure.verdict == .uncertain ? .finished(.uncertain(failure.description)) : refused(failure)
        }
        return .later(seconds: settings.backoff.delay(failures: attempts, chance: chance))
    }

    /// What must be seen is sent again until the server says something, every copy after the first with a mark.
    private mutating func uncertain(_ failure: APIFailure, chance: Double) -> Progress {
        guard message.isCritical else { return .finished(.uncertain(failure.description)) }
        if attempts == 0 { calls[0] = calls[0].marked(settings.resentMark) }
        receipt.repairs.insert(.resent)
        return again(after: failure, chance: chance)
    }

    /// Once each: a server that keeps refusing cannot keep us busy.
    private mutating func repair(_ repair: SendRepair) -> Bool { receipt.repairs.insert(repair).inserted }

    private mutating func repaired(_ call: Call, _ failure: APIFailure) -> Bool {
        switch (failure.verdict, call) {
        case (.cannotParseEntities, _):
            guard let plain = call.withoutFormatting, repair(.withoutFormatting) else { return false }
            calls[0] = plain
        case (.threadNotFound, _):
            guard call.options?.threadID != nil, repair(.toMainThread) else { return false }
            calls = calls.map { $0.with { $0.threadID = nil } }
        case (.replyTargetGone, _):
            guard call.options?.replyTo != nil, repair(.withoutReply) else { return false }
            calls = calls.map { $0.with { $0.replyTo = nil } }
        case (.noTextToEdit, .editText(let id, let part, let keyboard)):
            guard repair(.asCaption) else { return false }
            calls[0] = .editCaption(id, part.truncated(to: TextLimits.caption), keyboard)
        case (.editTargetGone, .editText(_, let part, let keyboard)),
            (.editTargetGone, .editCaption(_, let part, let keyboard)):
            guard repair(.asNewMessage) else { return false }
            calls[0] = .sendMessage(
                part, SendOptions(threadID: message.threadID, isSilent: message.isSilent, keyboard: keyboard))
        case (.photoRejected, .sendPhoto(let photo, let caption, let options)),
            (.tooLarge, .sendPhoto(let photo, let caption, let options)):
            guard repair(.asDocument) else { return false }
            calls[0] = .sendDocument(photo, caption, options)
        default: return false
        }
        return true
    }
}
