/// How a provider's HTTP interface writes requests and answers: values in, values out.
protocol WireFormat: Sendable {
    /// After the base URL.
    var path: String { get }
    func headers(key: APIKey?) -> [(name: String, value: String)]
    func body(_ request: ChatRequest, model: String, isStreamed: Bool) -> JSONValue
    /// - Throws: ``ModelError/malformed(_:)``.
    func response(_ json: JSONValue) throws(ModelError) -> ChatResponse
    func makeReader() -> any WireReader
}

/// Collects the events of one streamed answer.
protocol WireReader: Sendable {
    /// - Returns: the text that the event adds.
    /// - Throws: ``ModelError/brokenOff(_:)`` for an error in the middle, ``ModelError/malformed(_:)``.
    mutating func take(_ event: ServerSentEvent) throws(ModelError) -> String?
    /// The whole answer once its end marker has come; a stream that closes before has broken off.
    var finished: ChatResponse? { get }
}

extension JSONValue {
    /// JSON from a server.
    init(answer text: some Sequence<UInt8>) throws(ModelError) {
        do { self = try JSONValue(parsing: text) } catch { throw .malformed("it is not JSON") }
    }

    /// The readable part of an error body, whatever its shape: OpenAI, Anthropic, llama.cpp, Mistral.
    var problem: ServerProblem {
        let error = self["error"] ?? self
        let detail = self["detail"]?.array?.first?["msg"]?.string ?? self["detail"]?.string
        return ServerProblem(
            message: error["message"]?.string ?? detail ?? error.string ?? "", code: error["code"]?.string,
            type: error["type"]?.string)
    }
}

/// What a server says about a failure.
struct ServerProblem: Sendable, Hashable {
    var message = ""
    var code: String?
    var type: String?
}
