import ControlPlane
import Foundation
import Policies
import Simulation
import Store
import Testing

/// What a cycle does with the settings of a training.
struct TrainingOptionTests {
    @Test("every cycle leaves TensorBoard events and figures under the same names; old events go with old versions")
    func events() async throws {
        let workshop = try Workshop { $0.keepPolicies = 2 }
        for _ in 0..<3 { _ = try await workshop.cycle(steps: 500) }
        #expect(try workshop.folder.names("tensorboard") == ["cycle-2", "cycle-3"])
        let names = try workshop.folder.names("tensorboard/cycle-3")
        #expect(names.count == 1 && names[0].hasPrefix("events.out.tfevents."))
        let file = workshop.folder.url.appendingPathComponent("tensorboard/cycle-3/" + names[0])
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        for tag in [
            "brain.Event:2", "time/fps", "train/approx_kl", "train/clip_fraction", "train/entropy_loss",
            "train/explained_variance", "train/learning_rate", "train/loss", "train/policy_gradient_loss",
            "train/old_approx_kl", "train/value_loss", "plasticity/policy_dormant_share",
            "plasticity/value_effective_rank",
        ] {
            #expect(text.contains(tag), "\(tag)")
            if tag.contains("/") {
                #expect(try workshop.store.read { try $0.latestMetric(tag) }?.cycleId == 3, "\(tag)")
            }
        }
    }

    @Test("a policy with memory is trained, judged, published and learned on from; another kind of net begins anew")
    func memory() async throws {
        let folder = try Folder()
        let remembering = try Workshop(folder: folder) {
            $0.training.settings.memoryUnits = 16
            $0.training.settings.sequenceLength = 32
        }
        #expect(try await remembering.cycle().state == .promoted)
        #expect(try remembering.control.verifiedPolicy(1).policy.memoryUnits == 16)
        let second = try await remembering.cycle()
        #expect(try second.decodedReport().training?.parent == 1)
        let plain = try Workshop(folder: folder)
        let third = try await plain.cycle()
        #expect(try third.decodedReport().training?.parent == nil)
        #expect(try plain.control.verifiedPolicy(3).policy.memoryUnits == 0)
    }

    @Test("stop and target hold in training, in the tests and on paper, and stand in the manifest")
    func protection() async throws {
        let rules = Protection(stopLoss: 0.004, takeProfit: 0.004)
        let free = try Workshop()
        let held = try Workshop { $0.protection = rules }
        let (loose, tight) = (try await free.cycle(seed: 5), try await held.cycle(seed: 5))
        #expect(try held.control.verifiedPolicy(1).manifest.protection == rules)
        #expect(try free.control.verifiedPolicy(1).manifest.protection == nil)
        #expect(try loose.decodedReport().validation?.challenger != tight.decodedReport().validation?.challenger)
        _ = try held.control.paper.walk()
        held.clock.advance(400 * 3600)
        _ = try await held.control.ingestor.ingest()
        _ = try held.control.paper.walk()
        let reasons = try held.store.read { try $0.trades(limit: 1_000) }.map(\.exitReason)
        #expect(reasons.contains("stop_loss") && reasons.contains("take_profit"), "\(reasons)")
    }

    @Test("a report says what was ordered and what whole rollouts came to")
    func ordered() async throws {
        let training = try #require(try await Workshop().cycle(steps: 1_000).decodedReport().training)
        // Rollouts of 4 × 64 steps.
        #expect(training.orderedSteps == 1_000 && training.steps == 1_024)
    }
}
