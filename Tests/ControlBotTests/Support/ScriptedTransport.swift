import ControlBot
import Synchronization
import Telegram
import Testing

/// A message as it stands in a chat.
struct Shown: Sendable {
    let id: Int64
    let chat: Int64
    let text: String
    let buttons: [TransportButton]
    let isSilent: Bool
}

/// A chat service that does what the script says, and delivers once it is at its end.
final class ScriptedTransport: ChatTransport {
    private struct State {
        var script: [DeliveryResult] = []
        var shown: [Shown] = []
        var attempts = 0
    }

    private let state = Mutex(State())

    func play(_ results: DeliveryResult...) { state.withLock { $0.script = results } }

    /// What reached a chat.
    var shown: [Shown] { state.withLock { $0.shown } }
    /// Deliveries tried.
    var attempts: Int { state.withLock { $0.attempts } }

    func serves(_ chat: Int64) -> Bool { true }

    func deliver(_ message: OutboundMessage) async -> DeliveryResult {
        let text = message.text.plain
        #expect(text.firstMatch(of: /\{[a-zA-Z]+\}/) == nil, "an unfilled placeholder: \(text)")
        return state.withLock { state in
            state.attempts += 1
            let number = Int64(100 + state.attempts)
            let result = state.script.isEmpty ? .delivered(message: number, movedTo: nil) : state.script.removeFirst()
            guard case .delivered(let id, _) = result else { return result }
            state.shown.append(
                Shown(
                    id: id ?? number, chat: message.chat, text: text, buttons: message.buttons.flatMap { $0 },
                    isSilent: message.isSilent))
            return .delivered(message: id ?? number, movedTo: result.movedTo)
        }
    }

    func edit(_ message: Int64, in chat: Int64, to text: MessageText, buttons: [[TransportButton]]) async {}
}

extension DeliveryResult {
    var movedTo: Int64? { if case .delivered(_, let chat) = self { chat } else { nil } }
}
