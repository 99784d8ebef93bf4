import Analyst
import Foundation
import LanguageModels
import PromptText

/// The built-in prompts, labels, word lists and schemas. A test reads all of them.
package enum PromptBook {
    /// Stored with every answer; raised whenever a prompt, a schema or the verifier changes.
    public static let version = 1

    static func explain(_ language: AnswerLanguage) -> String {
        text(language == .russian ? PromptText.explainRussian : PromptText.explainEnglish)
    }

    static var signal: String { text(PromptText.signal) }

    /// By `kind.value`; what has no label is not offered to a model.
    package static func labels(_ language: AnswerLanguage) -> [String: String] {
        language == .russian ? russianLabels : englishLabels
    }

    package static func schema(_ bytes: [UInt8], choices: [String: [String]] = [:]) throws -> OutputSchema {
        try OutputSchema(JSONValue(parsing: bytes), choices: choices)
    }

    private static let englishLabels = table(PromptText.factsEnglish)
    private static let russianLabels = table(PromptText.factsRussian)

    private static func table(_ bytes: [UInt8]) -> [String: String] {
        // Built in and checked by a test; without labels a model would be offered nothing.
        (try? JSONDecoder().decode([String: String].self, from: Data(bytes))) ?? [:]
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
