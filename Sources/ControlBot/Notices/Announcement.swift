import ControlPlane
import Store
import Telegram

/// A notice as plain text, for the command line.
public enum Announcement {
    public static func text(of report: CycleReport, control: ControlPlane, language: Language = .english) -> String {
        NoticeText(say: Phrasebook.of(language), control: control).answer(for: .cycleFinished(report)).text.plain
    }

    /// What a session came to, with the path of its page.
    public static func text(
        ofSession record: SessionRecord, control: ControlPlane, language: Language = .english
    ) throws -> String {
        let answer = SessionText.notice(
            try SessionNotice(record), say: Phrasebook.of(language), control: control)
        return answer.text.plain + (answer.picture.map { "\n\($0)" } ?? "")
    }
}
