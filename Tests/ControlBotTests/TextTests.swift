import ControlBot
import ControlPlane
import Foundation
import Store
import Telegram
import Testing

/// Sentences, figures, command lines.
struct TextTests {
    // MARK: Phrasebook

    /// Every string literal of the sources that has the form of a sentence's key.
    private func keysInSources() throws -> Set<String> {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/ControlBot")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        let families = Set(Phrasebook.english.texts.keys.compactMap { $0.split(separator: ".").first })
        var keys: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /"([a-z]+)((?:\.[A-Za-z]+)*)"/) where families.contains(match.1) {
                if !match.2.isEmpty || Phrasebook.english.texts[String(match.1)] != nil {
                    keys.insert(String(match.1 + match.2))
                }
            }
            // A sentence asked for by name, whatever its form.
            for match in text.matches(of: /\bsay(?:\.plain)?\(\s*"([^"\\]+)"/) { keys.insert(String(match.1)) }
        }
        return keys
    }

    @Test("every sentence the chat asks for is there in both languages")
    func complete() throws {
        let keys = try keysInSources()
        #expect(keys.count > 100)
        for book in [Phrasebook.english, .russian] {
            #expect(keys.subtracting(book.texts.keys).sorted() == [], "\(book.language)")
        }
    }

    @Test("both languages have the same sentences with the same placeholders")
    func alike() {
        #expect(Set(Phrasebook.english.texts.keys) == Set(Phrasebook.russian.texts.keys))
        func placeholders(_ text: String?) -> [String] {
            (text ?? "").matches(of: /\{[a-zA-Z]+\}/).map { String($0.0) }.sorted()
        }
        for (key, text) in Phrasebook.english.texts {
            #expect(Set(placeholders(text)) == Set(placeholders(Phrasebook.russian.texts[key])), "\(key)")
        }
    }

    @Test("no sentence leaves a mark open")
    func marks() {
        for book in [Phrasebook.english, .russian] {
            for (key, text) in book.texts {
                #expect(text.components(separatedBy: "**").count % 2 == 1, "\(key)")
                #expect(text.filter { $0 == "`" }.count % 2 == 0, "\(key)")
                #expect(text.filter { $0 == "{" }.count == text.filter { $0 == "}" }.count, "\(key)")
            }
        }
    }

    @Test("a value is text, whatever it looks like")
    func injection() {
        let name = "**bold** `code` {role} {name} [x](y) <b>"
        let inlines = Phrasebook.english("users.changed", ["name": name, "role": "`admin` **"])
        #expect(inlines == [.text("\(name) is now "), .bold("`admin` **"), .text(".")])
        #expect(Phrasebook.english.plain("up.champion", ["name": name]) == "\(name) serves.")
    }

    @Test("a name with markup in it stays a name in the chat")
    func injectedName() async throws {
        let office = try Office()
        try office.hire(1, "**Ann** `{1}`", .admin)
        #expect(try await office.send("/users").text.contains("**Ann** `{1}` 1 · admin"))
    }

    // MARK: Commands

    @Test("every command of the list is carried out, and every one that is carried out is listed")
    func commands() throws {
        let forms = CommandList.shared.forms
        let names = forms.map(\.name)
        #expect(Set(names).count == names.count && names.count > 20)
        // /start is the door itself.
        #expect(Set(names) == CommandList.shared.implementedNames.union(["start"]))
        for form in forms {
            #expect(form.name.wholeMatch(of: /[a-z0-9_]{1,32}/) != nil, "\(form.name)")
            #expect(form.role == "none" || form.needed != nil, "\(form.name)")
            #expect((3...256).contains(form.en.count) && (3...256).contains(form.ru.count), "\(form.name)")
            #expect(form.usage.hasPrefix("/\(form.name)") && form.example.hasPrefix("/\(form.name)"), "\(form.name)")
        }
    }

    @Test("the example of every command is understood", arguments: CommandList.shared.forms.map(\.example))
    func examples(_ example: String) async throws {
        let office = try Office.staffed()
        let text = try await office.send(example).text
        #expect(!text.isEmpty && !text.contains("Right form:"), "\(text)")
    }

    @Test("a command line has a name in lower case, without the bot's name, and arguments")
    func commandLine() throws {
        let line = try #require(CommandLine("/Status@market_bot  a\tb\u{00A0}c\nd"))
        #expect(line.name == "status" && line.arguments == ["a", "b", "c", "d"] && line.text == "/status a b c d")
        for text in ["", " ", "/", "/@bot", "status", "/ status", "\n"] { #expect(CommandLine(text) == nil, "\(text)") }
        let long = try #require(CommandLine("/a " + String(repeating: "x ", count: 1000)))
        #expect(long.arguments.count == CommandLine.mostArguments)
        #expect(
            try #require(CommandLine("/" + String(repeating: "x", count: 10_000))).name.count < CommandLine.longestLine)
    }

    @Test(
        "a line read, written and read again is the same line, whatever was typed", arguments: 0..<200 as Range<UInt64>)
    func commandLineFuzz(_ seed: UInt64) {
        var random = SplitMix(state: seed)
        let text = "/" + noise(&random)
        guard let line = CommandLine(text) else { return }
        #expect(!line.name.isEmpty && line.arguments.allSatisfy { !$0.isEmpty })
        #expect(CommandLine(line.text) == line, "\(text.debugDescription)")
    }

    @Test("whatever is typed is answered in a readable way and orders nothing by accident")
    func fuzz() async throws {
        let office = try Office.staffed()
        var random = SplitMix(state: 4)
        let names = [
            "", "/", "/train ", "/cycle ", "/users ", "/settings ", "/why ", "/compare ", "/start ", "why trade ",
        ]
        for _ in 0..<300 {
            let text = (names.randomElement(using: &random) ?? "") + noise(&random)
            let reaction = try await office.send(text)
            #expect(!reaction.text.isEmpty && reaction.text.count < 2_000, "\(text.debugDescription)")
            #expect(!reaction.text.contains("That did not work"), "\(text.debugDescription): \(reaction.text)")
        }
        #expect(try office.store.read { try $0.users() }.count == 2)
    }

    private func noise(_ random: inout SplitMix) -> String {
        let pieces = [
            "a", "Z", "0", "42", "-", "_", ",", "@", "/", " ", "  ", "\n", "\t", "\u{0}", "👩‍👩‍👧", "é", "ё",
            "½", "٣", "İ",
            "{1}", "**", "`", "RL-Agent-v", "9999999999999999999", "\u{202E}", "<b>", "e\u{301}", "ﬀ", "remove",
        ]
        return (0..<Int(random.next() % 12)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }

    // MARK: Figures

    @Test("percentages, with their sign where it matters")
    func percentages() {
        #expect(Figures.signedPercent(0.047) == "+4.7%")
        #expect(Figures.signedPercent(-0.0124, digits: 2) == "−1.24%")
        #expect(Figures.signedPercent(0.0004) == "0.0%" && Figures.signedPercent(-0.0004) == "0.0%")
        #expect(Figures.percent(0.12, digits: 0) == "12%" && Figures.percent(-0.5) == "−50.0%")
        for value in [Double.nan, .infinity, -.infinity] {
            #expect(
                [
                    Figures.signedPercent(value), Figures.percent(value), Figures.decimal(value, digits: 2),
                    Figures.signed(value, digits: 1), Figures.duration(value),
                ] == Array(repeating: "–", count: 5))
        }
    }

    @Test("counts in groups of three")
    func counts() {
        let expected = [0: "0", 7: "7", 999: "999", 1_000: "1,000", 182_000: "182,000", -1_234_567: "−1,234,567"]
        for (value, text) in expected { #expect(Figures.count(value) == text) }
    }

    @Test("prices with as many digits as they need")
    func prices() {
        #expect(Figures.price(42_283.584) == "42283.58")
        #expect(Figures.price(0.3312) == "0.331200")
        #expect(Figures.price(0.00001234) == "0.00001234")
    }

    @Test("durations in the two largest units")
    func durations() {
        let expected: [(Double, String)] = [
            (0.04, "0.0 s"), (-5, "0.0 s"), (9.94, "9.9 s"), (48, "48 s"), (89, "89 s"), (90, "1 min"), (720, "12 min"),
            (7_800, "2 h 10 min"),
            (7_200, "2 h"), (86_400, "24 h"), (273_600, "3 d 4 h"), (259_200, "3 d"),
        ]
        for (seconds, text) in expected { #expect(Figures.duration(seconds) == text, "\(seconds)") }
        #expect(!Figures.duration(1e300).isEmpty)
    }

    @Test("times in UTC, and in the schedule's zone with its name")
    func times() throws {
        let moment = Date(timeIntervalSince1970: 1_763_175_600)
        #expect(Figures.time(moment) == "2025-11-15 03:00 UTC")
        let berlin = Figures.time(moment, in: try #require(TimeZone(identifier: "Europe/Berlin")))
        #expect(berlin.hasPrefix("2025-11-15 04:00 ") && !berlin.hasSuffix(" "))
        #expect(Figures.time(moment, in: try #require(TimeZone(identifier: "UTC"))) == "2025-11-15 03:00 UTC")
    }
}

/// Steele, Lea and Flood 2014.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
