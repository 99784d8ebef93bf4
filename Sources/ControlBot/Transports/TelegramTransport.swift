import Foundation
import Telegram

/// Carries messages by Telegram.
struct TelegramTransport: ChatTransport {
    let sender: MessageSender
    /// A message that could not leave within this time goes back to the outbox.
    static let patience: Duration = .seconds(20)

    func serves(_ chat: Int64) -> Bool { chat != TerminalChat.chat }

    func deliver(_ message: OutboundMessage) async -> DeliveryResult {
        var outgoing = Self.outgoing(message)
        outgoing.lifetime = Self.patience
        return Self.result(await sender.send(outgoing))
    }

    func edit(_ message: Int64, in chat: Int64, to text: MessageText, buttons: [[TransportButton]]) async {
        let outgoing = OutgoingMessage(
            to: chat, .edit(messageID: Int(message), text), buttons: Self.buttons(buttons), priority: .progress,
            lifetime: .seconds(10))
        // Progress that could not be shown is overtaken by the next.
        _ = await sender.send(outgoing)
    }

    static func outgoing(_ message: OutboundMessage) -> OutgoingMessage {
        var content = OutgoingMessage.Content.text(message.text)
        // A picture that is gone by now leaves the text, which is complete without it.
        if let path = message.picture, let data = FileManager.default.contents(atPath: path) {
            content = .photo(.png(URL(fileURLWithPath: path).lastPathComponent, data), caption: message.text)
        }
        return OutgoingMessage(
            to: message.chat, content, buttons: buttons(message.buttons), isSilent: message.isSilent,
            priority: message.isReply ? .reply : .notice)
    }

    static func buttons(_ rows: [[TransportButton]]) -> [[Button]] {
        rows.map { $0.map { Button($0.label, callbackData: $0.token) } }
    }

    static func result(_ outcome: SendOutcome) -> DeliveryResult {
        switch outcome {
        case .sent(let receipt):
            return .delivered(message: receipt.messageID.map(Int64.init), movedTo: receipt.migratedTo)
        case .uncertain(let reason): return .uncertain(reason)
        case .superseded: return .delivered(message: nil, movedTo: nil)
        case .failed(let failure):
            switch failure {
            case .expired, .queueFull, .stopped: return .unavailable("\(failure)")
            case .refused, .empty: return .refused("\(failure)", isChatGone: outcome.chatGone != nil)
            }
        }
    }
}
