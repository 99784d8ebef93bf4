import ControlPlane
import Foundation
import Store
import Telegram

/// What a row of the outbox says. Texts of events are made when they are sent, from the event itself.
enum OutboxContent: Codable, Sendable {
    /// The answer to an order of user `to`.
    case answer(Answer, to: Int64)
    case event(Int64)
    case digest([Int64])
}

/// A claimed row with its message, buttons minted.
struct PreparedMessage: Sendable {
    let record: OutboxRecord
    let message: OutboundMessage
    let tokens: [String]
    let follows: LiveSubject?
}

/// Turns rows and answers into messages.
package struct MessagePreparer: Sendable {
    let control: ControlPlane
    /// Later than this many seconds a notice says how late it is.
    static let lateness: TimeInterval = 120

    package init(control: ControlPlane) { self.control = control }

    /// Mints the buttons of `answer` in the caller's transaction.
    package func prepare(
        _ answer: Answer, chat: Int64, user: Int64?, isSilent: Bool = false, isReply: Bool, in transaction: Transaction
    ) throws -> (message: OutboundMessage, tokens: [String]) {
        let expiry = control.now().addingTimeInterval(answer.buttonsLast)
        var tokens: [String] = []
        let buttons = try answer.buttons.map { row in
            try row.map { button in
                let token = ButtonToken.make()
                tokens.append(token)
                try transaction.save(
                    CallbackTokenRecord(
                        token: token, userId: user, chatId: chat, action: try JSON.text(button.order), expiresAt: expiry
                    ))
                return TransportButton(label: button.label, token: token)
            }
        }
        let message = OutboundMessage(
            chat: chat, text: answer.text, buttons: buttons.filter { !$0.isEmpty }, picture: answer.picture,
            isSilent: isSilent, isReply: isReply)
        return (message, tokens)
    }

    /// The message of a claimed row.
    func prepare(_ record: OutboxRecord, in transaction: Transaction) throws -> PreparedMessage {
        let content = try JSON.value(record.content, as: OutboxContent.self)
        let say = try language(of: record.chatId, in: transaction)
        var user: Int64?
        var answer: Answer
        switch content {
        case .answer(let stored, let recipient):
            answer = stored
            user = recipient
        case .event(let id):
            guard let event = try transaction.event(id) else {
                answer = Answer([say("notice.lost", ["id": "\(id)"])])
                break
            }
            answer = NoticeText(say: say, control: control).answer(for: try ControlEvent(event))
        case .digest(let ids):
            answer = try digest(ids, say: say, in: transaction)
        }
        answer.text += stamps(record, say: say)
        let isReply = record.class == NoticeClass.reply
        let (message, tokens) = try prepare(
            answer, chat: record.chatId, user: user, isSilent: record.silent, isReply: isReply, in: transaction)
        return PreparedMessage(record: record, message: message, tokens: tokens, follows: LiveSubject(answer))
    }

    private func language(of chat: Int64, in transaction: Transaction) throws -> Phrasebook {
        Phrasebook.of(try transaction.users().first { $0.chatId == chat }?.language ?? "en")
    }

    /// One message for all that waited: the first lines of each.
    private func digest(_ ids: [Int64], say: Phrasebook, in transaction: Transaction) throws -> Answer {
        var text = MessageText(lines: [say("notice.digest", ["count": "\(ids.count)"])])
        for record in try transaction.events(ids: ids) {
            let answer = NoticeText(say: say, control: control).answer(for: try ControlEvent(record))
            text.append(.blank)
            text += MessageText(Array(answer.text.blocks.prefix(4)))
        }
        return Answer(text)
    }

    private func stamps(_ record: OutboxRecord, say: Phrasebook) -> MessageText {
        var lines: [[Inline]] = []
        let late = control.now().timeIntervalSince(record.createdAt)
        if late > Self.lateness, record.class != NoticeClass.reply {
            lines.append(say("notice.late", ["late": Figures.duration(late)]))
        }
        if record.error != nil, record.attempts > 1, record.error == OutboxService.resentReason {
            lines.append(say("notice.resent"))
        }
        return MessageText(lines: lines)
    }
}
