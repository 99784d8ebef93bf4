import ControlPlane
import Foundation
import Store
import Synchronization
import Testing

/// What a kill leaves on the disk, and what the next start makes of it.
struct RestartTests {
    /// Runs a cycle and keeps a copy of the data folder as it is at the moment `step` begins, as a kill would leave it.
    private func image(at step: CycleStep, of workshop: Workshop) async throws -> Folder {
        let image = try Folder()
        let answers = Answers()
        workshop.clock.watch {
            guard workshop.control.progress.snapshot?.step == step, answers.isFirst else { return }
            answers.add {
                try workshop.store.backup(to: image.url.appendingPathComponent("marketflow.db").path)
                for name in ["policies", "checkpoints", "charts"] {
                    try FileManager.default.copyItem(
                        at: workshop.folder.url.appendingPathComponent(name), to: image.url.appendingPathComponent(name)
                    )
                }
                return nil
            }
        }
        _ = try await workshop.cycle(steps: 1_000)
        workshop.clock.watch {}
        #expect(answers.count == 1)
        return image
    }

    @Test(
        "a cycle killed in any step goes on there and ends as it would have, saying so once",
        arguments: CycleStep.allCases)
    func resumes(_ step: CycleStep) async throws {
        let workshop = try Workshop()
        let image = try await image(at: step, of: workshop)
        let undisturbed = try workshop.control.verifiedPolicy(1)

        let restarted = try Workshop(folder: image, clock: Clock(workshop.clock.now))
        let found = try #require(try restarted.store.read { try $0.activeCycle() })
        #expect(found.state == .running && found.step == step.rawValue && found.attempt == 1)
        await restarted.control.runQueuedCycles()
        let record = try #require(try restarted.store.read { try $0.cycle(found.id) })
        #expect(record.state == .promoted, "\(record.reason ?? "")")
        #expect(try restarted.kinds() == ["cycle.started", "cycle.resumed", "cycle.finished"])
        #expect(try restarted.control.verifiedPolicy(1).sha256 == undisturbed.sha256)
        #expect(try restarted.store.read { try $0.policies(limit: 9) }.map(\.state) == [.champion])
        #expect(restarted.control.registry.championLink == 1)
        #expect(try restarted.folder.names("checkpoints").isEmpty)
        #expect(try restarted.store.integrity() == "ok")
    }

    @Test("a step that was cut off three times ends the cycle as interrupted, once, with the reason")
    func interrupted() async throws {
        let workshop = try Workshop()
        let image = try await image(at: .train, of: workshop)
        let restarted = try Workshop(folder: image)
        try restarted.write { transaction in
            guard var record = try transaction.activeCycle() else { return }
            record.attempt = 3
            try transaction.update(record)
        }
        await restarted.control.runQueuedCycles()
        await restarted.control.runQueuedCycles()
        let record = try #require(try restarted.store.read { try $0.cycles(limit: 1) }.first)
        #expect(record.state == .interrupted && record.reason == "the process ended 3 times during “train”")
        #expect(try restarted.kinds() == ["cycle.started", "cycle.finished"])
    }

    @Test("a stop ordered before the kill is obeyed after it")
    func stopSurvives() async throws {
        let workshop = try Workshop()
        let image = try await image(at: .train, of: workshop)
        let restarted = try Workshop(folder: image)
        let id = try #require(try restarted.store.read { try $0.activeCycle() }).id
        #expect(try restarted.write { try restarted.control.cycles.stop(id, in: $0) } == .stopping(.train))
        let again = try Workshop(folder: image)
        await again.control.runQueuedCycles()
        #expect(try again.store.read { try $0.cycle(id) }?.state == .cancelled)
    }

    @Test("a cycle whose result the database refuses stands still, and goes on by itself when it can be stored")
    func refused() async throws {
        let workshop = try Workshop { $0.retryDelay = .milliseconds(1) }
        try workshop.store.execute(
            """
            CREATE TRIGGER full BEFORE INSERT ON cycle_steps WHEN NEW.step = 'validate'
            BEGIN SELECT RAISE(ABORT, 'no room'); END
            """)
        let id = try #require(try workshop.request().queued).id
        let service = Task { try await workshop.control.cycles.run() }
        try await eventually {
            guard let row = try workshop.store.read({ try $0.cycle(id) }) else { return false }
            return row.step == "validate" && row.attempt >= 2
        }
        try workshop.store.execute("DROP TRIGGER full")
        try await eventually { try workshop.store.read { try $0.cycle(id) }?.state.isFinished == true }
        service.cancel()
        try await service.value
        #expect(try workshop.store.read { try $0.cycle(id) }?.state == .promoted)
        #expect(try workshop.kinds().filter { $0 == "cycle.finished" }.count == 1)
    }

    @Test("a training that was cut off goes on from its checkpoint to the same weights")
    func checkpoint() async throws {
        let endless = try Workshop { $0.training.checkpointSeconds = 0 }
        let id = try #require(try endless.request(steps: 1_000_000_000).queued).id
        let image = try Folder()
        let file = "checkpoints/cycle-\(id).checkpoint"
        async let run: Void = endless.control.runQueuedCycles()
        try await eventually { try endless.folder.names("checkpoints").contains("cycle-\(id).checkpoint") }
        try FileManager.default.createDirectory(
            at: image.url.appendingPathComponent("checkpoints"), withIntermediateDirectories: true)
        // A checkpoint is replaced by a rename, so a copy is whole.
        try FileManager.default.copyItem(
            at: endless.folder.url.appendingPathComponent(file), to: image.url.appendingPathComponent(file))
        // No less than the checkpoint has, whole rollouts.
        let done = try #require(endless.control.progress.snapshot?.trainedSteps)
        let steps = done + 20_480
        try endless.store.backup(to: image.url.appendingPathComponent("marketflow.db").path)
        try endless.write { _ = try endless.control.cycles.stop(id, in: $0) }
        endless.control.cycles.obeyStop(of: id)
        await run

        let restarted = try Workshop(folder: image)
        try restarted.write { transaction in
            guard var record = try transaction.cycle(id) else { return }
            record.steps = steps
            try transaction.update(record)
        }
        await restarted.control.runQueuedCycles()
        let report = try #require(try restarted.store.read { try $0.cycle(id) }).decodedReport()
        #expect(report.training?.resumed == true)
        let undisturbed = try Workshop()
        _ = try await undisturbed.cycle(steps: steps)
        #expect(try restarted.control.verifiedPolicy(1).sha256 == undisturbed.control.verifiedPolicy(1).sha256)
    }

    @Test("a champion link that was not moved before the kill is moved at the next start")
    func reconciled() async throws {
        let workshop = try Workshop()
        _ = try await workshop.cycle(steps: 1_000)
        try FileManager.default.removeItem(at: workshop.folder.url.appendingPathComponent("policies/champion"))
        #expect(try Workshop(folder: workshop.folder).control.registry.championLink == 1)
    }
}

/// What a watcher on another thread saw.
final class Answers: Sendable {
    private struct State {
        var isTaken = false
        var count = 0
        var answers: [StopAnswer] = []
    }

    private let state = Mutex(State())

    /// True for the first who asks.
    var isFirst: Bool {
        state.withLock { state in
            defer { state.isTaken = true }
            return !state.isTaken
        }
    }

    var all: [StopAnswer] { state.withLock { $0.answers } }
    var count: Int { state.withLock { $0.count } }

    func add(_ body: () throws -> StopAnswer?) {
        do {
            let answer = try body()
            state.withLock {
                $0.count += 1
                if let answer { $0.answers.append(answer) }
            }
        } catch {
            Issue.record(error)
        }
    }
}
