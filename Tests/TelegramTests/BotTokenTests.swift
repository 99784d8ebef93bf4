import Foundation
import Telegram
import Testing

@Suite("A bot token")
struct BotTokenTests {
    private static let text = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"

    @Test("does not print in any way")
    func doesNotPrint() throws {
        let token = try BotToken(Self.text)
        var dumped = ""
        dump(token, to: &dumped)
        let encoded = String(decoding: try JSONEncoder().encode([token]), as: UTF8.self)
        let client = BotClient(token: token)
        var dumpedClient = ""
        dump(client, to: &dumpedClient)
        let texts = [
            "\(token)", String(reflecting: token), String(describing: token), dumped, encoded, token.fingerprint,
            "\(client)", dumpedClient, "\(Mirror(reflecting: token).children.map { "\($0)" })",
        ]
        for text in texts {
            #expect(!text.contains("AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"))
        }
    }

    @Test("shows its public half and a stable fingerprint")
    func fingerprint() throws {
        let token = try BotToken(Self.text)
        #expect(token.botID == 110_201_543)
        // FNV-1a 64 of the text, folded to 32 bits by xor, worked out in Python.
        #expect(token.fingerprint == "110201543-1e9f6a6b")
        #expect(try BotToken(" \(Self.text)\n") == token)
        #expect(try BotToken(Self.text + "x").fingerprint != token.fingerprint)
    }

    @Test(
        "is refused when malformed, without being repeated",
        arguments: [
            "", "   ", "abc", "110201543", "0110:AAH", "x1:AAH", "1:", "1:ab cd", "1:ab/cd", "1:привет",
            "1:" + String(repeating: "a", count: 80),
        ])
    func malformed(text: String) {
        #expect {
            try BotToken(text)
        } throws: { error in
            text.count < 4 || !"\(error)".contains(text)
        }
    }
}

@Suite("A Bot API address")
struct BotServerTests {
    @Test("loses the slash at its end")
    func slash() throws {
        #expect(try BotServer("http://127.0.0.1:8081/").baseURL == "http://127.0.0.1:8081")
        #expect(try BotServer("https://example.org/bot-api//").baseURL == "https://example.org/bot-api")
    }

    @Test(
        "is refused when it is none",
        arguments: ["", "api.telegram.org", "ftp://a", "http://", "https:///x", "http://a?b", "http://a b"])
    func malformed(text: String) {
        #expect(throws: BotServerError.self) { try BotServer(text) }
    }
}
