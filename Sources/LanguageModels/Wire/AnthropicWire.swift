/// Anthropic's Messages.
struct AnthropicWire: WireFormat {
    var path: String { "/messages" }

    func headers(key: APIKey?) -> [(name: String, value: String)] {
        [("anthropic-version", "2023-06-01")] + (key.map { [("x-api-key", $0.secret)] } ?? [])
    }

    func body(_ request: ChatRequest, model: String, isStreamed: Bool) -> JSONValue {
        let turns = request.messages.map { message -> JSONValue in
            ["role": .string(message.role.rawValue), "content": .string(message.text)]
        }
        var members: [JSONValue.Member] = [
            .init("model", .string(model)), .init("max_tokens", .number(Double(request.maxTokens))),
            .init("system", .string(request.system)), .init("messages", .array(turns)),
            .init("temperature", .number(request.temperature)),
        ]
        if let format = request.format {
            members.append(.init("output_config", ["format": ["type": "json_schema", "schema": format.schema.json]]))
        }
        if isStreamed { members.append(.init("stream", true)) }
        return .object(members)
    }

    func response(_ json: JSONValue) throws(ModelError) -> ChatResponse {
        guard let blocks = json["content"]?.array, let reason = json["stop_reason"]?.string else {
            throw .malformed("it has no content")
        }
        let text = blocks.filter { $0["type"]?.string == "text" }.compactMap { $0["text"]?.string }.joined()
        let usage = json["usage"]
        return ChatResponse(
            text: text, finishReason: Self.reason(reason),
            usage: TokenUsage(
                input: usage?["input_tokens"]?.integer ?? 0, output: usage?["output_tokens"]?.integer ?? 0),
            model: json["model"]?.string ?? "")
    }

    func makeReader() -> any WireReader { Reader() }

    static func reason(_ text: String) -> ChatResponse.FinishReason {
        switch text {
        case "end_turn", "stop_sequence": .stop
        case "max_tokens", "model_context_window_exceeded": .length
        case "refusal": .refused
        default: .other(text)
        }
    }

    private struct Reader: WireReader {
        private var answer = ChatResponse(text: "", finishReason: .other(""), model: "")
        private var input = 0
        private var output = 0
        private var isDone = false

        var finished: ChatResponse? {
            guard isDone else { return nil }
            var answer = answer
            answer.usage = TokenUsage(input: input, output: output)
            return answer
        }

        mutating func take(_ event: ServerSentEvent) throws(ModelError) -> String? {
            let json = try JSONValue(answer: event.data.utf8)
            switch json["type"]?.string {
            case "message_start":
                answer.model = json["message"]?["model"]?.string ?? ""
                input = json["message"]?["usage"]?["input_tokens"]?.integer ?? 0
            case "content_block_delta":
                guard json["delta"]?["type"]?.string == "text_delta", let text = json["delta"]?["text"]?.string,
                    !text.isEmpty
                else { return nil }
                answer.text += text
                return text
            case "message_delta":
                if let reason = json["delta"]?["stop_reason"]?.string {
                    answer.finishReason = AnthropicWire.reason(reason)
                }
                output = json["usage"]?["output_tokens"]?.integer ?? output
            case "message_stop": isDone = true
            case "error": throw .brokenOff(json.problem.message)
            default: break
            }
            return nil
        }
    }
}
