extension Settings {
    /// The local language model server that is started and watched.
    public struct MistralServer: Sendable, Equatable {
        public var modelPath = "models/mistral-7b-instruct-v0.1.Q4_K_M.gguf"
        public var port = 8080
        /// Seconds.
        public var startupTimeout = 120
        /// Seconds.
        public var healthCheckInterval = 30

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
        ])
}
