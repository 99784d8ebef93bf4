import ControlPlane
import Telegram

/// A notice as plain text, for the command line.
public enum Announcement {
    public static func text(of report: CycleReport, control: ControlPlane, language: Language = .english) -> String {
        NoticeText(say: Phrasebook.of(language), control: control).answer(for: .cycleFinished(report)).text.plain
    }
}
