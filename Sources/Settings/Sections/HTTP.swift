extension Settings {
    /// The built-in web server. Its token is a secret: ``Secrets``.
    public struct HTTP: Sendable, Equatable {
        public var enabled = true
        public var host = "127.0.0.1"
        public var port = 8090

        public init() {}
    }
}

extension Settings.HTTP {
    static let section = Section(
        name: "http",
        meaning: "The built-in web server: health, metrics, API. Its token is not set here: see *Secrets*.",
        keys: [
            Key("http.enabled", \.http.enabled, .flag, "Run the web server."),
            Key(
                "http.host", \.http.host, .host,
                "Address to listen on; 127.0.0.1 is this machine only, 0.0.0.0 everyone."),
            Key("http.port", \.http.port, .whole(0...65_535), "Port to listen on; 0 takes a free one."),
        ])
}
