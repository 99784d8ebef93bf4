import ControlPlane
import Foundation
import Policies
import Store
import Synchronization
import Testing

/// Cycles that train several candidates and judge one.
struct CandidateTests {
    private func workshop(_ folder: Folder? = nil, clock: Clock = Clock()) throws -> Workshop {
        try Workshop(folder: folder, clock: clock) {
            $0.training.candidates = 3
            $0.market.historyDays = 90
        }
    }

    @Test("the candidate that did best on the bars kept for choosing is judged, and every try counts at the gate")
    func chosen() async throws {
        let workshop = try Workshop {
            $0.training.candidates = 3
            $0.market.historyDays = 90
            // Nothing after the first version is promoted.
            $0.gate.minimumTrades = 1_000_000
        }
        let record = try await workshop.cycle()
        let report = try record.decodedReport()
        let candidates = try #require(report.training?.candidates)
        #expect(candidates.count == 3 && candidates.scores.count == 3)
        let scores = try candidates.scores.map { try #require($0) }
        #expect(Set(scores).count > 1)
        #expect(scores[candidates.chosen - 1] == scores.max())
        #expect(report.validation?.tries == 3)
        // Learned from, then a gap, then chosen on, then a gap, then judged on.
        let manifest = try workshop.control.verifiedPolicy(1).manifest
        let gap: Int64 = 10 * 3_600_000
        #expect(manifest.trainedOn.upperBound + gap == candidates.from.milliseconds)
        #expect(candidates.to.milliseconds + gap == manifest.validatedOn.lowerBound)
        #expect(try workshop.folder.names("checkpoints").isEmpty)

        let second = try await workshop.cycle()
        #expect(
            try second.decodedReport().validation?.tries == 3, "the champion is new: older tries were against another")
        #expect(second.state == .rejected)
        let third = try await workshop.cycle()
        #expect(try third.decodedReport().validation?.tries == 6)
    }

    @Test("after a kill a finished candidate is not trained again, and the cycle ends as it would have")
    func resumed() async throws {
        let workshop = try workshop()
        let image = try Folder()
        let isTaken = Atomic(false)
        workshop.clock.watch {
            let finished = workshop.folder.url.appendingPathComponent("checkpoints/cycle-1.candidate-1.json")
            guard FileManager.default.fileExists(atPath: finished.path),
                !isTaken.exchange(true, ordering: .sequentiallyConsistent)
            else { return }
            do {
                try workshop.store.backup(to: image.url.appendingPathComponent("marketflow.db").path)
                try FileManager.default.copyItem(
                    at: finished.deletingLastPathComponent(), to: image.url.appendingPathComponent("checkpoints"))
            } catch {
                Issue.record(error)
            }
        }
        _ = try await workshop.cycle()
        workshop.clock.watch {}
        let wasTaken = isTaken.load(ordering: .sequentiallyConsistent)
        #expect(wasTaken)

        let restarted = try self.workshop(image, clock: Clock(workshop.clock.now))
        await restarted.control.runQueuedCycles()
        #expect(
            try restarted.control.verifiedPolicy(1).sha256 == workshop.control.verifiedPolicy(1).sha256)
        // Whoever trains writes events.
        #expect(try workshop.folder.names("tensorboard/cycle-1") == ["candidate-1", "candidate-2", "candidate-3"])
        #expect(try restarted.folder.names("tensorboard/cycle-1") == ["candidate-2", "candidate-3"])
        #expect(try restarted.folder.names("checkpoints").isEmpty)
    }

    @Test("a stop ends all candidates and leaves nothing behind")
    func stopped() async throws {
        let workshop = try workshop()
        let id = try #require(try workshop.request(steps: 1_000_000_000).queued).id
        async let run: Void = workshop.control.runQueuedCycles()
        // All three together.
        try await eventually { workshop.control.progress.snapshot?.totalSteps ?? 0 >= 3_000_000_000 }
        try workshop.write { _ = try workshop.control.cycles.stop(id, in: $0) }
        workshop.control.cycles.obeyStop(of: id)
        await run
        #expect(try workshop.store.read { try $0.cycle(id) }?.state == .cancelled)
        #expect(try workshop.folder.names("checkpoints").isEmpty)
    }

    @Test("too few bars to learn and to choose from is one clear sentence")
    func tooFew() async throws {
        let workshop = try Workshop {
            $0.training.candidates = 2
            $0.training.selectionShare = 0.5
        }
        let record = try await workshop.cycle()
        #expect(record.state == .failed)
        #expect(record.reason?.contains("Lower training.selection_share") == true, "\(record.reason ?? "")")
    }
}
