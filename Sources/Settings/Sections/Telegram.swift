extension Settings {
    /// The bot. Its token is a secret: ``Secrets``.
    public struct Telegram: Sendable, Equatable {
        public var enabled = true
        /// Without a slash at its end.
        public var apiBaseURL = "https://api.telegram.org"
        public var pollTimeoutSeconds = 25
        /// Telegram user ids.
        public var admins: [Int64] = []
        public var language = Language.en
        /// Keep to Telegram's published sending limits.
        public var limits = true

        public init() {}
    }

    /// A language the chat speaks.
    public enum Language: String, Sendable, CaseIterable {
        case en, ru
    }
}

extension Settings.Telegram {
    static let section = Section(
        name: "telegram", meaning: "The bot. Its token is not set here: see *Secrets*.",
        keys: [
            Key("telegram.enabled", \.telegram.enabled, .flag, "Run the bot, if there is a token."),
            Key("telegram.api_base_url", \.telegram.apiBaseURL, .url, "The Bot API server, your own or Telegram's."),
            Key(
                "telegram.poll_timeout_seconds", \.telegram.pollTimeoutSeconds, .whole(1...50),
                "Seconds that Telegram holds a request for updates open."),
            Key(
                "telegram.admins", \.telegram.admins, .list(of: .whole(1...Int64.max), count: 0...100),
                "Ids of users who are admins without pairing."),
            Key(
                "telegram.language", \.telegram.language, .choice,
                "Language of notices and of answers to users whose own language is not known."),
            Key(
                "telegram.limits", \.telegram.limits, .flag,
                "Keep to Telegram's published sending limits; off only with a Bot API server of one's own that has none."
            ),
        ])
}
