extension Settings {
    /// The local language model server that is started and watched.
    public struct MistralServer: Sendable, Equatable {
        public var modelPath = "models/mistral-7b-instruct-v0.1.Q4_K_M.gguf"
        public var port = 8080
        /// Seconds.
        public var startupTimeout = 120
        /// Seconds.
        public var healthCheckInterval = 30
        public var serverCommand = "llama-server"
        public var contextTokens = 4096
        /// Minutes; 0 keeps it.
        public var idleStopMinutes = 10

        public init() {}
    }
}

extension Settings.MistralServer {
    static let section = Section(
        name: "mistral_server", meaning: "The local language model server.",
        keys: [
            Key("mistral_server.model_path", \.mistralServer.modelPath, .path, "The model, a GGUF file."),
            Key(
                "mistral_server.port", \.mistralServer.port, .whole(1...65_535),
                "Port on 127.0.0.1 where the server listens."),
            Key(
                "mistral_server.startup_timeout", \.mistralServer.startupTimeout, .whole(1...3600),
                "Seconds in which the server must answer, or its start has failed."),
            Key(
                "mistral_server.health_check_interval", \.mistralServer.healthCheckInterval, .whole(1...3600),
                "Seconds between two checks that the server answers."),
            Key(
                "mistral_server.server_command", \.mistralServer.serverCommand, .text("a path, or a name in PATH"),
                "The program to start: llama.cpp's llama-server, or one that takes its options."),
            Key(
                "mistral_server.context_tokens", \.mistralServer.contextTokens, .whole(1024...131_072),
                "Tokens of question and answer together; more needs more memory."),
            Key(
                "mistral_server.idle_stop_minutes", \.mistralServer.idleStopMinutes, .whole(0...10_080),
                "Minutes without a question after which the server is ended to free its memory; 0 keeps it."),
        ])
}
