import Foundation
import Neural
import Reinforcement
import Synchronization
import Testing

/// ``smallSettings()`` with a memory, several sequences a rollout and several a minibatch.
private func rememberingSettings() -> PPOSettings {
    var settings = smallSettings()
    settings.memoryUnits = 16
    settings.sequenceLength = 16
    settings.policyLayers = [16]
    settings.valueLayers = [16]
    return settings
}

private func remembering(
    _ settings: PPOSettings = rememberingSettings(), seed: UInt64 = 3, threads: Int = 1, from policy: ActorCritic? = nil
) throws -> PPOTrainer {
    try PPOTrainer(
        environment: CopiesOf<GlimpsedRegime>(copies: settings.copies, seed: 9), settings: settings, seed: seed,
        threads: threads, startingFrom: policy)
}

@Suite("A policy with memory", .serialized)
struct RecurrentPolicyTests {
    @Test("trades a hidden drift within 3 % of the optimum")
    func hiddenRegime() throws {
        let optimum = Optimum.hiddenRegime()
        let shares = try seeds.map { seed in
            let outcome = try trained(HiddenRegime.self, .recurrent, seed: seed, steps: 200_000)
            return Score.hiddenRegime(outcome.policy, optimum: optimum)
        }
        if shares.count > 1 { print("regime-v1 with memory, shares of the optimum:", shares) }
        #expect(median(shares) >= 0.97, "\(shares)")
    }

    @Test("finds the drift although it sees one return at a time, where a policy without memory cannot")
    func glimpses() throws {
        func share(_ memoryUnits: Int?) throws -> Double {
            var settings = PPOSettings.thorough
            settings.memoryUnits = memoryUnits
            let outcome = try trained(GlimpsedRegime.self, settings, seed: 1, steps: 150_000)
            return Score.hiddenRegime(outcome.policy, optimum: Optimum.hiddenRegime(), shown: GlimpsedRegime.self)
        }
        let (with, without) = (try share(32), try share(nil))
        #expect(with >= 0.9, "\(with)")
        #expect(without <= 0.6, "\(without)")
    }

    @Test("the same seed gives the same weights bit for bit, on one thread and on two", arguments: [1, 2, 3])
    func deterministic(threads: Int) throws {
        let first = try remembering(threads: threads).run(steps: 5000)
        let second = try remembering(threads: threads).run(steps: 5000)
        #expect(first.policy.encoded() == second.policy.encoded())
        let other = try remembering(seed: 4, threads: threads).run(steps: 5000)
        #expect(first.policy.parameters != other.policy.parameters)
    }

    @Test(
        "a run resumed from any checkpoint ends with the same weights bit for bit", arguments: [1, 2], [false, true])
    func resumed(threads: Int, withEveryOption: Bool) throws {
        var settings = rememberingSettings()
        if withEveryOption {
            settings.normalisesObservations = true
            settings.normalisesRewards = true
            settings.normalisesLayers = true
            settings.dormantResetInterval = 2
            settings.initialWeightsCoefficient = 0.01
            settings.activation = .silu
        }
        var checkpoints: [Data] = []
        let whole = try remembering(settings, threads: threads).run(
            steps: 8000, control: TrainingControl(checkpointInterval: 0, onCheckpoint: { checkpoints.append($0) }))
        for checkpoint in [checkpoints[0], checkpoints[4]] {
            let environment = CopiesOf<GlimpsedRegime>(copies: settings.copies, seed: 1234)
            let resumed = try PPOTrainer(resuming: checkpoint, environment: environment)
            #expect(resumed.checkpoint() == checkpoint)
            #expect(try resumed.run(steps: 8000).policy == whole.policy)
        }
    }

    @Test("a stopped run goes on as if it had never stopped", arguments: [1, 2])
    func stopped(threads: Int) throws {
        let whole = try remembering(threads: threads).run(steps: 6000)
        let interrupted = try remembering(threads: threads)
        let polls = Atomic(0)
        let first = try interrupted.run(
            steps: 6000,
            control: TrainingControl(shouldStop: { polls.wrappingAdd(1, ordering: .relaxed).newValue > 330 * threads }))
        #expect(first.ending == .stopped && first.steps < 6000)
        #expect(try interrupted.run(steps: 6000).policy == whole.policy)
    }

