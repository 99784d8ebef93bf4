/// Everything a person may set, with its default in place.
///
/// Each section of the configuration file is a struct in `Sections/`; the rows below its struct give every key its
/// name in the file, its permitted values and its meaning. Decoding, overriding, validation, `/settings` and the
/// reference in `docs/configuration.md` are all read off those rows.
public struct Settings: Sendable {
    public var learningParameters = LearningParameters()
    public var testParameters = TestParameters()
    public var mistralServer = MistralServer()
    public var database = Database()
    public var analytics = Analytics()
    public var ensemble = Ensemble()
    public var telegram = Telegram()
    public var market = Market()
    public var schedule = Schedule()
    public var training = Training()
    public var simulation = Simulation()
    public var gate = Gate()
    public var costs = Costs()
    public var trading = Trading()
    public var llm = LLM()
    public var http = HTTP()
    public var notifications = Notifications()

    /// Who set a key last; a key not in here has its default.
    var sources: [String: Source] = [:]

    /// The defaults.
    public init() {}
}

extension Settings {
    /// Every key there is, section by section in the order of the reference.
    static let sections: [Section] = [
        LearningParameters.section, TestParameters.section, MistralServer.section, Database.section, Analytics.section,
        Ensemble.section, Telegram.section, Market.section, Schedule.section, Training.section, Simulation.section,
        Gate.section, Costs.section, Trading.section, LLM.section, LLM.remoteSection, HTTP.section,
        Notifications.section,
    ]

    static let keys: [Key] = sections.flatMap(\.keys)
}

extension Settings {
    /// Where a setting's value came from; a later one wins over an earlier one.
    public enum Source: String, Sendable, CustomStringConvertible {
        case `default`, file, environment
        case commandLine = "--set"

        public var description: String { rawValue }
    }
}
