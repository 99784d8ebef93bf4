import Foundation
import Settings
import Testing

@Suite("Reading the file")
struct SyntaxTests {
    @Test(
        "what is not JSON is refused with line, column and reason",
        arguments: [
            ("", 1, 1, "the file ends where a value should stand"),
            (
                "{\n  \"http\": {\n    \"port\": 80,\n  }\n}", 4, 3,
                "expected a name in quotation marks after the comma, found “}”"
            ),
            ("{\"http\" {}}", 1, 9, "expected a colon after “http”, found “{”"),
            ("{\"http\": {\"port\": 80}", 1, 22, "the file ends where a comma or } should stand"),
            ("{\n// port\n}", 2, 1, "JSON has no comments; expected a name in quotation marks or }"),
            ("{'http': 1}", 1, 2, "text stands in \" \", not in ' '; expected a name in quotation marks or }"),
            ("{\"http\": {\"enabled\": yes}}", 1, 22, "“yes” is not a value; text stands in quotation marks"),
            ("{\"http\": {\"port\": 080}}", 1, 19, "a number has no leading zeros"),
            ("{\"http\": {\"host\": \"a\nb\"}}", 1, 21, "a line break or control character inside quotation marks"),
            ("{\"é\": x}", 1, 7, "“x” is not a value; text stands in quotation marks"),
            ("{\"http\": {}, \"http\": {}}", 1, 14, "“http” stands twice in this object"),
            ("{} {}", 1, 4, "expected nothing after the closing brace, found “{”"),
            ("{\"a\": \"\\ud800\"}", 1, 8, "half of a surrogate pair"),
            (String(repeating: "[", count: 100), 1, 34, "nested deeper than 32 levels"),
        ])
    func place(text: String, line: Int, column: Int, reason: String) {
        #expect(throws: SettingsError.syntax(file: "marketflow.json", line: line, column: column, reason: reason)) {
            try load(text)
        }
    }

    @Test("bytes that are not UTF-8 are refused")
    func encoding() {
        #expect(throws: SettingsError.syntax(file: "f", line: 1, column: 2, reason: "this text is not UTF-8")) {
            try Settings.load(document: ("f", [0x7B, 0x22, 0xFF, 0x22]), environment: [:], overrides: [])
        }
    }

    @Test("a byte order mark, escapes and every white space are read")
    func lenient() throws {
        let settings = try load("\u{FEFF}\r\n\t{\"database\": {\"path\": \"\\u0064\\/\\ud83d\\ude00\\\"\"}}\n")
        #expect(settings.database.path == "d/😀\"")
    }

    @Test("a file that cannot be read is one sentence")
    func unreadable() throws {
        #expect(throws: SettingsError.unreadable(file: "/nowhere/marketflow.json", reason: "no such file or directory"))
        {
            try Settings.load(file: "/nowhere/marketflow.json")
        }
        #expect(throws: SettingsError.unreadable(file: "/", reason: "is a directory")) { try Settings.load(file: "/") }
        #expect(throws: SettingsError.unreadable(file: "/dev/zero", reason: "it is larger than 1024 KiB")) {
            try Settings.load(file: "/dev/zero")
        }
    }

    @Test("no damage to a file crashes, and what is JSON is what Foundation says is JSON")
    func damaged() {
        let whole = Array(
            #"{"training": {"steps": -1.5e+3, "seed": 12}, "market": {"symbols": ["A\n", "\u00e9"], "x": [true, null, {}]}}"#
                .utf8)
        let alphabet = Array(#"{}[]:,"\ 0189.eE+-truefalsnu"#.utf8)
        var random = SplitMix64(state: 7)
        for _ in 0..<4000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = bytes.indices.randomElement(using: &random) ?? 0
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = alphabet.randomElement(using: &random) ?? 0
                case 1: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: index)
                default: bytes.remove(at: index)
                }
            }
            // Foundation's verdict is all that is asked for.
            let isJSON = (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
            #expect(isRead(bytes) == isJSON, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test("no bytes at all crash")
    func noise() {
        var random = SplitMix64(state: 11)
        for _ in 0..<300 {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = isRead(bytes)
            let text = String(decoding: bytes, as: UTF8.self)
            // Whether it is refused does not matter here.
            _ = try? load(
                environment: ["MARKETFLOW_" + text: text], set: [text, "training.steps=" + text, text + "=1"])
        }
    }

    @Test("random values under real names are taken or refused, never more")
    func randomValues() throws {
        var random = SplitMix64(state: 13)
        let values = [
            "0", "-1", "1e3", "1.5", "true", "null", "\"\"", "\"x\"", "[]", "[1]", "{}", "{\"a\":1}", "\"UTC\"",
            "18446744073709551616",
        ]
        for row in Settings().rows {
            let parts = row.path.split(separator: ".")
            for _ in 0..<8 {
                let value = values.randomElement(using: &random) ?? "0"
                let file = "{\"\(parts[0])\": {\"\(parts[1])\": \(value)}}"
                do {
                    _ = try load(file)
                } catch {
                    #expect(error.description.contains(parts[1]), "\(file) \(error)")
                }
            }
        }
    }

    /// Whether these bytes are JSON to us; a name given twice is refused on purpose and counts as read.
    private func isRead(_ bytes: [UInt8]) -> Bool {
        do {
            _ = try Settings.load(document: ("f", bytes), environment: [:], overrides: [])
            return true
        } catch {
            guard case .syntax(_, _, _, let reason) = error else { return true }
            return reason.hasSuffix("stands twice in this object")
        }
    }
}
