import Foundation
import Neural
import Reinforcement
import Testing

@Suite("Training refuses what cannot work, with one clear error")
struct TrainingInputTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        let name: String
        let change: @Sendable (inout PPOSettings) -> Void
        var testDescription: String { name }

        static let all: [Bad] = [
            Bad(name: "copies") { $0.copies = 0 },
            Bad(name: "rolloutSteps") { $0.rolloutSteps = -1 },
            Bad(name: "copies × rolloutSteps") {
                $0.copies = 65_536
                $0.rolloutSteps = 1_048_576
            },
            Bad(name: "minibatchSize") { $0.minibatchSize = 1 },
            Bad(name: "minibatchSize") { $0.minibatchSize = 100_000 },
            Bad(name: "minibatchSize") { $0.minibatchSize = 2047 },
            Bad(name: "epochs") { $0.epochs = 0 },
            Bad(name: "discount") { $0.discount = 1.01 },
            Bad(name: "discount") { $0.discount = .nan },
            Bad(name: "gaeLambda") { $0.gaeLambda = -0.1 },
            Bad(name: "clipRange") { $0.clipRange = 0 },
            Bad(name: "valueClipRange") { $0.valueClipRange = -1 },
            Bad(name: "entropyCoefficient") { $0.entropyCoefficient = .infinity },
            Bad(name: "valueCoefficient") { $0.valueCoefficient = -1 },
            Bad(name: "targetKL") { $0.targetKL = 0 },
            Bad(name: "learningRate") { $0.learningRate = 0 },
            Bad(name: "learningRate") { $0.learningRate = 30 },
            Bad(name: "adamEpsilon") { $0.adamEpsilon = 0 },
            Bad(name: "weightDecay") { $0.weightDecay = 2 },
            Bad(name: "maximumGradientNorm") { $0.maximumGradientNorm = 0 },
            Bad(name: "initialWeightsCoefficient") { $0.initialWeightsCoefficient = -1 },
            Bad(name: "normalisationClip") { $0.normalisationClip = 0 },
            Bad(name: "policyLayers") { $0.policyLayers = [64, 0] },
            Bad(name: "valueLayers") { $0.valueLayers = Array(repeating: 8, count: 9) },
            Bad(name: "dormantResetInterval") { $0.dormantResetInterval = -1 },
            Bad(name: "perturbedShare") { $0.perturbedShare = 1.5 },
            Bad(name: "memoryUnits") { $0.memoryUnits = 40 },
            Bad(name: "memoryUnits") { $0.memoryUnits = 0 },
            Bad(name: "sequenceLength") {
                $0.memoryUnits = 32
                $0.sequenceLength = 0
            },
            Bad(name: "sequenceLength") {
                $0.memoryUnits = 32
                $0.sequenceLength = 30
            },
            Bad(name: "minibatchSize") {
                $0.memoryUnits = 32
                $0.minibatchSize = 48
            },
        ]
    }

    @Test("an absurd setting is named", arguments: Bad.all)
    func settings(_ bad: Bad) {
        var settings = PPOSettings.stableBaselines3
        bad.change(&settings)
        #expect {
            try settings.validate()
        } throws: { error in
            guard case TrainingError.setting(let name, _, _) = error else { return false }
            return name == bad.name
        }
    }

    @Test("the presets are valid, and survive JSON; a missing key keeps its default")
    func presets() throws {
        for preset in [PPOSettings.stableBaselines3, .fast, .thorough] {
            try preset.validate()
            #expect(try JSONDecoder().decode(PPOSettings.self, from: JSONEncoder().encode(preset)) == preset)
        }
        let partial = try JSONDecoder().decode(PPOSettings.self, from: Data("{\"epochs\": 3}".utf8))
        var expected = PPOSettings()
        expected.epochs = 3
        #expect(partial == expected)
    }

    @Test("zero steps, zero threads, and another number of copies are refused")
    func runInput() throws {
        let environment = CopiesOf<OrnsteinUhlenbeck>(copies: 8, seed: 1)
        let trainer = try PPOTrainer(environment: environment, settings: smallSettings(), seed: 1)
        #expect(throws: TrainingError.setting(name: "steps", value: "0", allowed: "1 or more")) {
            try trainer.run(steps: 0)
        }
        #expect(throws: TrainingError.setting(name: "threads", value: "0", allowed: "1...256")) {
            try PPOTrainer(environment: environment, settings: smallSettings(), seed: 1, threads: 0)
        }
        #expect(throws: TrainingError.environment(what: "number of copies", expected: "64", found: "8")) {
            try PPOTrainer(environment: environment, settings: .fast, seed: 1)
        }
    }

    @Test("a policy or checkpoint of another shape is refused")
    func otherShape() throws {
        let policy = try ActorCritic(
            ActorCritic.Architecture(observationSize: 5, actionChoices: [3]), random: RandomStream(seed: 1))
        #expect(throws: TrainingError.environment(what: "observation size", expected: "5", found: "2")) {
            try trainer(from: policy)
        }
        let checkpoint = try trainer().checkpoint()
        #expect(throws: TrainingError.environment(what: "observation size", expected: "2", found: "33")) {
            try PPOTrainer(resuming: checkpoint, environment: CopiesOf<HiddenRegime>(copies: 8, seed: 1))
        }
    }

    @Test("a damaged or foreign checkpoint is refused, and a policy is not one")
    func damagedCheckpoint() throws {
        let environment = CopiesOf<OrnsteinUhlenbeck>(copies: 8, seed: 1)
        let good = try trainer().checkpoint()
        var damaged = good
        damaged[damaged.count / 2] ^= 1
        for bad in [damaged, good.prefix(1000), Data(), try trainer().policy.encoded()] {
            #expect {
                try PPOTrainer(resuming: bad, environment: environment)
            } throws: { error in
                guard case TrainingError.checkpoint = error else { return false }
                return true
            }
        }
    }

    @Test("an action space the kernels cannot hold is refused")
    func tooManyChoices() {
        for choices in [[], [0], [65], [40, 40]] {
            #expect(throws: TrainingError.self) {
                try ActorCritic(
                    ActorCritic.Architecture(observationSize: 5, actionChoices: choices), random: RandomStream(seed: 1))
            }
        }
    }
}
