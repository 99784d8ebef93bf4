import Foundation
import Neural
import Reinforcement
import Synchronization
import Testing

/// Small enough for a test, large enough that two threads share a minibatch.
func smallSettings() -> PPOSettings {
    var settings = PPOSettings.fast
    settings.copies = 8
    settings.rolloutSteps = 128
    settings.minibatchSize = 512
    return settings
}

func trainer(
    _ settings: PPOSettings = smallSettings(), seed: UInt64 = 3, threads: Int = 1, from policy: ActorCritic? = nil
) throws -> PPOTrainer {
    try PPOTrainer(
        environment: CopiesOf<OrnsteinUhlenbeck>(copies: settings.copies, seed: 9), settings: settings, seed: seed,
        threads: threads, startingFrom: policy)
}

@Suite("A training run")
struct PPOTrainerTests {
    @Test("the same seed gives the same weights bit for bit, on one thread and on two", arguments: [1, 2, 3])
    func deterministic(threads: Int) throws {
        let first = try trainer(threads: threads).run(steps: 5000)
        let second = try trainer(threads: threads).run(steps: 5000)
        #expect(first.policy.parameters == second.policy.parameters)
        #expect(first.policy.encoded() == second.policy.encoded())
        #expect(first.steps == 5120 && first.ending == .completed)
    }

    @Test("different seeds give different weights")
    func seedsDiffer() throws {
        let first = try trainer(seed: 3).run(steps: 2000)
        let second = try trainer(seed: 4).run(steps: 2000)
        #expect(first.policy.parameters != second.policy.parameters)
    }

    struct Resumption: Sendable, CustomTestStringConvertible {
        let threads: Int
        let change: @Sendable (inout PPOSettings) -> Void
        let testDescription: String

        static let all = [
            Resumption(threads: 1, change: { _ in }, testDescription: "one thread"),
            Resumption(threads: 2, change: { _ in }, testDescription: "two threads"),
            Resumption(
                threads: 2,
                change: {
                    $0.normalisesObservations = true
                    $0.normalisesRewards = true
                    $0.learningRateSchedule = .linear
                    $0.initialWeightsCoefficient = 0.01
                    $0.weightDecay = 0.01
                    $0.activation = .silu
                    $0.targetKL = 0.01
                    $0.valueClipRange = 0.2
                    $0.entropyCoefficient = 0.01
                }, testDescription: "every option"),
        ]
    }

    @Test("a run resumed from any checkpoint ends with the same weights bit for bit", arguments: Resumption.all)
    func resumed(_ test: Resumption) throws {
        var settings = smallSettings()
        test.change(&settings)
        var checkpoints: [Data] = []
        let whole = try trainer(settings, threads: test.threads).run(
            steps: 8000, control: TrainingControl(checkpointInterval: 0, onCheckpoint: { checkpoints.append($0) }))
        #expect(checkpoints.count == 8)
        for checkpoint in [checkpoints[0], checkpoints[4]] {
            // Another start of the world: everything must come from the checkpoint.
            let environment = CopiesOf<OrnsteinUhlenbeck>(copies: settings.copies, seed: 1234)
            let resumed = try PPOTrainer(resuming: checkpoint, environment: environment)
            #expect(resumed.checkpoint() == checkpoint)
            let rest = try resumed.run(steps: 8000)
            #expect(rest.policy == whole.policy)
            #expect(rest.steps == whole.steps)
        }
    }

    @Test("a stopped run drops its unfinished rollout and goes on as if it had never stopped", arguments: [1, 2])
    func stopped(threads: Int) throws {
        let whole = try trainer(threads: threads).run(steps: 6000)
        let interrupted = try trainer(threads: threads)
        let polls = Atomic(0)
        // In the third rollout, or between its minibatches.
        let first = try interrupted.run(
            steps: 6000,
            control: TrainingControl(shouldStop: { polls.wrappingAdd(1, ordering: .relaxed).newValue > 330 * threads }))
        #expect(first.ending == .stopped)
        #expect(first.steps < 6000 && first.steps % 1024 == 0)
        let second = try interrupted.run(steps: 6000)
        #expect(second.policy == whole.policy)
    }

    @Test("progress is finite, counts whole rollouts and ends at the total")
    func progress() throws {
        var seen: [TrainingProgress] = []
        let outcome = try trainer().run(steps: 5000, control: TrainingControl(onProgress: { seen.append($0) }))
        #expect(seen.map(\.step) == [1024, 2048, 3072, 4096, 5120])
        #expect(seen == outcome.history)
        #expect(seen.allSatisfy { $0.totalSteps == 5120 && $0.epochs == 4 })
        #expect(seen.map(\.updates) == [8, 16, 24, 32, 40])
        #expect(seen.first?.meanEpisodeReward == nil && seen.last?.meanEpisodeReward != nil)
        // A fresh policy is uniform over three actions: ln 3.
        #expect(abs(seen[0].entropy - 1.0986) < 0.01)
        _ = try JSONEncoder().encode(seen)
    }

