extension Settings {
    /// What is told unasked, how loudly and when.
    public struct Notifications: Sendable, Equatable {
        public var levels: [Event: Level] = [
            .cyclePromoted: .on, .cycleRejected: .on, .cycleFailed: .on, .cycleCancelled: .silent,
            .cycleInterrupted: .silent, .cycleStarted: .off, .deployment: .on, .tradeLost: .on, .tradeClosed: .off,
            .access: .on, .ensemble: .on, .alarm: .on, .schedule: .silent, .service: .silent,
        ]
        /// Nil: none.
        public var quietHours: QuietHours?
        /// IANA name, not known to exist here.
        public var timeZone = "UTC"
        /// Fraction of equity lost, fees included.
        public var lossThreshold = 0.005

        public init() {}

        /// Kinds of events that can be told.
        public enum Event: String, Sendable, CaseIterable {
            case cyclePromoted = "cycle_promoted"
            case cycleRejected = "cycle_rejected"
            case cycleFailed = "cycle_failed"
            case cycleCancelled = "cycle_cancelled"
            case cycleInterrupted = "cycle_interrupted"
            /// A cycle was started or resumed.
            case cycleStarted = "cycle_started"
            /// Another policy serves.
            case deployment
            /// A paper trade lost at least ``Notifications/lossThreshold``.
            case tradeLost = "trade_lost"
            /// Any other closed paper trade.
            case tradeClosed = "trade_closed"
            /// Somebody was paired, or a right was changed.
            case access
            /// A win-rate session ended, a model was let in or withdrawn, or somebody set the weights.
            case ensemble
            /// Something needs a person, or no longer does.
            case alarm
            /// A scheduled run was missed.
            case schedule
            /// The service started.
            case service
        }

        public enum Level: String, Sendable, CaseIterable {
            /// With sound, but in quiet hours in the digest.
            case on
            /// Without sound, but in quiet hours in the digest.
            case silent
            /// Only in the digest.
            case digest
            /// Not at all.
            case off
        }
    }
}

extension Settings.Notifications {
    static let section = Section(
        name: "notifications", meaning: "What is told unasked, how loudly and when.",
        keys: [
            Key(
                "notifications.levels", \.notifications.levels,
                .entries(
                    "an object from event (\(Event.allCases.map(\.rawValue).joined(separator: " | "))) to level (\(Level.allCases.map(\.rawValue).joined(separator: " | ")))",
                    named: .choice, each: .choice),
                "How each kind of event is told; an event that is not named keeps its default."),
            Key(
                "notifications.quiet_hours", \.notifications.quietHours, Settings.QuietHours.form,
                "Hours in which notices wait for one digest at their end."),
            Key(
                "notifications.time_zone", \.notifications.timeZone, .timeZone,
                "Time zone of the quiet hours and of the times in notices."),
            Key(
                "notifications.loss_threshold", \.notifications.lossThreshold, .number(0...1),
                "Loss of a paper trade, as a fraction of equity, from which it is told as `trade_lost`."),
        ])
}
