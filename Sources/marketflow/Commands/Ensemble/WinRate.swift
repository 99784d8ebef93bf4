import ArgumentParser
import ControlBot
import ControlPlane
import Ensemble
import Foundation
import Store

/// A win-rate session now, from the command line.
struct WinRate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "winrate",
        abstract: "Test the ensemble's win rate on candles it has not learned from, window after window.",
        discussion:
            "What is tested stands in test_parameters and ensemble. A session that was cut off goes on first. Ctrl-C keeps what was judged; the next call goes on behind it."
    )

    @OptionGroup var state: StateOptions

    @Option(help: "Days of each judged window; by default test_parameters.test_period_days.")
    var days: Int?

    @Option(help: "Windows at most; by default test_parameters.max_iterations.")
    var iterations: Int?

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    func run() async throws {
        try check(days, "--days", 1...3650)
        try check(iterations, "--iterations", 1...10_000)
        let (tail, logger) = try state.quiet().logging(try state.secrets())
        let (folder, lock) = try state.lockedFolder()
        defer { withExtendedLifetime(lock) {} }
        let control = try Assembly(settings: state.settings(), folder: folder).controlPlane(tail: tail, logger: logger)
        if let problem = control.ensemble.libraryProblem {
            FileHandle.standardError.write(Data("lgbm_ai is off: \(problem)\n".utf8))
        }
        let watcher = SessionWatcher(control: control)
        await control.winRate.drainQueue()
        let id = try await control.store.write { transaction in
            switch try control.winRate.request(
                trigger: "cli", by: "command line", days: days, iterations: iterations, in: transaction)
            {
            case .queued(let record), .known(let record), .busy(let record): record.id
            }
        }
        await control.winRate.drainQueue()
        watcher.stop()
        guard let record = try control.store.read({ try $0.session(id) }) else { return }
        print(try Announcement.text(ofSession: record, control: control))
        if json { print(try JSON.text(try SessionNotice(record))) }
        if record.state != .finished { throw ExitCode(1) }
    }

    private func check(_ value: Int?, _ name: String, _ range: ClosedRange<Int>) throws {
        if let value, !range.contains(value) {
            throw ValidationError("\(name) is \(value), but \(range.lowerBound) to \(range.upperBound) are possible.")
        }
    }
}

/// Shows a running session's progress on a terminal, silent otherwise.
private struct SessionWatcher {
    private let task: Task<Void, Never>?

    init(control: ControlPlane) {
        guard isatty(STDERR_FILENO) == 1 else {
            task = nil
            return
        }
        task = Task {
            while !Task.isCancelled {
                if let now = control.winRate.progress { Self.show(now) }
                // Ends early only when cancelled, which the loop's condition sees.
                try? await Task.sleep(for: .milliseconds(200))
            }
            FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
        }
    }

    func stop() { task?.cancel() }

    private static func show(_ progress: SessionProgress) {
        var line = "session \(progress.session): \(progress.phase.rawValue)"
        if progress.planned > 0 {
            line += " \(progress.iterations)/\(progress.planned) iterations, \(progress.trades) trades"
            let seconds = Date().timeIntervalSince(progress.startedAt)
            if progress.iterations > 0 {
                let left = seconds / Double(progress.iterations) * Double(progress.planned - progress.iterations)
                line += ", at most \(Int(left.rounded(.up))) s left"
            }
        }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(line)".utf8))
    }
}