    @Test("two estimates of the same divergence differ by sampling only, and not with the number of threads")
    func estimatesOfDivergence() throws {
        var settings = smallSettings()
        settings.rolloutSteps = 1024
        settings.minibatchSize = 4096
        settings.learningRate = 1e-2
        func first(threads: Int) throws -> TrainingProgress? {
            try trainer(settings, threads: threads).run(steps: 8192).history.first
        }
        let one = try #require(try first(threads: 1))
        let two = try #require(try first(threads: 2))
        #expect(one.approximateKL > 0.003)
        // They differ by the mean of 1 − r, whose deviation is about √(2 · KL / samples).
        let deviation = (2 * one.approximateKL / 8192).squareRoot()
        #expect(abs(one.oldApproximateKL - one.approximateKL) < 4 * deviation, "\(one)")
        #expect(one.oldApproximateKL != one.approximateKL)
        #expect(abs(two.oldApproximateKL - one.oldApproximateKL) < 1e-5, "\(two)")
    }

    @Test("two action dimensions are learned, from features of very different sizes, once they are normalised")
    func multiDiscrete() throws {
        var settings = smallSettings()
        settings.normalisesObservations = true
        settings.learningRate = 1e-3
        let environment = CopiesOf<TwoLevers>(copies: 8, seed: 1)
        let outcome = try PPOTrainer(environment: environment, settings: settings, seed: 1).run(steps: 30_000)
        #expect(outcome.policy.greedyAction([50_300, 3e-5, 1]) == [1, 2])
        #expect((outcome.history.last?.meanStepReward ?? 0) > 0.9)
        let normaliser = try #require(outcome.policy.normaliser)
        #expect(abs(normaliser.mean[0] - 50_000) < 50)
        #expect(abs(normaliser.variance[0].squareRoot() - 1000) < 50)
    }

    @Test("values learn the discounted return of a reward of 1 for five steps")
    func values() throws {
        var settings = PPOSettings.stableBaselines3
        settings.discount = 0.5
        settings.learningRate = 3e-3
        settings.learningRateSchedule = .linear
        let environment = CopiesOf<OneAStep>(copies: 1, seed: 1)
        let outcome = try PPOTrainer(environment: environment, settings: settings, seed: 1).run(steps: 30_000)
        let values = outcome.policy.evaluate(observations: [0, 1, 2, 3, 4]).values
        // 1 + ½ + ¼ + … for as many steps as remain.
        for (found, expected) in zip(values, [1.9375, 1.875, 1.75, 1.5, 1]) {
            #expect(abs(found - Float(expected)) < 0.03)
        }
    }

    @Test("a world that breaks stops the run, which keeps the last good policy and says why")
    func divergence() throws {
        var settings = smallSettings()
        settings.copies = 1
        settings.rolloutSteps = 1000
        settings.minibatchSize = 500
        let reward = try PPOTrainer(
            environment: CopiesOf<Broken>(copies: 1, seed: 1), settings: settings, seed: 1
        ).run(steps: 5000)
        #expect(reward.ending == .diverged(reason: "a reward was not a finite number"))
        #expect(reward.steps == 1000 && reward.history.count == 1)
        #expect(reward.policy.parameters.allSatisfy { $0.isFinite })
        let sight = try PPOTrainer(
            environment: CopiesOf<Blind>(copies: 1, seed: 1), settings: settings, seed: 1
        ).run(steps: 5000)
        #expect(sight.ending == .diverged(reason: "an observation was not a finite number"))
        #expect(sight.steps == 1000)
    }

    @Test("what a checkpoint handler throws ends the run and reaches the caller")
    func checkpointFails() throws {
        struct DiskFull: Error {}
        #expect(throws: DiskFull.self) {
            try trainer().run(
                steps: 5000, control: TrainingControl(checkpointInterval: 0, onCheckpoint: { _ in throw DiskFull() }))
        }
    }

    @Test("a warm start goes on from the given policy")
    func warmStart() throws {
        let first = try trainer().run(steps: 4000).policy
        let second = try trainer(from: first)
        #expect(second.policy == first)
    }

    @Test("the pull towards the initial weights keeps a net near them")
    func initialWeights() throws {
        func distance(_ coefficient: Float) throws -> Float {
            var settings = smallSettings()
            settings.initialWeightsCoefficient = coefficient
            settings.learningRate = 3e-3
            let trainer = try trainer(settings)
            let start = trainer.policy.parameters
            let end = try trainer.run(steps: 20_000).policy.parameters
            return zip(start, end).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        let (pulled, free) = (try distance(1), try distance(0))
        #expect(pulled < 0.5 * free)
    }
}