    @Test("sequences replayed in learning are those that were lived, across episodes' ends and rollouts")
    func replay() throws {
        var settings = rememberingSettings()
        settings.learningRate = 1e-2
        // Episodes of 20 steps end within sequences of 16.
        func train(_ settings: PPOSettings, from policy: ActorCritic?) throws -> TrainingOutcome {
            let environment = CopiesOf<TwoLevers>(copies: settings.copies, seed: 9)
            return try PPOTrainer(environment: environment, settings: settings, seed: 3, startingFrom: policy)
                .run(steps: 8 * 1024)
        }
        settings.normalisesObservations = true
        let learned = try train(settings, from: nil).policy
        settings.normalisesObservations = false
        // A step too small to change a weight: probabilities must come out as they were when the actions were drawn.
        settings.learningRate = 1e-30
        let outcome = try train(settings, from: learned)
        #expect(outcome.policy.parameters == learned.parameters)
        for progress in outcome.history {
            #expect(progress.approximateKL < 1e-9 && progress.clipFraction == 0, "\(progress)")
            #expect(abs(progress.oldApproximateKL) < 1e-6, "\(progress)")
        }
    }

    @Test("survives its bytes, and refuses those of another memory")
    func coding() throws {
        var settings = rememberingSettings()
        settings.normalisesLayers = true
        let policy = try remembering(settings).run(steps: 2000).policy
        #expect(policy.memoryUnits == 16)
        #expect(try ActorCritic(decoding: policy.encoded()) == policy)
        var archive = try TensorArchive(decoding: policy.encoded(), kind: "marketflow.policy")
        archive.tensors.removeAll { $0.name == "memory.recurrent.weight" }
        #expect(throws: TrainingError.self) { try ActorCritic(decoding: archive.encoded()) }
        archive = try TensorArchive(decoding: policy.encoded(), kind: "marketflow.policy")
        archive.tensors.removeAll { $0.name == "policy.0.norm.gain" }
        #expect(throws: TrainingError.self) { try ActorCritic(decoding: archive.encoded()) }
    }

    @Test("an evaluator remembers from step to step, goes on from a stored memory, and forgets when told to")
    func evaluator() throws {
        let policy = try remembering().run(steps: 4000).policy
        var stream = RandomStream(seed: 5)
        let seen = (0..<12).map { _ in [Float(stream.normal()), 0] }
        func probabilities(_ evaluator: PolicyEvaluator, _ observation: [Float]) -> [Float] {
            var result = [Float](repeating: 0, count: 3)
            evaluator.probabilities(observation, count: 1, into: &result)
            return result
        }
        let evaluator = PolicyEvaluator(policy)
        let first = seen.map { probabilities(evaluator, $0) }
        #expect(first[11] != probabilities(PolicyEvaluator(policy), seen[11]))
        evaluator.forget()
        #expect(seen[0..<6].map { probabilities(evaluator, $0) } == Array(first[0..<6]))
        let other = PolicyEvaluator(policy)
        other.memory = evaluator.memory
        // A look at the value is no step.
        var value: [Float] = [0]
        other.values(seen[6], count: 1, into: &value)
        #expect(seen[6...].map { probabilities(other, $0) } == Array(first[6...]))
        // The plain recurrence says the same.
        let net = try #require(policy.memoryNet)
        let states = Reference.states(
            net, policy.parameters.map(Double.init), x: seen.flatMap { $0.map(Double.init) },
            initial: Array(repeating: 0, count: 16), begins: Array(repeating: 0, count: 12), rows: 1)
        for (found, expected) in zip(evaluator.memory, states[5 * 16..<6 * 16]) {
            #expect(abs(Double(found) - expected) < 1e-5)
        }
    }

    @Test("is not retrained from single stored steps")
    func offline() throws {
        let policy = try remembering().policy
        let experience = Experience(
            observations: Array(repeating: 0, count: 20), actions: Array(repeating: 0, count: 10),
            rewards: Array(repeating: 0, count: 10), nextObservations: Array(repeating: 0, count: 20),
            terminal: Array(repeating: false, count: 10))
        #expect {
            try OfflineRetraining(policy: policy, experience: experience, seed: 1)
        } throws: { error in
            guard case TrainingError.policy(let reason) = error else { return false }
            return reason.contains("memory")
        }
    }
}
