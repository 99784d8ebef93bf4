import Foundation
import Settings
import Testing

private let token = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_0123"

@Suite("Secrets")
struct SecretsTests {
    @Test("a secret does not print, whichever way it is printed")
    func masked() throws {
        struct Holder: Encodable { let secret = Secret(token) }
        let secret = Secret(token)
        var dumped = ""
        dump(Holder(), to: &dumped)
        let encoded = String(decoding: try JSONEncoder().encode(Holder()), as: UTF8.self)
        let printed = [
            "\(secret)", String(reflecting: secret), String(describing: Holder()), String(describing: Optional(secret)),
            "\(Mirror(reflecting: secret).children.map { $0.value })", dumped, encoded,
            "\(Secrets([.telegramBotToken: secret]))",
        ]
        for text in printed { #expect(!text.contains("AAF")) }
        #expect("\(secret)" == "••••")
        #expect(secret.reveal() == token)
    }

    @Test(
        "two texts match only if they are the same",
        arguments: [
            ("abc", "abc", true), ("abc", "abd", false), ("abc", "abcabc", false), ("", "a", false), ("a", "", false),
        ])
    func matches(secret: String, other: String, same: Bool) {
        #expect(Secret(secret).matches(other) == same)
    }

    @Test("a credential file wins over the environment, and loses its line break")
    func sources() throws {
        let directory = try TemporaryDirectory(files: ["telegram_bot_token": "\(token)\n", "openai_api_key": "\n"])
        let environment = [
            "TELEGRAM_BOT_TOKEN": "other", "HTTP_TOKEN": " abc\n", "OPENAI_API_KEY": "fallback", "MISTRAL_API_KEY": "",
        ]
        let secrets = try Secrets.load(environment: environment, credentialsDirectory: directory.path)
        #expect(secrets.telegramBotToken?.reveal() == token)
        #expect(secrets.httpToken?.reveal() == "abc")
        #expect(secrets.openaiAPIKey?.reveal() == "fallback")
        #expect(secrets.mistralAPIKey == nil)
        #expect(secrets.anthropicAPIKey == nil)
        let same = try Secrets.load(environment: ["CREDENTIALS_DIRECTORY": directory.path])
        #expect(same[.telegramBotToken]?.reveal() == token)
    }

    @Test("a private key keeps its lines, a token may have none")
    func lines() throws {
        let key = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"
        #expect(
            try Secrets.load(environment: ["SNOWFLAKE_PRIVATE_KEY": key + "\n"]).snowflakePrivateKey?.reveal() == key)
        #expect(throws: SecretsError.malformed(.httpToken)) {
            try Secrets.load(environment: ["HTTP_TOKEN": "a\r\nHost: b"])
        }
    }

    @Test("a credential that is there but cannot be read is an error, not an absence")
    func unreadable() throws {
        let directory = try TemporaryDirectory(files: ["telegram_bot_token/x": ""])
        let path = directory.path + "/telegram_bot_token"
        #expect(throws: SecretsError.unreadable(.telegramBotToken, file: path, reason: "is a directory")) {
            try Secrets.load(environment: [:], credentialsDirectory: directory.path)
        }
    }

    @Test(
        "a secret among the settings is refused, unseen, with the place where it belongs",
        arguments: [
            #"{"telegram": {"bot_token": "SECRET"}}"#, #"{"telegram_bot_token": "SECRET"}"#,
            #"{"telegram": {"token": "SECRET"}}"#,
            #"{"telegram": {"telegram_bot_token": "SECRET"}}"#, #"{"tokn": "SECRET"}"#,
            #"{"telegram": {"api_base_url": "https://api.telegram.org/botSECRET"}}"#,
        ])
    func inFile(file: String) {
        let text = complaint(file.replacing("SECRET", with: token))
        #expect(text.contains("holds a secret"))
        #expect(text.contains("the file telegram_bot_token in $CREDENTIALS_DIRECTORY"))
        #expect(text.contains("environment variable TELEGRAM_BOT_TOKEN"))
        #expect(!text.contains("AAF"))
    }

    @Test("so it is in an override and under a wrong variable")
    func elsewhere() {
        let texts = [
            complaint(set: ["telegram.bot_token=\(token)"]), complaint(set: ["database.path=\(token)"]),
            complaint(environment: ["MARKETFLOW_TELEGRAM_BOT_TOKEN": token]),
            complaint(environment: ["MARKETFLOW_TELEGRAM_API_BASE_URL": "https://h/bot\(token)"]),
            complaint(#"{"warehouse": {"key": "-----BEGIN PRIVATE KEY-----"}}"#),
            complaint(#"{"llm": {"openai_api_key": "AAF"}}"#),
        ]
        #expect(complaint(set: [token]) == "--set: write key=value, as in --set training.steps=20000.")
        for text in texts {
            #expect(text.contains("holds a secret"))
            #expect(!text.contains("AAF"))
        }
    }
}

/// A folder that goes when the test does.
private final class TemporaryDirectory {
    let path: String

    init(files: [String: String]) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "marketflow-\(UUID())").path
        for (name, content) in files {
            let file = URL(filePath: path).appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(content.utf8).write(to: file)
        }
    }

    deinit {
        // A left-over folder in /tmp is no reason to fail.
        try? FileManager.default.removeItem(atPath: path)
    }
}
