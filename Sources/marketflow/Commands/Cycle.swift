import ArgumentParser
import ControlBot
import ControlPlane
import Foundation
import Settings
import Store

/// One learning cycle now, from the command line.
struct Cycle: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run one learning cycle now and print its notification.")

    @OptionGroup var state: StateOptions

    @Option(help: "Environment steps to train; by default training.steps.")
    var steps: Int?

    @Option(help: "Seed of everything random in the cycle.")
    var seed: UInt64?

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    func run() async throws {
        let report = try await Self.perform(state, settings: state.settings(), steps: steps, seed: seed)
        FileHandle.standardOutput.write(Data((report.text + "\n").utf8))
        if json { print(try JSON.text(report.report)) }
        if !report.report.outcome.isSuccess { throw ExitCode(1) }
    }

    /// Runs one cycle to its end in this process.
    static func perform(
        _ state: StateOptions, settings: Settings, steps: Int?, seed: UInt64?
    ) async throws -> (report: CycleReport, text: String, control: ControlPlane) {
        if let steps, !(1_000...1_000_000_000).contains(steps) {
            throw ValidationError("--steps is \(steps), but 1,000 to 1,000,000,000 are possible.")
        }
        var state = state
        if state.logLevel == "info" { state.logLevel = "warning" }
        let (tail, logger) = try state.logging(try state.secrets())
        let (folder, lock) = try state.lockedFolder()
        defer { withExtendedLifetime(lock) {} }
        let assembly = Assembly(settings: settings, folder: folder)
        let control = try assembly.controlPlane(tail: tail, logger: logger)
        let watcher = ProgressWatcher(control: control)
        // A cycle that was cut off earlier goes first.
        await control.runQueuedCycles()
        let id = try await control.store.write { transaction in
            switch try control.requestCycle(
                trigger: "cli", by: "command line", steps: steps, seed: seed, in: transaction)
            {
            case .queued(let record), .known(let record), .busy(let record): record.id
            }
        }
        await control.runQueuedCycles()
        watcher.stop()
        guard let text = try control.store.read({ try $0.cycle(id)?.report }) else {
            throw AssemblyError("cycle \(id) did not end; the log says why. Nothing was lost; run the command again.")
        }
        let report: CycleReport = try JSON.value(text)
        return (report, Announcement.text(of: report, control: control), control)
    }
}
