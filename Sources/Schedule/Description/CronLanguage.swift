/// A language schedules can be read out in.
public enum CronLanguage: String, Sendable, CaseIterable {
    case english = "en"
    case russian = "ru"
}
