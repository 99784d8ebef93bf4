import Foundation
import Neural
import Reinforcement
import Testing

@Suite("Remedies for nets that are trained again and again")
struct ContinualLearningTests {
    /// A policy for ou-v1 of which two of eight first units sleep: no input can lift them, so no gradient reaches them.
    private func sleepy() throws -> ActorCritic {
        let architecture = ActorCritic.Architecture(
            observationSize: 2, actionChoices: [3], policyLayers: [8, 8], valueLayers: [8], activation: .silu)
        let fresh = try ActorCritic(architecture, random: RandomStream(seed: 1))
        var archive = try TensorArchive(decoding: fresh.encoded(), kind: "marketflow.policy")
        archive.tensors = archive.tensors.map { tensor in
            guard tensor.name == "policy.0.bias" else { return tensor }
            return Tensor(name: tensor.name, shape: [8], floats: [-90, -90, 0, 0, 0, 0, 0, 0])
        }
        return try ActorCritic(decoding: archive.encoded())
    }

    @Test("dormant units are reset at their interval and learn again; without it they sleep on", arguments: [0, 2])
    func dormantReset(interval: Int) throws {
        var settings = smallSettings()
        settings.dormantResetInterval = interval
        let outcome = try trainer(settings, from: sleepy()).run(steps: 6 * 1024)
        #expect(outcome.history.first?.policyPlasticity?.dormantShare == 2.0 / 16)
        #expect(outcome.history.last?.policyPlasticity?.dormantShare == (interval == 0 ? 2.0 / 16 : 0))
        #expect(outcome.ending == .completed)
    }

    @Test("a perturbed warm start mixes fresh weights in; a share of 1 leaves nothing of the old policy")
    func perturbation() throws {
        let parents = try [1, 2].map { try trainer(seed: $0).run(steps: 3000).policy }
        var settings = smallSettings()
        settings.perturbedShare = 1
        let replaced = try parents.map { try trainer(settings, from: $0).policy.parameters }
        #expect(replaced[0] == replaced[1])
        settings.perturbedShare = 0.25
        let mixed = try trainer(settings, from: parents[0]).policy.parameters
        for (found, (old, fresh)) in zip(mixed, zip(parents[0].parameters, replaced[0])) {
            #expect(abs(found - (0.75 * old + 0.25 * fresh)) < 1e-6)
        }
    }

    @Test("the pull of a warm-started run is towards fresh weights, not towards what was learned")
    func anchor() throws {
        let fresh = try trainer().policy
        let grown = try fresh.shrunkAndPerturbed(share: 1, noise: 1, random: RandomStream(seed: 8))
        func size(_ policy: ActorCritic) -> Float { policy.parameters.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        func end(_ coefficient: Float) throws -> Float {
            var settings = smallSettings()
            settings.initialWeightsCoefficient = coefficient
            settings.learningRate = 3e-3
            return try size(trainer(settings, from: grown).run(steps: 20_000).policy)
        }
        #expect(size(grown) > 1.3 * size(fresh))
        #expect(try end(1) < 1.15 * size(fresh))
        #expect(try end(0) > 1.2 * size(fresh))
    }

    @Test("a net with layer norm learns two levers")
    func layerNorm() throws {
        var settings = smallSettings()
        settings.normalisesObservations = true
        settings.normalisesLayers = true
        settings.learningRate = 1e-3
        let environment = CopiesOf<TwoLevers>(copies: 8, seed: 1)
        let outcome = try PPOTrainer(environment: environment, settings: settings, seed: 1).run(steps: 30_000)
        #expect((outcome.history.last?.meanStepReward ?? 0) > 0.9)
        #expect(outcome.policy.policyNet.norms.count == 2)
    }

    @Test("plasticity is measured after the first rollout, now and then, and after the last")
    func measured() throws {
        let history = try trainer().run(steps: 11 * 1024).history
        #expect(history.indices.filter { history[$0].policyPlasticity != nil } == [0, 8, 10])
        let last = try #require(history.last?.valuePlasticity)
        #expect(last.lastLayerUnits == 64 && (1...64).contains(last.effectiveRank))
    }

    @Test("singular values are those of matrices worked by hand")
    func singularValues() {
        // AᵀA of [[3, 0], [4, 5]] has the trace 50 and the determinant 225: eigenvalues 45 and 5.
        let square = SingularValues.of([3, 0, 4, 5], rows: 2, columns: 2, stride: 2)
        #expect(zip(square, [6.708203932499369, 2.23606797749979]).allSatisfy { abs($0 - $1) < 1e-9 })
        // Rows of lengths 3, 2 and 1 at right angles, in wider rows, either way up.
        let tall = SingularValues.of([0, 3, 9, 2, 0, 9, 0, 0, 9], rows: 3, columns: 2, stride: 3)
        #expect(zip(tall, [3, 2]).allSatisfy { abs($0 - $1) < 1e-9 } && tall.count == 2)
        let wide = SingularValues.of([0, 3, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1], rows: 3, columns: 4, stride: 4)
        #expect(zip(wide, [3, 2, 1]).allSatisfy { abs($0 - $1) < 1e-9 } && wide.count == 3)
        // The sum of squares is the matrix's own, whatever the matrix.
        var stream = RandomStream(seed: 3)
        let many = (0..<50 * 20).map { _ in Float(stream.normal()) }
        let squares = many.reduce(0) { $0 + Double($1) * Double($1) }
        let found = SingularValues.of(many, rows: 50, columns: 20, stride: 20)
        #expect(found.count == 20 && abs(found.reduce(0) { $0 + $1 * $1 } - squares) < 1e-8 * squares)
    }
}
