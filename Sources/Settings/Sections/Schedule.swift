extension Settings {
    /// What runs when.
    public struct Schedule: Sendable, Equatable {
        /// Job name to cron expression; neither is known to be meaningful here.
        public var jobs = ["retrain": "0 */6 * * *", "ingest": "*/15 * * * *"]
        /// IANA name, not known to exist here.
        public var timeZone = "UTC"
        public var misfire = Misfire.runOnce
        public var paused = false

        public init() {}

        /// What becomes of runs that fell into a time when the service was down.
        public enum Misfire: String, Sendable, CaseIterable {
            case runOnce = "run_once"
            case skip
        }
    }
}

extension Settings.Schedule {
    static let section = Section(
        name: "schedule", meaning: "What runs when.",
        keys: [
            Key(
                "schedule.jobs", \.schedule.jobs, jobs,
                "When each job runs; a job that is not named keeps its default, `off` takes it out."),
            Key("schedule.time_zone", \.schedule.timeZone, .timeZone, "Time zone of the cron expressions."),
            Key(
                "schedule.misfire", \.schedule.misfire, .choice,
                "After a time when the service was down: run a missed job once, or wait for its next time."),
            Key("schedule.paused", \.schedule.paused, .flag, "Start with the schedule paused, as after `/pause`."),
        ])

    private static var jobs: Form<[String: String]> {
        var form = Form.entries(
            "an object from job name to cron expression with 5 or 6 fields, or `off`",
            named: .name("a name of small letters, digits and _"),
            each: Form<String>.text("a cron expression"))
        let merge = form.merge
        form.merge = { old, new in merge(old, new).filter { $0.value != "off" } }
        return form
    }
}
