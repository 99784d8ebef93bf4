import Foundation
import Synchronization

/// Several models in turn: the next is asked when one cannot answer. Each is left alone for a while after repeated failures, and may
/// have a daily limit.
public final class ModelChain: ChatModel {
    public struct Link: Sendable {
        public var model: any ChatModel
        /// Shortens the request's own deadline.
        public var deadline: Duration
        /// Nil: costs nothing.
        public var limit: SpendingLimit?

        public init(_ model: any ChatModel, deadline: Duration, limit: SpendingLimit? = nil) {
            self.model = model
            self.deadline = deadline
            self.limit = limit
        }
    }

    private struct State {
        var breakers: [CircuitBreaker]
        var spending: DailySpending
    }

    public let links: [Link]
    private let state: Mutex<State>
    private let epoch = ContinuousClock.now
    private let now: @Sendable () -> Date
    private let onSpending: @Sendable (DailySpending) -> Void

    public var name: String { links.first?.model.name ?? "" }
    public var spending: DailySpending { state.withLock { $0.spending } }

    /// - Parameters:
    ///   - spending: what was spent so far, as `onSpending` told it last.
    ///   - onSpending: told after every call that counts.
    public init(
        _ links: [Link], spending: DailySpending = DailySpending(), now: @escaping @Sendable () -> Date = { Date() },
        onSpending: @escaping @Sendable (DailySpending) -> Void = { _ in }
    ) {
        self.links = links
        self.now = now
        self.onSpending = onSpending
        state = Mutex(State(breakers: links.map { _ in CircuitBreaker() }, spending: spending))
    }

    /// - Throws: the last model's error, when none of them answered.
    public func respond(
        to request: ChatRequest, onText: (@Sendable (String) async -> Void)?
    ) async throws(ModelError) -> ChatResponse {
        var last = ModelError.noModel
        for (index, link) in links.enumerated() {
            let shown = ShownMark()
            var passOn: (@Sendable (String) async -> Void)?
            if let onText {
                passOn = { text in
                    shown.set()
                    await onText(text)
                }
            }
            do {
                return try await ask(index, link, request, passOn)
            } catch {
                last = error
                if error == .cancelled || shown.isSet { throw error }
            }
        }
        throw last
    }

    private func ask(
        _ index: Int, _ link: Link, _ request: ChatRequest, _ onText: (@Sendable (String) async -> Void)?
    ) async throws(ModelError) -> ChatResponse {
        if let limit = link.limit, let refusal = spending.refusal(limit, at: now()) { throw .limitReached(refusal) }
        let elapsed = ContinuousClock.now - epoch
        if let wait = state.withLock({ $0.breakers[index].wait(at: elapsed) }) {
            throw .resting(seconds: Int((wait / .seconds(1)).rounded(.up)))
        }
        var request = request
        request.deadline = min(request.deadline, link.deadline)
        do {
            let response = try await link.model.respond(to: request, onText: onText)
            state.withLock { $0.breakers[index].succeed() }
            spend(response.usage ?? .estimate(request, answer: response.text), link)
            return response
        } catch {
            note(error, index)
            // What broke off was written and will be billed.
            if case .brokenOff = error { spend(.estimate(request, answer: ""), link) }
            throw error
        }
    }

    private func note(_ error: ModelError, _ index: Int) {
        let elapsed = ContinuousClock.now - epoch
        state.withLock { state in
            switch error {
            case .cancelled, .busy, .tooLong, .limitReached: state.breakers[index].leaveOpen()
            default: state.breakers[index].fail(at: elapsed)
            }
        }
    }

    private func spend(_ usage: TokenUsage, _ link: Link) {
        guard let limit = link.limit else { return }
        let moment = now()
        let spent = state.withLock { state in
            state.spending.add(usage, limit, at: moment)
            return state.spending
        }
        onSpending(spent)
    }
}
