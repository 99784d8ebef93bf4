extension Settings {
    /// Who puts facts into words.
    public struct LLM: Sendable, Equatable {
        /// In the order in which they are asked; without one the facts answer alone.
        public var providers: [Provider] = []

        public init() {}

        public enum Provider: String, Sendable, CaseIterable {
            case local, openai, mistral, anthropic
        }
    }
}

extension Settings.LLM {
    static let section = Section(
        name: "llm", meaning: "Who puts facts into words.",
        keys: [
            Key(
                "llm.providers", \.llm.providers, .list(of: .choice, count: 0...4),
                "Providers in the order in which they are asked; with none the facts answer alone.")
        ])
}
