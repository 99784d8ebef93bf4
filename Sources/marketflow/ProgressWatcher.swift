import ControlPlane
import Foundation

/// Shows a running cycle's progress on a terminal, silent otherwise.
struct ProgressWatcher {
    private let task: Task<Void, Never>?

    init(control: ControlPlane) {
        guard isatty(STDERR_FILENO) == 1 else {
            task = nil
            return
        }
        task = Task {
            while !Task.isCancelled {
                if let now = control.progress.snapshot { Self.show(now) }
                // Ends early only when cancelled, which the loop's condition sees.
                try? await Task.sleep(for: .milliseconds(200))
            }
            FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
        }
    }

    func stop() { task?.cancel() }

    private static func show(_ progress: LiveProgress.Snapshot) {
        var line = "cycle \(progress.cycle): \(progress.step.rawValue)"
        if let done = progress.trainedSteps, let total = progress.totalSteps {
            line += " \(done)/\(total) steps"
            if let speed = progress.stepsPerSecond { line += ", \(Int(speed)) steps/s" }
            if let eta = progress.eta { line += ", \(Int(eta.rounded(.up))) s left" }
        }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(line)".utf8))
    }
}
