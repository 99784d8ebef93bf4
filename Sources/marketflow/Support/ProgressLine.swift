import Foundation
import Synchronization

/// One line on the terminal that long work rewrites, with rate and time left; nothing at all where standard error is no terminal.
final class ProgressLine: Sendable {
    private let what: String
    private let unit: String
    private let isShown = isatty(STDERR_FILENO) == 1
    private let began = ContinuousClock.now
    private let shownAt = Mutex<ContinuousClock.Instant?>(nil)

    /// `what` is going on, counted in `unit`.
    init(_ what: String, unit: String) {
        self.what = what
        self.unit = unit
    }

    /// Shows where the work stands, at most ten times a second. Without `total` there is no time left to tell.
    func show(_ done: Int, of total: Int? = nil) {
        guard isShown else { return }
        let now = ContinuousClock.now
        let isDue = shownAt.withLock { last in
            if let last, now - last < .milliseconds(100) { return false }
            last = now
            return true
        }
        guard isDue else { return }
        let seconds = max((now - began) / .seconds(1), 1e-9)
        let rate = Double(done) / seconds
        var line = "\(what): \(Figures.grouped(done))"
        if let total { line += " of \(Figures.grouped(total))" }
        line += " \(unit), \(Figures.grouped(Int(rate))) a second"
        if let total, rate > 0 { line += ", \(Int((Double(total - done) / rate).rounded(.up))) s left" }
        write("\r\u{1B}[K" + line)
    }

    /// Clears the line.
    func end() {
        let wasShown = shownAt.withLock { last in
            defer { last = nil }
            return last != nil
        }
        if wasShown { write("\r\u{1B}[K") }
    }

    deinit { end() }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
