import Foundation
import LanguageModels
import Synchronization
import Testing

@Suite("Models in turn")
struct ModelChainTests {
    /// Answers by its script.
    final class Scripted: ChatModel {
        let name: String
        private let script: Mutex<[Result<ChatResponse, ModelError>]>
        private let count = Mutex(0)
        private let shows: String?

        init(_ name: String, shows: String? = nil, _ script: [Result<ChatResponse, ModelError>]) {
            self.name = name
            self.shows = shows
            self.script = Mutex(script)
        }

        var calls: Int { count.withLock { $0 } }

        func respond(
            to request: ChatRequest, onText: (@Sendable (String) async -> Void)?
        ) async throws(ModelError) -> ChatResponse {
            count.withLock { $0 += 1 }
            if let shows { await onText?(shows) }
            let step = script.withLock { $0.count > 1 ? $0.removeFirst() : $0.first }
            switch step {
            case .success(let response): return response
            case .failure(let error): throw error
            case nil: throw .noModel
            }
        }
    }

    static func answer(_ text: String, _ usage: TokenUsage? = nil) -> Result<ChatResponse, ModelError> {
        .success(ChatResponse(text: text, finishReason: .stop, usage: usage, model: "m"))
    }

    let request = ChatRequest(system: "", messages: [.init(.user, "?")])

    @Test("the next is asked when one cannot answer, and the last one's reason is told")
    func fallback() async throws {
        let local = Scripted("local", [.failure(.serverDown("no file"))])
        let remote = Scripted("remote", [Self.answer("hello")])
        let chain = ModelChain([.init(local, deadline: .seconds(1)), .init(remote, deadline: .seconds(1))])
        #expect(try await chain.respond(to: request).text == "hello")
        let none = ModelChain([
            .init(Scripted("a", [.failure(.busy)]), deadline: .seconds(1)),
            .init(Scripted("b", [.failure(.silent)]), deadline: .seconds(1)),
        ])
        await #expect(throws: ModelError.silent) { try await none.respond(to: request) }
        await #expect(throws: ModelError.noModel) { try await ModelChain([]).respond(to: request) }
    }

    @Test("after the first piece of text nobody else is asked")
    func shown() async throws {
        let first = Scripted("a", shows: "half a sen", [.failure(.brokenOff("end"))])
        let second = Scripted("b", [Self.answer("other")])
        let chain = ModelChain([.init(first, deadline: .seconds(1)), .init(second, deadline: .seconds(1))])
        await #expect(throws: ModelError.brokenOff("end")) { try await chain.respond(to: request) { _ in } }
        #expect(second.calls == 0)
    }

    @Test("five failures in a row give a model a rest")
    func breaker() async throws {
        let model = Scripted("a", [.failure(.unavailable(status: 500, ""))])
        let chain = ModelChain([.init(model, deadline: .seconds(1))])
        for _ in 0..<5 {
            await #expect(throws: ModelError.unavailable(status: 500, "")) { try await chain.respond(to: request) }
        }
        await #expect { try await chain.respond(to: request) } throws: { error in
            guard case .resting(let seconds)? = error as? ModelError else { return false }
            return (55...60).contains(seconds)
        }
        #expect(model.calls == 5)
    }

    @Test("a daily limit of tokens or money stops remote calls until the next day")
    func limits() async throws {
        let moment = Mutex(Date(timeIntervalSince1970: 1_700_000_000))
        let told = Mutex<DailySpending?>(nil)
        // 100 in and 50 out at 2 and 8 dollars a million: 0.0006 dollars.
        let model = Scripted("a", [Self.answer("x", TokenUsage(input: 100, output: 50))])
        let limit = SpendingLimit(tokens: nil, dollars: 0.001, inputPrice: 2, outputPrice: 8)
        let chain = ModelChain(
            [.init(model, deadline: .seconds(1), limit: limit)], now: { moment.withLock { $0 } },
            onSpending: { spent in told.withLock { $0 = spent } })
        _ = try await chain.respond(to: request)
        _ = try await chain.respond(to: request)
        await #expect(throws: ModelError.limitReached("0.00 of 0.00 USD")) { try await chain.respond(to: request) }
        let stored = try #require(told.withLock { $0 })
        #expect(stored.tokens == 300)
        #expect(abs(stored.dollars - 0.0012) < 1e-12)
        let again = ModelChain(
            [.init(model, deadline: .seconds(1), limit: SpendingLimit(tokens: 300))], spending: stored,
            now: { moment.withLock { $0 } })
        await #expect(throws: ModelError.limitReached("300 of 300 tokens")) { try await again.respond(to: request) }
        moment.withLock { $0 += 86_400 }
        #expect(try await again.respond(to: request).text == "x")
    }
}

@Suite("Whether a call is made again")
struct RetryPolicyTests {
    let policy = RetryPolicy()

    @Test("pauses double from half a second and lose up to a quarter by chance")
    func pauses() {
        let failure = RetryPolicy.Failure(status: 500)
        #expect(
            policy.verdict(on: failure, retriesSoFar: 0, jitter: 0, timeLeft: .seconds(60))
                == .retry(after: .milliseconds(500)))
        #expect(
            policy.verdict(on: failure, retriesSoFar: 1, jitter: 0, timeLeft: .seconds(60))
                == .retry(after: .seconds(1)))
        #expect(
            policy.verdict(on: failure, retriesSoFar: 0, jitter: 1, timeLeft: .seconds(60))
                == .retry(after: .milliseconds(375)))
        #expect(policy.verdict(on: failure, retriesSoFar: 2, jitter: 0, timeLeft: .seconds(60)) == .giveUp)
        #expect(policy.verdict(on: failure, retriesSoFar: 0, jitter: 0, timeLeft: .milliseconds(400)) == .giveUp)
    }

    @Test("the server's own pause is obeyed up to two minutes")
    func obeys() {
        func asked(_ seconds: Int) -> RetryPolicy.Verdict {
            policy.verdict(
                on: .init(status: 429, pause: .seconds(seconds)), retriesSoFar: 0, jitter: 0.5, timeLeft: .seconds(600))
        }
        #expect(asked(7) == .retry(after: .seconds(7)))
        #expect(asked(120) == .retry(after: .seconds(120)))
        #expect(asked(121) == .giveUp)
    }

    @Test(
        "only what passes is tried again",
        arguments: [
            (nil, true), (408, true), (409, true), (429, true), (500, true), (503, true), (529, true), (400, false),
            (401, false), (402, false), (403, false), (404, false), (413, false), (422, false),
        ] as [(Int?, Bool)])
    func statuses(status: Int?, isRetried: Bool) {
        let verdict = policy.verdict(on: .init(status: status), retriesSoFar: 0, jitter: 0, timeLeft: .seconds(60))
        #expect((verdict != .giveUp) == isRetried)
    }

    @Test("x-should-retry overrules the status; what was shown and what is unpaid is final")
    func overruled() {
        func verdict(_ failure: RetryPolicy.Failure) -> RetryPolicy.Verdict {
            policy.verdict(on: failure, retriesSoFar: 0, jitter: 0, timeLeft: .seconds(60))
        }
        #expect(verdict(.init(status: 400, shouldRetry: true)) != .giveUp)
        #expect(verdict(.init(status: 500, shouldRetry: false)) == .giveUp)
        #expect(verdict(.init(status: nil, hasShown: true)) == .giveUp)
        #expect(verdict(.init(status: 429, isQuotaUsedUp: true)) == .giveUp)
    }
}
