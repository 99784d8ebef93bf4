import Telegram
import Testing

@Suite("Rendering a message")
struct MessageTextTests {
    @Test("counts offsets in UTF-16 units across emoji, flags and combining marks")
    func offsets() {
        let text = MessageText {
            Block.line("🤖 ", .bold("Модель"), " 🇷🇺", .italic("e\u{301}"), .code("x"))
        }
        let part = text.renderSingle()
        #expect(part.text == "🤖 Модель 🇷🇺e\u{301}x")
        // 🤖 takes 2 units, the flag 4, e with its accent 2.
        #expect(
            part.entities == [
                MessageEntity(.bold, offset: 3, length: 6), MessageEntity(.italic, offset: 14, length: 2),
                MessageEntity(.code, offset: 16, length: 1),
            ])
    }

    @Test("puts blocks below each other with their formatting")
    func blocks() {
        let text = MessageText {
            "Title"
            Block.blank
            Block.bullet("one ", .link("site", "https://example.org"))
            Block.bullet("deep", level: 1)
            Block.quote("said", expandable: true)
            Block.pre("  a b\n1 2\n", language: "text")
        }
        let part = text.renderSingle()
        #expect(part.text == "Title\n\n• one site\n  ◦ deep\nsaid\n  a b\n1 2")
        #expect(
            part.entities == [
                MessageEntity(.textLink, offset: 13, length: 4, url: "https://example.org"),
                MessageEntity(.expandableBlockquote, offset: 27, length: 4),
                MessageEntity(.pre, offset: 32, length: 9, language: "text"),
            ])
        #expect(
            text.plain
                == "Title\n\n• one site (https://example.org)\n  ◦ deep\n│ said\n  a b\n1 2\n")
    }

    @Test("keeps monospace out of other styles, which go on behind it")
    func codeInsideBold() {
        let part = MessageText([.line(.bold("a", .code("b"), "c", .bold("d")))]).renderSingle()
        #expect(part.text == "abcd")
        #expect(
            part.entities == [
                MessageEntity(.bold, offset: 0, length: 1), MessageEntity(.code, offset: 1, length: 1),
                MessageEntity(.bold, offset: 2, length: 2),
            ])
    }

    @Test("takes out what the server would take out")
    func cleaning() {
        let part = MessageText(plain: "a\u{0}b\r\nc\td\u{202E}e\u{7}\n\n  ").renderSingle()
        #expect(part.text == "ab\nc de")
    }

    @Test("does not interpret markup in data")
    func markup() {
        let part = MessageText(plain: "a_b *c* [d](e) <f> &amp; `g`").renderSingle()
        #expect(part.text == "a_b *c* [d](e) <f> &amp; `g`")
        #expect(part.entities.isEmpty)
    }

    @Test("has no part when there is nothing to say", arguments: ["", " ", "\n\n", "\u{7}"])
    func empty(text: String) {
        #expect(MessageText(plain: text).render().parts.isEmpty)
        #expect(MessageText(plain: text).renderSingle().text.isEmpty)
    }

    @Test("fills a message to the last unit before it splits")
    func limit() {
        let full = String(repeating: "😀", count: 2048)
        #expect(MessageText(plain: full).render() == RenderedText(parts: [RenderedPart(full)]))
        let parts = MessageText(plain: full + "x").render().parts
        #expect(parts.count == 2)
        #expect(parts[0].text.hasPrefix("[1/2]\n😀"))
        #expect(parts.allSatisfy { $0.text.utf16.count <= 4096 })
    }

    @Test("splits between blocks and numbers the parts")
    func splitting() {
        let rows = (1...200).map { "row \($0) " + String(repeating: "x", count: 40) }
        let rendered = MessageText(rows.map { Block.line($0) }).render()
        #expect(rendered.file == nil)
        #expect(rendered.parts.count == 3)
        let lines = rendered.parts.enumerated().flatMap { index, part in
            #expect(part.text.hasPrefix("[\(index + 1)/3]\n"))
            return part.text.split(separator: "\n").dropFirst().map(String.init)
        }
        #expect(lines == rows)
    }

    @Test("cuts a monospace block between lines and keeps both halves monospace")
    func splittingPre() {
        let table = (1...300).map { "line \($0) of the table" }.joined(separator: "\n")
        let parts = MessageText([.pre(table)]).render().parts
        #expect(parts.count == 2)
        for part in parts {
            #expect(part.entities == [MessageEntity(.pre, offset: 6, length: part.text.utf16.count - 6)])
            #expect(
                part.text.split(separator: "\n").dropFirst().allSatisfy {
                    $0.hasPrefix("line ") && $0.hasSuffix("table")
                })
        }
    }

    @Test("becomes a file beyond three parts")
    func file() {
        let rows = (1...1000).map { "row \($0) " + String(repeating: "я", count: 20) }
        let rendered = MessageText(rows.map { Block.line($0) }).render(fileName: "report.txt")
        #expect(rendered.parts.count == 1)
        #expect(rendered.parts[0].text.hasPrefix("row 1 "))
        #expect(rendered.parts[0].text.hasSuffix("\n…"))
        #expect(rendered.parts[0].text.utf16.count <= 1024)
        #expect(rendered.file?.name == "report.txt")
        #expect(rendered.file.map { String(decoding: $0.data, as: UTF8.self) } == rows.joined(separator: "\n") + "\n")
    }

    @Test("never sends more entities than the server reads")
    func entityLimit() {
        let many = MessageText((1...150).map { Block.line(.bold("\($0)")) })
        let parts = many.render().parts
        #expect(parts.count == 2)
        #expect(parts.allSatisfy { $0.entities.count <= 100 })
        #expect(parts.map(\.entities.count).reduce(0, +) == 150)
    }

    @Test("takes a caption whole or not at all")
    func caption() {
        let fits = MessageText(plain: String(repeating: "a", count: 1024))
        #expect(fits.renderWhole(limit: TextLimits.caption)?.text.count == 1024)
        #expect((fits + "b").renderWhole(limit: TextLimits.caption) == nil)
        let cut = (fits + "b").renderSingle(limit: TextLimits.caption)
        #expect(cut.text.utf16.count == 1024)
        #expect(cut.text.hasSuffix("\n…"))
    }
}
