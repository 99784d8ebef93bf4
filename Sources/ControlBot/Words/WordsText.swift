import ControlPlane
import Narration
import Telegram

/// How a worded answer reads in a chat. Every sentence is plain text: what a model wrote can never become markup.
enum WordsText {
    static func growing(_ sentences: [VerifiedSentence], _ say: Phrasebook) -> MessageText {
        MessageText(lines: lines(sentences) + [[.text("…")]])
    }

    static func final(_ explanation: Narrator.Explanation, _ say: Phrasebook) -> MessageText {
        switch explanation.outcome {
        case .worded(let sentences, let isAnswered):
            let ids = Set(sentences.flatMap(\.evidence)).sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
            let unanswered = isAnswered ? [] : [say("words.unanswered")]
            let footer = say(
                "words.footer", ["model": explanation.model, "evidence": ids.joined(separator: ", ")])
            return MessageText(lines: unanswered + lines(sentences) + [[], footer])
        case .rejected(let count):
            return MessageText(lines: [
                say("words.rejected", ["model": explanation.model, "count": "\(count)"])
            ])
        case .failed(let error):
            return MessageText(lines: [say("words.failed", ["reason": "\(error)"])])
        }
    }

    private static func lines(_ sentences: [VerifiedSentence]) -> [[Inline]] {
        sentences.enumerated().map { index, sentence in [.text((index == 0 ? "💬 " : "") + sentence.text)] }
    }
}
