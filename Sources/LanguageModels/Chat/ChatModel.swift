/// Something that answers a ``ChatRequest``: a remote service, a server of our own, or several in turn.
public protocol ChatModel: Sendable {
    /// For people and records: `mistral-small-latest`.
    var name: String { get }

    /// Answers once.
    ///
    /// - Parameter onText: gets the pieces of the text as they arrive; without it the answer is fetched whole.
    ///   What was handed out is never taken back: after the first piece nothing is retried.
    func respond(
        to request: ChatRequest, onText: (@Sendable (String) async -> Void)?
    ) async throws(ModelError) -> ChatResponse
}

/// A step of a streamed answer.
public enum ChatEvent: Sendable, Hashable {
    case text(String)
    /// Always the last.
    case finished(ChatResponse)
}

extension ChatModel {
    public func respond(to request: ChatRequest) async throws(ModelError) -> ChatResponse {
        try await respond(to: request, onText: nil)
    }

    /// The answer piece by piece, then ``ChatEvent/finished(_:)``; throws ``ModelError``. Whoever stops reading cancels the call.
    public func stream(_ request: ChatRequest) -> AsyncThrowingStream<ChatEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    let response = try await respond(to: request) { continuation.yield(.text($0)) }
                    continuation.yield(.finished(response))
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
