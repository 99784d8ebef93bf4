import Foundation
import LanguageModels
import PromptText

/// The languages in which models are asked to write.
public enum NarrationLanguage: String, Codable, Sendable, Hashable, CaseIterable {
    case english = "en"
    case russian = "ru"

    /// English unless the code says Russian.
    public init(code: String) { self = code.lowercased().hasPrefix("ru") ? .russian : .english }
}

/// The built-in prompts, word lists and schemas. A test reads all of them.
package enum PromptBook {
    /// Told with every stored answer; raised whenever a prompt, schema or the verifier changes what passes.
    public static let version = 1

    static func explain(_ language: NarrationLanguage) -> String {
        text(language == .russian ? PromptText.explainRussian : PromptText.explainEnglish)
    }

    static var signal: String { text(PromptText.signal) }

    package static func labels(_ language: NarrationLanguage) -> [String: String] {
        language == .russian ? russianLabels : englishLabels
    }

    package static func schema(_ bytes: [UInt8], choices: [String: [String]] = [:]) throws -> OutputSchema {
        try OutputSchema(JSONValue(parsing: bytes), choices: choices)
    }

    private static let englishLabels = table(PromptText.factsEnglish)
    private static let russianLabels = table(PromptText.factsRussian)

    private static func table(_ bytes: [UInt8]) -> [String: String] {
        // Built in and checked by a test; a label that is missing shows the value's name.
        (try? JSONDecoder().decode([String: String].self, from: Data(bytes))) ?? [:]
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
