import Analyst
import Foundation
import PromptText

/// Which words a worded answer may not hold, or only with figures of the right sign.
struct Lexicon: Sendable, Decodable {
    let numbers: Set<String>
    let numberParts: [String]
    let numberEnds: [String]
    let up, down, profit, loss, long, short: Set<String>
    let upStems, downStems, profitStems, lossStems: [String]
    let negations: Set<String>
    let advice: Set<String>
    let adviceStems: [String]
    let coins: Set<String>

    private static let english = read(PromptText.lexiconEnglish)
    private static let russian = read(PromptText.lexiconRussian)

    /// Both always apply: a Russian sentence may hold an English word.
    static let all = [english, russian].compactMap(\.self)

    /// Nil only if a built-in file is broken, which a test would tell; then nothing passes, see ``Verifier``.
    private static func read(_ bytes: [UInt8]) -> Lexicon? {
        try? JSONDecoder().decode(Lexicon.self, from: Data(bytes))
    }

    func isNumber(_ word: String) -> Bool {
        numbers.contains(word) || numberParts.contains { word.contains($0) }
            || numberEnds.contains { word.hasSuffix($0) }
    }

    func isAdvice(_ word: String) -> Bool { advice.contains(word) || adviceStems.contains { word.hasPrefix($0) } }

    func isNegation(_ word: String) -> Bool {
        negations.contains(word) || word.hasSuffix("n't") || word.hasSuffix("n’t")
    }

    /// What direction the word gives, and about what. Of stems the longest counts: “unfavourable” is no “favour”.
    func direction(_ word: String) -> (topic: FactValue.Topic, sign: Int)? {
        if long.contains(word) { return (.side, 1) }
        if short.contains(word) { return (.side, -1) }
        if profit.contains(word) { return (.outcome, 1) }
        if loss.contains(word) { return (.outcome, -1) }
        if up.contains(word) { return (.price, 1) }
        if down.contains(word) { return (.price, -1) }
        if lossStems.contains(where: { word.hasPrefix($0) }) { return (.outcome, -1) }
        if profitStems.contains(where: { word.hasPrefix($0) }) { return (.outcome, 1) }
        if downStems.contains(where: { word.hasPrefix($0) }) { return (.price, -1) }
        if upStems.contains(where: { word.hasPrefix($0) }) { return (.price, 1) }
        return nil
    }
}
