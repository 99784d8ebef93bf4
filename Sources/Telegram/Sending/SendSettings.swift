/// How fast, how much at once, how long.
public struct SendSettings: Sendable, Hashable {
    /// Tokens per second and how many may be saved up.
    public struct Rate: Sendable, Hashable {
        public var perSecond: Double
        public var burst: Double

        public init(perSecond: Double, burst: Double) {
            self.perSecond = perSecond
            self.burst = burst
        }
    }

    /// In any chat; nil for no limit.
    public var chat: Rate?
    /// In groups and channels, besides ``chat``.
    public var group: Rate?
    /// Over all chats.
    public var global: Rate?
    /// Calls at the same time; within a chat there is only ever one.
    public var inFlight: Int
    /// Messages that may wait. Beyond, a more urgent one takes the place of the latest of the least urgent; otherwise the
    /// new one fails with ``SendFailure/queueFull``.
    public var queue: Int
    /// Between attempts while the server cannot be reached.
    public var backoff: Backoff
    /// Attempts at a call that may be repeated (an edit, an answer, a critical message) but keeps failing.
    public var attempts: Int
    /// Stands above a critical message that is sent again.
    public var resentMark: String
    /// How long calls under way may go on after the sender was told to stop.
    public var drain: Duration

    /// A little below Telegram's published limits: one message a second in a chat with short bursts, 20 a minute in a group,
    /// 30 a second overall (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this). The server
    /// counts when messages arrive, we when they leave.
    public init(
        chat: Rate? = Rate(perSecond: 0.95, burst: 4), group: Rate? = Rate(perSecond: 0.3, burst: 18),
        global: Rate? = Rate(perSecond: 28, burst: 25), inFlight: Int = 12, queue: Int = 10_000,
        backoff: Backoff = Backoff(first: 1, ceiling: 30), attempts: Int = 5, resentMark: String = "(resent)",
        drain: Duration = .milliseconds(800)
    ) {
        self.chat = chat
        self.group = group
        self.global = global
        self.inFlight = inFlight
        self.queue = queue
        self.backoff = backoff
        self.attempts = attempts
        self.resentMark = resentMark
        self.drain = drain
    }

    /// Without rates, for a server of one's own.
    public static let unlimited = SendSettings(chat: nil, group: nil, global: nil)
}
