/// What the server accepts as text, formatting and buttons.
enum MessageRules {
    /// Text or caption with its entities, as the server stores them.
    static func text(
        _ form: CallForm, kind: ChatMessage.Kind
    ) throws -> (String, [ChatMessage.Entity]) {
        let isCaption = kind != .text
        let given = form.parameters[isCaption ? "caption" : "text"]
        guard case .string(let text) = given ?? "" else { throw Refusal.bad("text must be a string") }
        let entities = try entities(form.structure(isCaption ? "caption_entities" : "entities"), in: text)
        if text.isEmpty {
            if isCaption { return ("", []) }
            throw Refusal.bad("message text is empty")
        }
        let (trimmed, kept) = trimmed(text, entities)
        if trimmed.isEmpty, !isCaption { throw Refusal.bad("text must be non-empty") }
        guard trimmed.utf16.count <= (isCaption ? 1024 : 4096) else {
            throw Refusal.bad(isCaption ? "message caption is too long" : "message is too long")
        }
        return (trimmed, kept)
    }

    private static let types: Set<String> = [
        "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic", "underline",
        "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre", "text_link",
    ]

    private static func entities(_ json: JSON?, in text: String) throws -> [ChatMessage.Entity] {
        guard let json else { return [] }
        guard let list = json.array else { throw Refusal.bad("can't parse entities: expected an Array") }
        let units = Array(text.utf16)
        let entities = try list.map { json in
            guard let type = json["type"]?.string, types.contains(type), let offset = json["offset"]?.int,
                let length = json["length"]?.int
            else { throw Refusal.bad("can't parse MessageEntity: wrong or missing field") }
            let start = Int(offset)
            let end = start + Int(length)
            guard start >= 0, start < units.count else {
                throw Refusal.bad("entity begins after the end of the text at UTF-16 offset \(start)")
            }
            guard length > 0, end <= units.count else {
                throw Refusal.bad(
                    "entity beginning at UTF-16 offset \(start) ends after the end of the text at UTF-16 offset \(end)")
            }
            // The real server lets these through and shows something else than was meant; a stand-in for tests must not.
            guard !cutsSurrogatePair(units, start), !cutsSurrogatePair(units, end) else {
                throw Refusal.bad("can't parse entities: offset \(start) or \(end) is inside a surrogate pair")
            }
            return ChatMessage.Entity(
                type: type, offset: start, length: Int(length), url: json["url"]?.string,
                language: json["language"]?.string)
        }
        try checkNesting(entities)
        guard entities.count <= 100 else { throw Refusal.bad("ENTITIES_TOO_LONG") }
        return entities
    }

    private static func cutsSurrogatePair(_ units: [UInt16], _ index: Int) -> Bool {
        index < units.count && UTF16.isTrailSurrogate(units[index])
    }

    /// Crossing ranges, anything inside monospace, a quotation in a quotation.
    private static func checkNesting(_ entities: [ChatMessage.Entity]) throws {
        for (index, one) in entities.enumerated() {
            for other in entities[(index + 1)...] {
                let overlap = one.offset < other.offset + other.length && other.offset < one.offset + one.length
                guard overlap else { continue }
                let nested =
                    one.offset <= other.offset && other.offset + other.length <= one.offset + one.length
                    || other.offset <= one.offset && one.offset + one.length <= other.offset + other.length
                let pair = [one.type, other.type]
                let isMonospace = pair.contains("code") || pair.contains("pre")
                let hasQuote = pair.contains { $0.hasSuffix("blockquote") }
                guard nested, !isMonospace || hasQuote, !pair.allSatisfy({ $0.hasSuffix("blockquote") }),
                    one.type != other.type
                else { throw Refusal.bad("can't parse entities: \(one.type) and \(other.type) overlap") }
            }
        }
    }

    /// White space at the end goes, and at the beginning up to the first entity.
    private static func trimmed(
        _ text: String, _ entities: [ChatMessage.Entity]
    ) -> (String, [ChatMessage.Entity]) {
        let units = Array(text.utf16)
        func isBlank(_ unit: UInt16) -> Bool { unit == 0x20 || unit == 0x0A }
        guard let visible = units.firstIndex(where: { !isBlank($0) }),
            let last = units.lastIndex(where: { !isBlank($0) })
        else { return ("", []) }
        let first = min(visible, entities.map(\.offset).min() ?? visible)
        let kept = entities.compactMap { entity -> ChatMessage.Entity? in
            var entity = entity
            entity.length = min(entity.offset + entity.length, last + 1) - entity.offset
            entity.offset -= first
            return entity.length > 0 ? entity : nil
        }
        return (String(decoding: units[first...last], as: UTF16.self), kept)
    }

    static func buttons(_ form: CallForm) throws -> [[ChatMessage.Button]] {
        guard let markup = try form.structure("reply_markup") else { return [] }
        guard let rows = markup["inline_keyboard"]?.array else { throw Refusal.bad("object expected as reply markup") }
        let buttons = try rows.map { row in
            guard let row = row.array else { throw Refusal.bad("can't parse inline keyboard: expected an Array") }
            return try row.map(button)
        }
        guard buttons.joined().count <= 100 else { throw Refusal.bad("reply markup is too long") }
        return buttons.filter { !$0.isEmpty }
    }

    private static func button(_ json: JSON) throws -> ChatMessage.Button {
        guard let text = json["text"]?.string, !text.isEmpty else {
            throw Refusal.bad("can't parse inline keyboard button: field \"text\" must be non-empty")
        }
        let actions = ["callback_data", "url", "copy_text"].filter { json[$0] != nil }
        guard actions.count == 1 else {
            throw Refusal.bad(
                "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        }
        if let data = json["callback_data"] {
            guard let data = data.string, (1...64).contains(data.utf8.count) else {
                throw Refusal.bad("BUTTON_DATA_INVALID")
            }
        }
        if let url = json["url"] {
            guard let url = url.string, ["http://", "https://", "tg://"].contains(where: url.hasPrefix) else {
                throw Refusal.bad("inline keyboard button URL is invalid: Wrong HTTP URL")
            }
        }
        return ChatMessage.Button(
            text: text, data: json["callback_data"]?.string, url: json["url"]?.string, json: json)
    }
}
