/// Where a model is asked and in which language.
public struct Endpoint: Sendable, Hashable {
    public enum Provider: String, Sendable, Hashable, CaseIterable {
        case openAI = "openai"
        case mistral
        case anthropic
        /// Whatever speaks OpenAI's chat completions: llama-server, Ollama, vLLM.
        case compatible
    }

    public var provider: Provider
    /// Up to and including the version: `https://api.openai.com/v1`.
    public var baseURL: String
    public var model: String
    public var key: APIKey?
    /// Longest pause between two bytes of an answer.
    public var inactivity: Duration

    public init(
        provider: Provider, baseURL: String? = nil, model: String, key: APIKey?, inactivity: Duration = .seconds(30)
    ) {
        self.provider = provider
        self.baseURL = baseURL ?? provider.baseURL
        self.model = model
        self.key = key
        self.inactivity = inactivity
    }

    var wire: any WireFormat {
        switch provider {
        case .openAI: OpenAIWire(dialect: .openAI)
        case .mistral: OpenAIWire(dialect: .mistral)
        case .compatible: OpenAIWire(dialect: .compatible)
        case .anthropic: AnthropicWire()
        }
    }
}

extension Endpoint.Provider {
    public var baseURL: String {
        switch self {
        case .openAI: "https://api.openai.com/v1"
        case .mistral: "https://api.mistral.ai/v1"
        case .anthropic: "https://api.anthropic.com/v1"
        case .compatible: "http://127.0.0.1:8080/v1"
        }
    }
}
