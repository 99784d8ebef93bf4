/// What a message says, as a tree: blocks below each other, inline spans inside them. It is rendered once, by
/// ``render(limit:fileName:)``, into text and entities; no markup language is involved, so nothing needs escaping.
///
/// ```swift
/// MessageText {
///     Block.line("Model: ", .bold("RL-Agent-v6"))
///     Block.blank
///     Block.bullet("reward ", .code("+4.7%"))
/// }
/// ```
public struct MessageText: Codable, Sendable, Hashable {
    public var blocks: [Block]

    public init(_ blocks: [Block] = []) { self.blocks = blocks }

    public init(@MessageTextBuilder _ content: () -> MessageText) { self = content() }

    /// Plain text; every line becomes a ``Block/line(_:)-swift.type.method``.
    public init(plain text: String) {
        blocks = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.isEmpty ? .blank : .line(String(line))
        }
    }

    public var isEmpty: Bool { plain.allSatisfy(\.isWhitespace) }

    public mutating func append(_ block: Block) { blocks.append(block) }

    public static func + (left: MessageText, right: MessageText) -> MessageText {
        MessageText(left.blocks + right.blocks)
    }

    public static func += (left: inout MessageText, right: MessageText) { left.blocks += right.blocks }
}

extension MessageText: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { self.init(plain: value) }
}

/// What stands on lines of its own. A message is split between blocks where it can be.
public enum Block: Codable, Sendable, Hashable {
    case paragraph([Inline])
    /// Monospace, line ends kept: tables, logs, JSON.
    case preformatted(String, language: String?)
    /// With `isExpandable` a client shows three lines and a way to open the rest.
    case quotation([Inline], isExpandable: Bool)
    /// A row of a list; `level` 0 is the outermost.
    case item([Inline], level: Int)
    /// An empty line.
    case blank

    public static func line(_ inlines: Inline...) -> Block { .paragraph(inlines) }
    public static func line(_ text: String) -> Block { .paragraph([.text(text)]) }
    public static func pre(_ text: String, language: String? = nil) -> Block {
        .preformatted(text, language: language)
    }
    public static func quote(_ inlines: Inline..., expandable: Bool = false) -> Block {
        .quotation(inlines, isExpandable: expandable)
    }
    public static func quote(_ text: String, expandable: Bool = false) -> Block {
        .quotation([.text(text)], isExpandable: expandable)
    }
    public static func bullet(_ inlines: Inline..., level: Int = 0) -> Block { .item(inlines, level: level) }
    public static func bullet(_ text: String, level: Int = 0) -> Block { .item([.text(text)], level: level) }
}

/// A span of text. What is nested adds up, except that ``code(_:)`` stands alone and a link inside a link is text.
public indirect enum Inline: Codable, Sendable, Hashable {
    case text(String)
    case code(String)
    case styled(Style, [Inline])
    case linked([Inline], url: String)

    public enum Style: String, Codable, Sendable, Hashable, CaseIterable {
        case bold, italic, underline, strikethrough, spoiler
    }

    public static func bold(_ inlines: Inline...) -> Inline { .styled(.bold, inlines) }
    public static func bold(_ text: String) -> Inline { .styled(.bold, [.text(text)]) }
    public static func italic(_ inlines: Inline...) -> Inline { .styled(.italic, inlines) }
    public static func italic(_ text: String) -> Inline { .styled(.italic, [.text(text)]) }
    public static func strike(_ inlines: Inline...) -> Inline { .styled(.strikethrough, inlines) }
    public static func strike(_ text: String) -> Inline { .styled(.strikethrough, [.text(text)]) }
    public static func link(_ text: String, _ url: String) -> Inline { .linked([.text(text)], url: url) }
}

extension Inline: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { self = .text(value) }
}
