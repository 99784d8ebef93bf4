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
/// A sentence may hold `**bold**`, `` `code` `` and `{placeholders}`. Markup is read before placeholders are filled, so a value
/// can never become markup.
public struct Phrasebook: Sendable {
    public let language: Language
    package let sentences: [String: String]

    public static let english = Phrasebook(.english, json: BotText.english)
    public static let russian = Phrasebook(.russian, json: BotText.russian)

    public static func of(_ language: Language) -> Phrasebook { language == .russian ? russian : english }
    /// By the code stored with a user.
    public static func of(_ code: String) -> Phrasebook { of(Language(code: code)) }

    private init(_ language: Language, json: [UInt8]) {
        self.language = language
        // Built in and checked by a test; an unreadable book would show every key as its own sentence.
        sentences = (try? JSONDecoder().decode([String: String].self, from: Data(json))) ?? [:]
    }

    /// The sentence as inlines, placeholders filled.
    public func callAsFunction(_ key: String, _ values: KeyValuePairs<String, String> = [:]) -> [Inline] {
        Self.inlines(of: sentences[key] ?? key, values: Self.table(values))
    }

    /// The sentence without formatting, for button labels.
    public func plain(_ key: String, _ values: KeyValuePairs<String, String> = [:]) -> String {
        let bare = (sentences[key] ?? key).replacing("**", with: "").replacing("`", with: "")
        return Self.fill(bare, Self.table(values))
    }

    private static func table(_ values: KeyValuePairs<String, String>) -> [String: String] {
        Dictionary(values.map { ($0.key, $0.value) }) { $1 }
    }

    static func inlines(of sentence: String, values: [String: String]) -> [Inline] {
        var result: [Inline] = []
        var rest = sentence[...]
        while let start = rest.firstRange(of: /\*\*|`/) {
            let mark = rest[start]
            guard let end = rest[start.upperBound...].firstRange(of: String(mark)) else { break }
            append(.text(fill(String(rest[..<start.lowerBound]), values)), to: &result)
            let inner = fill(String(rest[start.upperBound..<end.lowerBound]), values)
            append(mark == "`" ? .code(inner) : .bold(inner), to: &result)
            rest = rest[end.upperBound...]
        }
        append(.text(fill(String(rest), values)), to: &result)
        return result
    }

    private static func append(_ inline: Inline, to result: inout [Inline]) {
        if case .text("") = inline { return }
        result.append(inline)
    }

    private static func fill(_ text: String, _ values: [String: String]) -> String {
        guard text.contains("{") else { return text }
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            result += rest[..<open]
            let name = String(rest[rest.index(after: open)..<close])
            result += values[name] ?? "{\(name)}"
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
