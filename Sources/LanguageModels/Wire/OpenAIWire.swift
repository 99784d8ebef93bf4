/// Chat completions as OpenAI defined them and Mistral, llama-server, Ollama and vLLM speak them.
struct OpenAIWire: WireFormat {
    enum Dialect: Sendable {
        case openAI, mistral
        /// llama-server, Ollama, vLLM and others.
        case compatible
    }

    var dialect: Dialect

    var path: String { "/chat/completions" }

    func headers(key: APIKey?) -> [(name: String, value: String)] {
        key.map { [("Authorization", "Bearer \($0.secret)")] } ?? []
    }

    func body(_ request: ChatRequest, model: String, isStreamed: Bool) -> JSONValue {
        let turns = [ChatRequestTurn(role: "system", text: request.system)] + request.messages.map(ChatRequestTurn.init)
        var members: [JSONValue.Member] = [
            .init("model", .string(model)), .init("messages", .array(turns.map(\.json))),
            .init(dialect == .openAI ? "max_completion_tokens" : "max_tokens", .number(Double(request.maxTokens))),
        ]
        if takesTemperature(model) { members.append(.init("temperature", .number(request.temperature))) }
        if let format = request.format {
            members.append(
                .init(
                    "response_format",
                    [
                        "type": "json_schema",
                        "json_schema": [
                            "name": .string(format.name), "strict": true, "schema": format.schema.json,
                        ],
                    ]))
        }
        if isStreamed {
            members.append(.init("stream", true))
            // Mistral sends its usage unasked and knows no such option.
            if dialect != .mistral { members.append(.init("stream_options", ["include_usage": true])) }
        }
        return .object(members)
    }

    /// OpenAI's reasoning models refuse every temperature but their own.
    private func takesTemperature(_ model: String) -> Bool {
        dialect != .openAI || !(model.hasPrefix("gpt-5") || model.wholeMatch(of: /o\d.*/) != nil)
    }

    func response(_ json: JSONValue) throws(ModelError) -> ChatResponse {
        guard let choice = json["choices"]?.array?.first, let message = choice["message"] else {
            throw .malformed("it has no choices")
        }
        let refusal = message["refusal"]?.string
        return ChatResponse(
            text: refusal ?? message["content"]?.string ?? "",
            finishReason: refusal != nil ? .refused : Self.reason(choice["finish_reason"]?.string ?? ""),
            usage: Self.usage(json["usage"]), model: json["model"]?.string ?? "")
    }

    func makeReader() -> any WireReader { Reader() }

    static func reason(_ text: String) -> ChatResponse.FinishReason {
        switch text {
        case "stop": .stop
        case "length", "model_length": .length
        case "content_filter": .refused
        default: .other(text)
        }
    }

    static func usage(_ json: JSONValue?) -> TokenUsage? {
        guard let json, let input = json["prompt_tokens"]?.integer, let output = json["completion_tokens"]?.integer
        else { return nil }
        return TokenUsage(input: input, output: output)
    }

    private struct Reader: WireReader {
        private var answer = ChatResponse(text: "", finishReason: .other(""), model: "")
        private var isDone = false
        private var hasReason = false

        /// `[DONE]` without a reason to end is not an end.
        var finished: ChatResponse? { isDone && hasReason ? answer : nil }

        mutating func take(_ event: ServerSentEvent) throws(ModelError) -> String? {
            if event.data == "[DONE]" {
                isDone = true
                return nil
            }
            let json = try JSONValue(answer: event.data.utf8)
            if json["error"] != nil { throw .brokenOff(json.problem.message) }
            if let model = json["model"]?.string { answer.model = model }
            if let usage = OpenAIWire.usage(json["usage"]) { answer.usage = usage }
            guard let choice = json["choices"]?.array?.first else { return nil }
            if let reason = choice["finish_reason"]?.string {
                hasReason = true
                if answer.finishReason != .refused { answer.finishReason = OpenAIWire.reason(reason) }
            }
            if let refusal = choice["delta"]?["refusal"]?.string, !refusal.isEmpty {
                answer.finishReason = .refused
                answer.text += refusal
                return nil
            }
            guard let text = choice["delta"]?["content"]?.string, !text.isEmpty else { return nil }
            answer.text += text
            return text
        }
    }
}

private struct ChatRequestTurn {
    var role: String
    var text: String

    init(role: String, text: String) {
        self.role = role
        self.text = text
    }

    init(_ message: ChatRequest.Message) { self.init(role: message.role.rawValue, text: message.text) }

    var json: JSONValue { ["role": .string(role), "content": .string(text)] }
}
