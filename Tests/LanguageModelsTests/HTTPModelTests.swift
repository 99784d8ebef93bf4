import LanguageModels
import ModelServer
import Synchronization
import Testing

@Suite("A model behind HTTP")
struct HTTPModelTests {
    static let shapes: [(ModelServer.Shape, Endpoint.Provider)] = [
        (.openAI, .openAI), (.mistral, .mistral), (.llama, .compatible), (.anthropic, .anthropic),
    ]
    static let request = ChatRequest(
        system: "Be brief.",
        messages: [.init(.user, "Question?"), .init(.assistant, "Answer."), .init(.user, "Further?")],
        format: OutputFormat(
            name: "reply",
            schema: .object([
                .init("word", .choice(["yes", "no"])), .init("list", .array(.object([.init("n", .integer)]))),
            ])))

    private func withServer(
        _ shape: ModelServer.Shape, _ provider: Endpoint.Provider, key: String = "key",
        inactivity: Duration = .seconds(30), _ body: (Desk, HTTPModel) async throws -> Void
    ) async throws {
        let server = try await ModelServer.start(shape)
        var policy = RetryPolicy()
        policy.firstPause = .milliseconds(1)
        let model = HTTPModel(
            Endpoint(
                provider: provider, baseURL: server.baseURL, model: "small", key: APIKey(key), inactivity: inactivity),
            policy: policy)
        try await body(server.desk, model)
        await server.stop()
    }

    private func whole(_ model: HTTPModel) async throws -> ChatResponse { try await model.respond(to: Self.request) }

    private func streamed(_ model: HTTPModel) async throws -> ChatResponse {
        try await model.respond(to: Self.request) { _ in }
    }

