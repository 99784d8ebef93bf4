import BotText
import ControlPlane
import Foundation
import Telegram

/// Languages the chat speaks.
public enum Language: String, Codable, Sendable, CaseIterable {
    case english = "en"
    case russian = "ru"

    /// The nearest to what a chat client reports (`ru-RU`, `en`, …); English when unknown.
    public init(code: String?) {
        self = code?.lowercased().hasPrefix("ru") == true ? .russian : .english
    }
}

/// The sentences of one language, by key.
///
/// A sentence may hold `**bold**`, `` `code` `` and `{placeholders}`. Markup is read once, before placeholders are filled, so a
/// value can never become markup.
public struct Phrasebook: Sendable {
    public let language: Language
    package let texts: [String: String]
    private let sentences: [String: Sentence]

    public static let english = Phrasebook(.english, json: BotText.english)
    public static let russian = Phrasebook(.russian, json: BotText.russian)

    public static func of(_ language: Language) -> Phrasebook { language == .russian ? russian : english }
    /// By the code stored with a user.
    public static func of(_ code: String) -> Phrasebook { of(Language(code: code)) }

    private init(_ language: Language, json: [UInt8]) {
        self.language = language
        // Built in and checked by a test; an unreadable book would show every key as its own sentence.
        texts = (try? JSONDecoder().decode([String: String].self, from: Data(json))) ?? [:]
        sentences = texts.mapValues { Sentence($0) }
    }

    /// The sentence as inlines, placeholders filled.
    public func callAsFunction(_ key: String, _ values: KeyValuePairs<String, String> = [:]) -> [Inline] {
        (sentences[key] ?? Sentence(key)).filled(with: values)
    }

    /// The sentence without formatting, for button labels.
    public func plain(_ key: String, _ values: KeyValuePairs<String, String> = [:]) -> String {
        (sentences[key] ?? Sentence(key)).plain(with: values)
    }
}
