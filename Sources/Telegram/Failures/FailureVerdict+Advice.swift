extension FailureVerdict {
    /// What to do next, for a person.
    public var advice: String {
        switch self {
        case .retryAfter(let seconds): "Sending pauses for \(seconds) s and goes on by itself."
        case .notModified: "The message already reads so; nothing is to be done."
        case .cannotParseEntities: "The text is sent again without formatting."
        case .textEmpty: "There was nothing to send."
        case .tooLong: "Shorten the text or send it as a file."
        case .buttonRejected: "A button's data or address is not acceptable; it must be 1 to 64 bytes."
        case .chatGone(let why): why.advice
        case .migrated(let id): "The group became a supergroup; its new id \(id) is used from now on."
        case .threadNotFound: "The topic is gone; the message goes to the main thread."
        case .editTargetGone: "The message cannot be edited any more; a new one is sent."
        case .noTextToEdit: "The message has a caption instead of a text; that is edited."
        case .replyTargetGone: "The message replied to is gone; the answer goes without the reply."
        case .queryTooOld: "The button was pressed too long ago to be answered."
        case .photoRejected: "The picture is sent as a document."
        case .fileGone: "The stored file is gone at Telegram; upload it again."
        case .tooLarge: "Make the file smaller."
        case .unauthorized: "The token is revoked or wrong: get a valid one from @BotFather and restart."
        case .conflict(let conflict): conflict.advice
        case .methodUnknown: "Check the Bot API address, its version and the token."
        case .serverBusy: "It is tried again by itself."
        case .sentThenDeleted: "It counts as sent."
        case .neverSent: "Nothing was sent; it is tried again by itself."
        case .uncertain: "It may or may not have been carried out; it is not repeated blindly."
        case .rejected: "It is not repeated."
        }
    }
}

extension ChatGone {
    var advice: String {
        switch self {
        case .blocked: "The user blocked the bot; unblock it to hear from it again."
        case .deactivated: "The user's account is deleted."
        case .kicked: "The bot was removed from the chat; add it again."
        case .notMember: "The bot is not in the chat; add it."
        case .notFound: "The chat is unknown to the bot; the user must write to it first, or the bot be added."
        case .deleted: "The chat was deleted."
        case .noRights: "The bot may not write there; an administrator must let it."
        }
    }
}

extension PollConflict {
    /// One sentence that names the cause and the mend.
    public var advice: String {
        switch self {
        case .otherPoller:
            "Another program reads this bot's updates with the same token; stop it, or give this one a token of its own."
        case .webhook:
            "A webhook is set for this bot, so updates go there; delete it (deleteWebhook) to read them here."
        }
    }
}
