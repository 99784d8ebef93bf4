/// Languages that reports and their pictures are written in.
public enum ReportLanguage: String, Sendable, CaseIterable {
    case english = "en"
    case russian = "ru"

    func callAsFunction(_ english: String, _ russian: String) -> String { self == .english ? english : russian }
}
