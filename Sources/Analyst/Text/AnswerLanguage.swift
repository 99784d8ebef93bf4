/// Languages explanations are written in.
public enum AnswerLanguage: String, Sendable, Hashable, Codable, CaseIterable {
    case english = "en"
    case russian = "ru"

    /// `bars` bars, with the right ending.
    func bars(_ count: Int) -> String {
        switch self {
        case .english: return "\(count) \(count == 1 ? "bar" : "bars")"
        case .russian:
            let (tens, ones) = (count % 100, count % 10)
            if ones == 1, tens != 11 { return "\(count) бар" }
            return (2...4).contains(ones) && !(12...14).contains(tens) ? "\(count) бара" : "\(count) баров"
        }
    }
}
