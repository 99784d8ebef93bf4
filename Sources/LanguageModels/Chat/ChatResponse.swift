/// What a model answered.
public struct ChatResponse: Sendable, Hashable {
    public enum FinishReason: Sendable, Hashable {
        /// The model was done.
        case stop
        /// Cut by the limit of tokens or of the context: JSON that ends so is not JSON.
        case length
        /// The model or its provider would not answer.
        case refused
        case other(String)
    }

    public var text: String
    public var finishReason: FinishReason
    /// Nil when the server does not tell.
    public var usage: TokenUsage?
    /// As the server calls it.
    public var model: String

    public init(text: String, finishReason: FinishReason, usage: TokenUsage? = nil, model: String) {
        self.text = text
        self.finishReason = finishReason
        self.usage = usage
        self.model = model
    }
}

/// Tokens read and written.
public struct TokenUsage: Codable, Sendable, Hashable {
    public var input: Int
    public var output: Int

    public var total: Int { input + output }

    public init(input: Int, output: Int) {
        self.input = max(0, input)
        self.output = max(0, output)
    }

    /// A guess where the server does not tell: four bytes a token.
    public static func estimate(_ request: ChatRequest, answer: String) -> TokenUsage {
        let sent = request.messages.reduce(request.system.utf8.count) { $0 + $1.text.utf8.count }
        return TokenUsage(input: (sent + 3) / 4, output: (answer.utf8.count + 3) / 4)
    }
}
