import Telegram
import Testing

@Suite("Any message")
struct MessageTextPropertyTests {
    @Test("renders to sound parts that keep all of its text", arguments: UInt64(1)...300)
    func soundness(seed: UInt64) {
        var random = SplitMix(state: seed)
        let text = MessageText((0..<Int.random(in: 1...40, using: &random)).map { _ in random.block() })
        let rendered = text.render()
        #expect(rendered.parts.count <= 3)
        for part in rendered.parts {
            #expect(part.text.utf16.count <= 4096)
            #expect(part.text == part.text.trimmed)
            #expect(Self.problems(part).isEmpty)
        }
        guard rendered.file == nil else { return }
        let numbered = rendered.parts.count > 1
        let texts = rendered.parts.map { numbered ? String($0.text.dropFirst(6)) : $0.text }
        #expect(texts.joined(separator: "\n").visible == random.reference(text).visible)
    }

    @Test("renders to a single sound part at any limit", arguments: UInt64(1)...100)
    func single(seed: UInt64) {
        var random = SplitMix(state: seed &* 977)
        let text = MessageText((0..<Int.random(in: 1...10, using: &random)).map { _ in random.block() })
        let limit = Int.random(in: 16...1500, using: &random)
        let part = text.renderSingle(limit: limit)
        #expect(part.text.utf16.count <= limit)
        #expect(Self.problems(part).isEmpty)
    }

    /// What the server would refuse or change.
    static func problems(_ part: RenderedPart) -> [String] {
        var problems: [String] = []
        let units = Array(part.text.utf16)
        let ranges = part.entities.map { $0.offset..<$0.end }
        for (entity, range) in zip(part.entities, ranges) {
            if range.isEmpty || range.lowerBound < 0 || range.upperBound > units.count {
                problems.append("\(entity) out of range")
                continue
            }
            for edge in [range.lowerBound, range.upperBound] where edge < units.count {
                if UTF16.isTrailSurrogate(units[edge]) { problems.append("\(entity) cuts a surrogate pair") }
            }
        }
        for first in part.entities.indices {
            for second in part.entities.indices where second > first {
                let (one, other) = (part.entities[first], part.entities[second])
                if one.offset > other.offset { problems.append("not sorted") }
                guard ranges[first].overlaps(ranges[second]) else { continue }
                let nested = ranges[first].contains(other.offset) && other.end <= one.end
                let hasMonospace = [one, other].contains { $0.kind == .code || $0.kind == .pre }
                let hasQuote = one.kind == .blockquote || one.kind == .expandableBlockquote
                if !nested { problems.append("\(one) crosses \(other)") }
                if hasMonospace, !hasQuote { problems.append("\(one) overlaps monospace \(other)") }
                if one.kind == other.kind { problems.append("\(one) twice") }
            }
        }
        return problems
    }
}

/// A small generator of its own, so that a failing seed stays failing.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    private static let pieces = [
        "a", "word ", "слово ", "😀", "👨‍👩‍👧‍👦", "🇷🇺", "e\u{301}", " ", "  ", "\n", "漢字", "_*[]()~`>#+-=|{}.!", "\u{0}", "\r\n",
        "\t", "0123456789",
    ]

    mutating func string(_ length: Int) -> String {
        (0..<length).map { _ in Self.pieces.randomElement(using: &self) ?? "" }.joined()
    }

    mutating func inline(_ depth: Int = 0) -> Inline {
        let length = Int.random(in: 0...20, using: &self)
        switch Int.random(in: 0...(depth > 3 ? 1 : 4), using: &self) {
        case 0: return .text(string(length))
        case 1: return .code(string(length))
        case 2: return .linked(inlines(depth + 1), url: "https://example.org/\(length)")
        default:
            return .styled(Inline.Style.allCases.randomElement(using: &self) ?? .bold, inlines(depth + 1))
        }
    }

    mutating func inlines(_ depth: Int = 0) -> [Inline] {
        (0..<Int.random(in: 0...3, using: &self)).map { _ in inline(depth) }
    }

    mutating func block() -> Block {
        let large = Int.random(in: 0...20, using: &self) == 0
        switch Int.random(in: 0...4, using: &self) {
        case 0: return .paragraph(inlines())
        case 1: return .preformatted(string(large ? 3000 : 40), language: nil)
        case 2: return .quotation(inlines(), isExpandable: large)
        case 3: return .item(inlines(), level: Int.random(in: 0...2, using: &self))
        default: return large ? .line(string(2000)) : .blank
        }
    }

    /// The text by a way of its own: leaves one after the other.
    func reference(_ text: MessageText) -> String {
        text.blocks.map { block in
            switch block {
            case .blank: ""
            case .paragraph(let inlines), .quotation(let inlines, _): leaves(inlines)
            case .preformatted(let text, _): text
            case .item(let inlines, let level): (level > 0 ? "◦" : "•") + leaves(inlines)
            }
        }.joined()
    }

    private func leaves(_ inlines: [Inline]) -> String {
        inlines.map { inline in
            switch inline {
            case .text(let text), .code(let text): text
            case .styled(_, let children), .linked(let children, _): leaves(children)
            }
        }.joined()
    }
}

extension String {
    /// Without white space and control characters, scalar by scalar.
    fileprivate var visible: [Unicode.Scalar] {
        unicodeScalars.filter { $0.value > 0x20 && !$0.properties.isWhitespace }
    }

    fileprivate var trimmed: String {
        let blanks: Set<Unicode.Scalar> = [" ", "\n"]
        var scalars = unicodeScalars[...]
        while let last = scalars.last, blanks.contains(last) { scalars.removeLast() }
        return String(scalars)
    }
}
