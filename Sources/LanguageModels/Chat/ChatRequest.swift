/// What a model is asked: one system text, the turns so far, and the form of the answer.
public struct ChatRequest: Sendable, Hashable {
    public struct Message: Sendable, Hashable {
        public enum Role: String, Sendable, Hashable {
            case user, assistant
        }

        public var role: Role
        public var text: String

        public init(_ role: Role, _ text: String) {
            self.role = role
            self.text = text
        }
    }

    public var system: String
    /// Oldest first; the last is the user's.
    public var messages: [Message]
    /// The JSON that is wanted; nil for free text.
    public var format: OutputFormat?
    public var maxTokens: Int
    /// 0 is the most predictable.
    public var temperature: Double
    /// For everything together: waiting for a turn, retries and the whole answer.
    public var deadline: Duration

    public init(
        system: String, messages: [Message], format: OutputFormat? = nil, maxTokens: Int = 250,
        temperature: Double = 0.1, deadline: Duration = .seconds(60)
    ) {
        self.system = system
        self.messages = messages
        self.format = format
        self.maxTokens = maxTokens
        self.temperature = temperature
        self.deadline = deadline
    }
}
