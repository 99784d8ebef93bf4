extension Settings {
    /// Who puts facts into words: the local server first, then a remote model if one is chosen.
    public struct LLM: Sendable, Equatable {
        public var local = true
        /// Seconds.
        public var localTimeout = 180
        public var remote = Remote()

        public init() {}

        /// A model somewhere else. It gets the evidence of a trade and the question, nothing more.
        public struct Remote: Sendable, Equatable {
            public var provider = Provider.none
            public var model = ""
            /// Empty: the provider's own.
            public var baseURL = ""
            /// Seconds.
            public var timeout = 60
            /// Tokens a day; 0 for no limit.
            public var dailyTokens = 100_000
            /// US dollars a day; 0 for no limit.
            public var dailyUSD = 1.0
            /// US dollars for a million tokens.
            public var inputPrice = 0.0
            public var outputPrice = 0.0

            public init() {}
        }

        public enum Provider: String, Sendable, CaseIterable {
            case none, openai, mistral, anthropic, compatible
        }
    }
}

extension Settings.LLM {
    static let section = Section(
        name: "llm", meaning: "Who puts facts into words. Without a model the facts answer alone.",
        keys: [
            Key(
                "llm.local", \.llm.local, .flag,
                "Ask the model of `mistral_server` first; it is started when the first question comes, if its file is there."
            ),
            Key(
                "llm.local_timeout", \.llm.localTimeout, .whole(1...3600),
                "Seconds for an answer of the local model, its start included."),
        ])

    static let remoteSection = Section(
        name: "llm.remote",
        meaning:
            "A model elsewhere, asked when the local one cannot answer. It gets the facts about the trade and the question.",
        keys: [
            Key(
                "llm.remote.provider", \.llm.remote.provider, .choice,
                "Whose interface; `compatible` is anything that speaks OpenAI's chat completions, such as Ollama or vLLM."
            ),
            Key(
                "llm.remote.model", \.llm.remote.model, .text("a model's name").orEmpty,
                "The model, as its provider calls it."),
            Key(
                "llm.remote.base_url", \.llm.remote.baseURL, .url.orEmpty,
                "Up to and including the version, as in https://api.openai.com/v1; needed for `compatible` alone."),
            Key(
                "llm.remote.timeout", \.llm.remote.timeout, .whole(1...3600), "Seconds for an answer, retries included."
            ),
            Key(
                "llm.remote.daily_tokens", \.llm.remote.dailyTokens, .whole(0...1_000_000_000),
                "Tokens a day (UTC), read and written, after which the facts answer alone; 0 for no limit."),
            Key(
                "llm.remote.daily_usd", \.llm.remote.dailyUSD, .number(0...100_000),
                "US dollars a day (UTC) at the prices below; 0 for no limit."),
            Key(
                "llm.remote.input_price", \.llm.remote.inputPrice, .number(0...100_000),
                "US dollars for a million tokens read."),
            Key(
                "llm.remote.output_price", \.llm.remote.outputPrice, .number(0...100_000),
                "US dollars for a million tokens written."),
        ])
}
