extension Fragment {
    /// One block as text and entities.
    init(_ block: Block) {
        switch block {
        case .blank: break
        case .paragraph(let inlines): write(inlines)
        case .item(let inlines, let level):
            append(Self.mark(level: level))
            write(inlines)
        case .quotation(let inlines, let isExpandable):
            write(inlines)
            guard length > 0 else { return }
            entities.insert(
                MessageEntity(isExpandable ? .expandableBlockquote : .blockquote, offset: 0, length: length), at: 0)
        case .preformatted(let text, let language):
            append(Self.monospaceBlock(text))
            guard length > 0 else { return }
            entities = [MessageEntity(.pre, offset: 0, length: length, language: language)]
        }
    }

    static func mark(level: Int) -> String {
        String(repeating: "  ", count: max(0, level)) + (level > 0 ? "◦ " : "• ")
    }

    /// Line ends around the text go; spaces in front (a table's empty corner) stay.
    private static func monospaceBlock(_ text: String) -> String {
        var text = Substring(cleaned(text))
        while text.first == "\n" { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    /// A style that is on, and the entity that shows it as far as it has come.
    private struct ActiveStyle {
        var kind: MessageEntity.Kind
        var url: String?
        var entity: Int?
    }

    private mutating func write(_ inlines: [Inline]) {
        var active: [ActiveStyle] = []
        write(inlines, &active)
    }

    private mutating func write(_ inlines: [Inline], _ active: inout [ActiveStyle]) {
        for inline in inlines {
            switch inline {
            case .text(let text): write(text, &active)
            case .code(let text):
                let start = length
                append(Self.cleaned(text))
                guard length > start else { continue }
                entities.append(MessageEntity(.code, offset: start, length: length - start))
            case .styled(let style, let children): write(children, &active, under: ActiveStyle(kind: style.kind))
            case .linked(let children, let url):
                write(children, &active, under: ActiveStyle(kind: .textLink, url: url))
            }
        }
    }

    private mutating func write(_ children: [Inline], _ active: inout [ActiveStyle], under style: ActiveStyle) {
        guard !active.contains(where: { $0.kind == style.kind }) else { return write(children, &active) }
        active.append(style)
        write(children, &active)
        active.removeLast()
    }

    /// Every active style grows by the text. Where something interrupted it (``Inline/code(_:)`` tolerates no other
    /// entity around it), it begins anew.
    private mutating func write(_ text: String, _ active: inout [ActiveStyle]) {
        let start = length
        append(Self.cleaned(text))
        guard length > start else { return }
        for index in active.indices {
            if let entity = active[index].entity, entities[entity].end == start {
                entities[entity].length = length - entities[entity].offset
            } else {
                active[index].entity = entities.count
                entities.append(
                    MessageEntity(active[index].kind, offset: start, length: length - start, url: active[index].url))
            }
        }
    }

    /// Without the characters the server would silently take out or change, so that offsets mean the same on both sides:
    /// control characters, carriage returns, line and direction separators, three combining marks. Tabs become spaces.
    static func cleaned(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A: scalars.append(scalar)
            case 0x09: scalars.append(" ")
            case 0..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x0333, 0x033F, 0x030A: continue
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }
}

extension Inline.Style {
    fileprivate var kind: MessageEntity.Kind {
        switch self {
        case .bold: .bold
        case .italic: .italic
        case .underline: .underline
        case .strikethrough: .strikethrough
        case .spoiler: .spoiler
        }
    }
}
