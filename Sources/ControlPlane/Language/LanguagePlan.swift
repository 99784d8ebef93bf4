import LanguageModels

/// Which language models there are, as values; the executable fills it from the settings.
public struct LanguagePlan: Sendable {
    public struct Remote: Sendable {
        public var endpoint: Endpoint
        public var limit: SpendingLimit
        public var deadline: Duration

        public init(_ endpoint: Endpoint, limit: SpendingLimit, deadline: Duration) {
            self.endpoint = endpoint
            self.limit = limit
            self.deadline = deadline
        }
    }

    /// The server of our own, asked first.
    public var local: LocalServerSettings?
    public var localDeadline: Duration
    /// Asked when the local one cannot answer.
    public var remote: Remote?

    public init(local: LocalServerSettings? = nil, localDeadline: Duration = .seconds(180), remote: Remote? = nil) {
        self.local = local
        self.localDeadline = localDeadline
        self.remote = remote
    }
}
