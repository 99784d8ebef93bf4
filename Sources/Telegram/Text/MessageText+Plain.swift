extension MessageText {
    /// The text for a terminal or a file: no formatting, addresses of links in parentheses, quotations marked by `│`.
    public var plain: String { blocks.map(\.plain).joined(separator: "\n") }
}

extension Block {
    fileprivate var plain: String {
        switch self {
        case .blank: ""
        case .paragraph(let inlines): inlines.plain
        case .preformatted(let text, _): Fragment.cleaned(text)
        case .item(let inlines, let level): Fragment.mark(level: level) + inlines.plain
        case .quotation(let inlines, _):
            inlines.plain.split(separator: "\n", omittingEmptySubsequences: false).map { "│ " + $0 }
                .joined(separator: "\n")
        }
    }
}

extension [Inline] {
    fileprivate var plain: String { map(\.plain).joined() }
}

extension Inline {
    fileprivate var plain: String {
        switch self {
        case .text(let text), .code(let text): Fragment.cleaned(text)
        case .styled(_, let children): children.plain
        case .linked(let children, let url):
            children.plain == url ? url : "\(children.plain) (\(Fragment.cleaned(url)))"
        }
    }
}
