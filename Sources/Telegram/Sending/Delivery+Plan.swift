extension Delivery.Call {
    /// The calls a message takes, in order; none when it says nothing.
    static func plan(_ message: OutgoingMessage) -> [Delivery.Call] {
        let keyboard = message.buttons.isEmpty ? nil : InlineKeyboard(message.buttons)
        let options = SendOptions(
            threadID: message.threadID, isSilent: message.isSilent, replyTo: message.replyTo, keyboard: keyboard)
        switch message.content {
        case .text(let text): return plan(text, options)
        case .photo(let photo, let caption): return plan(caption, options) { .sendPhoto(photo, $0, $1) }
        case .document(let file, let caption): return plan(caption, options) { .sendDocument(file, $0, $1) }
        case .edit(let id, let text):
            let part = text.renderSingle()
            return part.text.isEmpty ? [] : [.editText(id, part, keyboard)]
        case .editButtons(let id): return [.editButtons(id, keyboard)]
        case .delete(let id): return [.delete(id)]
        case .callbackAnswer(let id, let text, let isAlert): return [.answer(id: id, text: text, isAlert: isAlert)]
        }
    }

    /// The reply belongs to the first message, the buttons to the last text, the file comes after all.
    private static func plan(_ text: MessageText, _ options: SendOptions) -> [Delivery.Call] {
        let rendered = text.render()
        var calls: [Delivery.Call] = rendered.parts.enumerated().map { index, part in
            var options = options
            if index > 0 { options.replyTo = nil }
            if index < rendered.parts.count - 1 { options.keyboard = nil }
            return .sendMessage(part, options)
        }
        if let file = rendered.file {
            calls.append(
                .sendDocument(file, nil, SendOptions(threadID: options.threadID, isSilent: true)))
        }
        return calls
    }

    /// A caption that is too long follows as text, and the buttons go with it.
    private static func plan(
        _ caption: MessageText, _ options: SendOptions, file: (RenderedPart?, SendOptions) -> Delivery.Call
    ) -> [Delivery.Call] {
        if let whole = caption.renderWhole(limit: TextLimits.caption) {
            return [file(whole.text.isEmpty ? nil : whole, options)]
        }
        var first = options
        first.keyboard = nil
        var rest = options
        rest.replyTo = nil
        return [file(nil, first)] + plan(caption, rest)
    }
}

extension Delivery.Call {
    var options: SendOptions? {
        switch self {
        case .sendMessage(_, let options), .sendPhoto(_, _, let options), .sendDocument(_, _, let options): options
        case .editText, .editCaption, .editButtons, .delete, .answer: nil
        }
    }

    var keyboard: InlineKeyboard? {
        switch self {
        case .editText(_, _, let keyboard), .editCaption(_, _, let keyboard), .editButtons(_, let keyboard): keyboard
        default: options?.keyboard
        }
    }

    var editedMessage: Int? {
        switch self {
        case .editText(let id, _, _), .editCaption(let id, _, _), .editButtons(let id, _): id
        case .sendMessage, .sendPhoto, .sendDocument, .delete, .answer: nil
        }
    }

    func with(_ change: (inout SendOptions) -> Void) -> Delivery.Call {
        guard var options else { return self }
        change(&options)
        switch self {
        case .sendMessage(let part, _): return .sendMessage(part, options)
        case .sendPhoto(let file, let caption, _): return .sendPhoto(file, caption, options)
        case .sendDocument(let file, let caption, _): return .sendDocument(file, caption, options)
        case .editText, .editCaption, .editButtons, .delete, .answer: return self
        }
    }

    /// Nil when there is no formatting to leave out.
    var withoutFormatting: Delivery.Call? {
        let plain: Delivery.Call =
            switch self {
            case .sendMessage(let part, let options): .sendMessage(part.plain, options)
            case .sendPhoto(let file, let caption, let options): .sendPhoto(file, caption?.plain, options)
            case .sendDocument(let file, let caption, let options): .sendDocument(file, caption?.plain, options)
            case .editText(let id, let part, let keyboard): .editText(id, part.plain, keyboard)
            case .editCaption(let id, let part, let keyboard): .editCaption(id, part.plain, keyboard)
            case .editButtons, .delete, .answer: self
            }
        return plain == self ? nil : plain
    }

    /// With a line on top that says it may be the second of its kind.
    func marked(_ mark: String) -> Delivery.Call {
        switch self {
        case .sendMessage(let part, let options):
            .sendMessage(part.under(mark).truncated(to: TextLimits.message), options)
        case .sendPhoto(let file, let caption, let options):
            .sendPhoto(file, (caption ?? RenderedPart("")).under(mark).truncated(to: TextLimits.caption), options)
        case .sendDocument(let file, let caption, let options):
            .sendDocument(file, (caption ?? RenderedPart("")).under(mark).truncated(to: TextLimits.caption), options)
        case .editText, .editCaption, .editButtons, .delete, .answer: self
        }
    }
}

extension RenderedPart {
    fileprivate var fragment: Fragment { Fragment(units: Array(text.utf16), entities: entities) }

    func truncated(to limit: Int) -> RenderedPart {
        let fragment = fragment
        guard !fragment.fits(limit) else { return self }
        return fragment.split(at: limit).head.trimmed().part
    }

    fileprivate func under(_ line: String) -> RenderedPart {
        var fragment = Fragment()
        fragment.append(text.isEmpty ? line : line + "\n")
        fragment.append(self.fragment)
        return fragment.part
    }
}
