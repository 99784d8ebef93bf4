import BotAPIServer
import Foundation
import Store
import Testing

@Suite("Training from the chat", .serialized, .timeLimit(.minutes(2)))
struct TrainingTests {
    /// Far more than is trained before somebody presses Stop.
    static let endless = 500_000_000

    @Test("/train shows one message that is edited, at most once in three seconds, and its Stop button ends the run")
    func progressAndStopButton() async throws {
        try await Town.visit { town in
            _ = try await town.serveAndPair()
            let answer = try await town.asks("/train \(Self.endless)", expecting: "Cycle 1 queued")
            #expect(answer.buttons.joined().map(\.text) == ["Stop"])

            let progress = try await eventually("progress in the same message") {
                let message = await town.telegram.messages(in: Town.admin).first { $0.id == answer.id }
                return message.flatMap { $0.edits >= 2 && $0.text.contains("steps/s") ? $0 : nil }
            }
            #expect(progress.text.contains("Cycle 1 · train"))
            #expect(progress.text.contains(/[\d,]+ \/ 500,000,\d{3} steps \(0%\)/))
            #expect(progress.text.contains("ETA"))
            #expect(progress.buttons.joined().map(\.text) == ["Stop"], "a run can be stopped while it is shown")

            try await town.presses("Stop", on: progress)
            let notice = try await town.reads("was stopped in “train”", after: answer.id)
            #expect(notice.text.contains("No version serves yet; nothing was lost."))
            let ended = try await eventually("the message's last words") {
                await town.telegram.messages(in: Town.admin).first {
                    $0.id == answer.id && $0.text.contains("cancelled")
                }
            }
            #expect(ended.buttons.isEmpty)

            let edits = await town.telegram.calls(of: "editMessageText").map(\.at)
            let gaps = zip(edits.dropFirst(), edits).map { $0 - $1 }
            #expect(gaps.allSatisfy { $0 > .milliseconds(2_500) }, "\(gaps)")
            #expect(await town.telegram.violations.isEmpty)
        }
    }

    @Test("/stop ends a long run at once, says so once, and leaves the champion as it was")
    func stopKeepsChampion() async throws {
        try await Town.visit { town in
            let service = try await town.serveAndPair()
            try await town.asks("/train", expecting: "queued")
            let first = try await town.reads("Deployed: ")
            let before = try #require(try town.stored { try $0.policy(in: .champion) })

            try await town.asks("/train \(Self.endless)", expecting: "continuing from RL-Agent-v1")
            try await town.asks("/train", expecting: "is running already")
            try await eventually("training") { try town.cycle(2)?.step == "train" ? () : nil }
            let began = ContinuousClock.now
            await town.sends("/stop")
            let record = try await town.waitForEnd(of: 2)
            #expect(ContinuousClock.now - began < .seconds(3))
            #expect(record.state == .cancelled)

            let notice = try await town.reads("⏹ Cycle 2 was stopped in “train”", after: first.id)
            #expect(notice.text.contains("RL-Agent-v1 keeps serving; nothing was lost."))
            let after = try #require(try town.stored { try $0.policy(in: .champion) })
            #expect(after.version == before.version && after.sha256 == before.sha256)
            #expect(try town.champion() == "RL-Agent-v1")
            try await town.asks("/stop", expecting: "Nothing to stop")
            try await town.asks("/status", expecting: "idle")
            #expect(try await service.terminate().status == 0)
        }
    }

    @Test("an order that lay around for five minutes is offered with a button, and runs when that is pressed")
    func staleOrder() async throws {
        try await Town.visit { town in
            _ = try await town.serveAndPair()
            let offer = try await town.asks("/train", expecting: "It was not run", age: 300)
            #expect(offer.text.contains("5 min"))
            #expect(try town.stored { try $0.cycles(limit: 1) }.isEmpty)
            // A question is answered at any age.
            try await town.asks("/status", expecting: "Champion", age: 300)
            try await town.presses("Run now", on: offer)
            #expect(try await town.waitForEnd(of: 1).state == .promoted)
            let second = try await town.presses("Run now", on: offer)
            #expect(second.text?.contains("expired or was used") == true)
            #expect(try town.stored { try $0.cycles(limit: 5) }.count == 1)
        }
    }

    @Test("paused, the schedule starts nothing; resumed, it does")
    func pause() async throws {
        try await Town.visit { town in
            _ = try await town.serveAndPair(["schedule.jobs.retrain": "*/2 * * * * *"])
            _ = try await town.waitForEnd(of: 1)
            try await town.asks("/pause", expecting: "paused")
            let count = try town.stored { try $0.cycles(limit: 100) }.count
            try await Task.sleep(for: .seconds(3))
            #expect(try town.stored { try $0.cycles(limit: 100) }.count <= count + 1, "one may have been on its way")
            try await town.asks("/resume", expecting: "run again")
            let next = try town.stored { try $0.cycles(limit: 100) }.count + 1
            _ = try await town.waitForEnd(of: Int64(next))
        }
    }
}