    @Test("asks in each provider's form and reads whole answers", arguments: shapes)
    func answersWhole(shape: ModelServer.Shape, provider: Endpoint.Provider) async throws {
        try await withServer(shape, provider) { desk, model in
            await desk.expect(.text("{\"word\":\"yes\"}"))
            let answer = try await model.respond(to: Self.request)
            #expect(
                answer
                    == ChatResponse(
                        text: "{\"word\":\"yes\"}", finishReason: .stop, usage: TokenUsage(input: 11, output: 7),
                        model: "small"))
        }
    }

    @Test("reads streamed answers piece by piece", arguments: shapes)
    func answersStreamed(shape: ModelServer.Shape, provider: Endpoint.Provider) async throws {
        try await withServer(shape, provider) { desk, model in
            let text = "Сначала facts, затем words 🙂 and so on."
            await desk.expect(.text(text))
            var pieces: [String] = []
            var last: ChatResponse?
            for try await event in model.stream(Self.request) {
                switch event {
                case .text(let piece): pieces.append(piece)
                case .finished(let response): last = response
                }
            }
            #expect(pieces.count > 3)
            #expect(pieces.joined() == text)
            #expect(
                last
                    == ChatResponse(
                        text: text, finishReason: .stop, usage: TokenUsage(input: 11, output: 7), model: "small"))
        }
    }

    @Test("tells an answer that was cut by its limit", arguments: shapes)
    func length(shape: ModelServer.Shape, provider: Endpoint.Provider) async throws {
        try await withServer(shape, provider) { desk, model in
            await desk.always(.text("half", finish: provider == .anthropic ? "max_tokens" : "length"))
            let answer1 = try await whole(model)
            #expect(answer1.finishReason == .length)
            let answer2 = try await streamed(model)
            #expect(answer2.finishReason == .length)
        }
    }

    @Test("tells a refusal", arguments: shapes.filter { $0.1 == .openAI || $0.1 == .anthropic })
    func refusal(shape: ModelServer.Shape, provider: Endpoint.Provider) async throws {
        try await withServer(shape, provider) { desk, model in
            await desk.always(.refusal)
            let answer3 = try await whole(model)
            #expect(answer3.finishReason == .refused)
            let answer4 = try await streamed(model)
            #expect(answer4.finishReason == .refused)
        }
    }

    @Test(
        "a stream that ends without its end marker is a truncation, and is not asked for again once shown",
        arguments: shapes)
    func truncation(shape: ModelServer.Shape, provider: Endpoint.Provider) async throws {
        try await withServer(shape, provider) { desk, model in
            await desk.expect(.cut(afterPieces: 5, cleanly: true, text: "a text that is much longer than this"))
            await #expect(throws: ModelError.brokenOff("it closed without its end marker")) {
                try await model.respond(to: Self.request) { _ in }
            }
            #expect(await desk.requests.count == 1)
            // A connection that is cut may take what was sent with it; then nothing was shown, and it is asked again.
            await desk.always(.cut(afterPieces: 5, cleanly: false, text: "a text that is much longer than this"))
            await #expect { try await model.respond(to: Self.request) { _ in } } throws: { error in
                switch error as? ModelError {
                case .brokenOff, .unreachable: true
                default: false
                }
            }
        }
    }

    @Test("an error event in the middle of a stream ends the answer", arguments: shapes)
    func streamError(shape: ModelServer.Shape, provider: Endpoint.Provider) async throws {
        try await withServer(shape, provider) { desk, model in
            await desk.expect(.streamError(afterPieces: 5, text: "a text that is much longer than this"))
            await #expect(throws: ModelError.brokenOff("Overloaded")) {
                try await model.respond(to: Self.request) { _ in }
            }
        }
    }

    @Test("a passing failure is tried again, twice at most", arguments: shapes)
    func retries(shape: ModelServer.Shape, provider: Endpoint.Provider) async throws {
        try await withServer(shape, provider) { desk, model in
            await desk.expect(.status(503, body: "{\"error\":{\"message\":\"Loading model\"}}"), .drop, .text("fine"))
            let answer5 = try await whole(model)
            #expect(answer5.text == "fine")
            #expect(await desk.requests.count == 3)
            await desk.always(.status(500, body: "<html>"))
            await #expect(throws: ModelError.unavailable(status: 500, "")) { try await model.respond(to: Self.request) }
            #expect(await desk.requests.count == 6)
        }
    }

    @Test("what no time will mend is asked once")
    func final() async throws {
        try await withServer(.openAI, .openAI) { desk, model in
            await desk.expect(
                .status(429, body: "{\"error\":{\"message\":\"quota\",\"code\":\"insufficient_quota\"}}"),
                .status(404, body: "{\"error\":{\"message\":\"no such model\\u202e\"}}"),
                .status(
                    400,
                    body:
                        "{\"error\":{\"code\":400,\"message\":\"too long\",\"type\":\"exceed_context_size_error\",\"n_prompt_tokens\":20006,\"n_ctx\":2048}}"
                ), .raw(contentType: "application/json", "{\"choices\":[{\"mess"),
                .raw(contentType: "application/json", "{\"choices\":[]}"))
            await #expect(throws: ModelError.quotaUsedUp) { try await model.respond(to: Self.request) }
            await #expect(throws: ModelError.refused(status: 404, "no such model ")) {
                try await model.respond(to: Self.request)
            }
            await #expect(throws: ModelError.tooLong(tokens: 20006, limit: 2048)) {
                try await model.respond(to: Self.request)
            }
            await #expect(throws: ModelError.malformed("it is not JSON")) { try await model.respond(to: Self.request) }
            await #expect(throws: ModelError.malformed("it has no choices")) {
                try await model.respond(to: Self.request)
            }
            #expect(await desk.requests.count == 5)
        }
        try await withServer(.anthropic, .anthropic, key: "wrong") { desk, model in
            await #expect(throws: ModelError.notAllowed(status: 401, "invalid api key")) {
                try await model.respond(to: Self.request)
            }
        }
    }

    @Test("the deadline beats everything, and silence has its own limit")
    func time() async throws {
        try await withServer(.llama, .compatible, inactivity: .milliseconds(60)) { desk, model in
            await desk.always(.silence)
            await #expect(throws: ModelError.silent) { try await model.respond(to: Self.request) }
        }
        try await withServer(.llama, .compatible) { desk, model in
            await desk.always(.silence)
            var request = Self.request
            request.deadline = .milliseconds(60)
            await #expect(throws: ModelError.deadlinePassed) { try await model.respond(to: request) }
        }
    }

    @Test("a key is not part of any text")
    func key() {
        let key = APIKey("sk-secret")
        var dumped = ""
        dump(Endpoint(provider: .openAI, model: "m", key: key), to: &dumped)
        #expect(!"\(key) \(String(reflecting: key)) \(dumped)".contains("secret"))
    }
}
