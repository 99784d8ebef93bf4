import Logging
import Synchronization

/// Sends messages: in order per chat, urgent ones first, within the limits, repaired where the server refuses a detail.
/// Who goes when is decided by ``SendScheduling``, what an answer means by `Delivery`.
public final class MessageSender: Sendable {
    /// Told once about every message handed to ``submit(_:id:)``, unless the sender is stopped before its turn. The chat's
    /// next message waits until it returns, so that what was sent can be recorded first.
    public typealias Completion = @Sendable (_ id: Int64, _ outcome: SendOutcome) async -> Void

    private let client: BotClient
    private let logger: Logger
    private let completion: Completion
    private let state: Mutex<SenderState>
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    public init(
        client: BotClient, settings: SendSettings = SendSettings(), logger: Logger = Logger(label: "telegram.sender"),
        completion: @escaping Completion = { _, _ in }
    ) {
        self.client = client
        self.logger = logger
        self.completion = completion
        state = Mutex(SenderState(settings: settings, now: .now))
        // One waiting signal stands for all: each makes the worker look at everything.
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    public var status: SenderStatus { state.withLock { $0.status } }

    /// Takes a message of an outbox; its fate is told to the completion under the same id. An id that is here already is
    /// not taken a second time.
    public func submit(_ message: OutgoingMessage, id: Int64) {
        state.withLock { $0.submit(message, from: .outbox(id), at: .now) }
        signal.yield()
    }

    /// Sends and waits for the outcome. Needs ``run()`` under way.
    public func send(_ message: OutgoingMessage) async -> SendOutcome {
        await withCheckedContinuation { continuation in
            state.withLock { $0.submit(message, from: .caller(continuation), at: .now) }
            signal.yield()
        }
    }

    /// Works until the task is cancelled; then nothing new begins, and calls under way get a moment to end. Callers of
    /// ``send(_:)`` that still wait are told ``SendFailure/stopped``; messages of the outbox stay there. Run it once.
    public func run() async {
        // Not a child: the cancellation must not reach the calls under way.
        let worker = Task { await work() }
        await withTaskCancellationHandler {
            await worker.value
        } onCancel: {
            state.withLock { $0.isStopping = true }
            signal.yield()
        }
        state.withLock { $0.abandonAll() }
    }

    private func work() async {
        await withDiscardingTaskGroup { group in
            var drain: Task<Void, Never>?
            for await _ in signals {
                let agenda = state.withLock { $0.agenda(at: .now) }
                for settled in agenda.settled {
                    group.addTask { await self.tell(settled.id, settled.outcome) }
                }
                for sending in agenda.sendings {
                    group.addTask { await self.performAll(from: sending) }
                }
                if let wake = agenda.wake {
                    group.addTask {
                        // why: cancelled only when the work is over.
                        try? await Task.sleep(until: wake, clock: .continuous)
                        self.signal.yield()
                    }
                }
                if agenda.isStopping, drain == nil {
                    drain = Task {
                        try? await Task.sleep(for: agenda.drain)  // why: as above
                        state.withLock { $0.isDrained = true }
                        signal.yield()
                    }
                }
                if agenda.isOver { break }
            }
            drain?.cancel()
            group.cancelAll()
        }
    }

    /// One call after the other for as long as there is something to send at once.
    private func performAll(from first: SenderState.Sending) async {
        var next: SenderState.Sending? = first
        while let sending = next {
            await perform(sending)
            next = state.withLock { $0.nextSending(at: .now) }
        }
        signal.yield()
    }

    private func perform(_ sending: SenderState.Sending) async {
        let result: Result<Int?, APIFailure>
        do {
            result = .success(try await client.perform(sending.call, in: sending.chat))
        } catch {
            result = .failure(error)
            logger.debug("\(error)")
            // Silence may mean that the network forgot our connections: the idle ones would be the next to fall silent.
            if error.verdict == .uncertain, error.code == nil { client.transport.renew() }
        }
        let finished = state.withLock { $0.answered(sending.ticket, result, at: .now) }
        if let finished {
            log(finished.outcome)
            switch finished.origin {
            case .outbox(let id): await tell(id, finished.outcome)
            case .caller(let continuation): continuation.resume(returning: finished.outcome)
            }
            state.withLock { $0.done(sending.ticket, at: .now) }
        }
    }

    private func tell(_ id: Int64, _ outcome: SendOutcome) async {
        await completion(id, outcome)
        state.withLock { $0.forget(id) }
    }

    private func log(_ outcome: SendOutcome) {
        switch outcome {
        case .sent, .superseded: break
        case .uncertain(let reason): logger.warning("A message may not have arrived. \(reason)")
        case .failed(let failure): logger.warning("A message was not sent. \(failure)")
        }
    }
}

extension BotClient {
    /// - Returns: the id of the message sent or edited, where there is one.
    fileprivate func perform(_ call: Delivery.Call, in chat: Int64) async throws(APIFailure) -> Int? {
        switch call {
        case .sendMessage(let part, let options): return try await sendMessage(part, to: chat, options: options).id
        case .sendPhoto(let photo, let caption, let options):
            return try await sendPhoto(photo, caption: caption, to: chat, options: options).id
        case .sendDocument(let file, let caption, let options):
            return try await sendDocument(file, caption: caption, to: chat, options: options).id
        case .editText(let id, let part, let keyboard):
            try await editMessageText(part, in: chat, message: id, keyboard: keyboard)
            return id
        case .editCaption(let id, let part, let keyboard):
            try await editMessageCaption(part, in: chat, message: id, keyboard: keyboard)
            return id
        case .editButtons(let id, let keyboard):
            try await editMessageReplyMarkup(keyboard, in: chat, message: id)
            return id
        case .delete(let id):
            try await deleteMessage(id, in: chat)
            return nil
        case .answer(let id, let text, let isAlert):
            try await answerCallbackQuery(id, text: text, isAlert: isAlert)
            return nil
        }
    }
}
