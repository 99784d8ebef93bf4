import Foundation
import Neural
import Reinforcement
import Testing

@Suite("A policy")
struct ActorCriticTests {
    private func policy(_ choices: [Int] = [3, 2]) throws -> ActorCritic {
        try ActorCritic(
            ActorCritic.Architecture(
                observationSize: 5, actionChoices: choices, policyLayers: [20, 9], valueLayers: [7], activation: .tanh),
            random: RandomStream(seed: 2))
    }

    @Test("survives its bytes, and refuses damaged ones")
    func coding() throws {
        let policy = try policy()
        #expect(try ActorCritic(decoding: policy.encoded()) == policy)
        var damaged = policy.encoded()
        damaged[300] ^= 4
        #expect(throws: TrainingError.self) { try ActorCritic(decoding: damaged) }
        #expect(throws: TrainingError.self) { try ActorCritic(decoding: Data([1, 2, 3])) }
    }

    @Test("agrees with a plain evaluation in double")
    func evaluation() throws {
        let policy = try policy()
        var stream = RandomStream(seed: 3)
        let observations = (0..<7 * 5).map { _ in Float(stream.normal()) }
        let found = policy.evaluate(observations: observations)
        let parameters = policy.parameters.map(Double.init)
        let x = observations.map(Double.init)
        let logits = Reference.forward(policy.policyNet, parameters, x: x, rows: 7)
        let values = Reference.forward(policy.valueNet, parameters, x: x, rows: 7)
        for row in 0..<7 {
            let expected =
                ReferencePPO.logSoftmax(logits[row * 5..<row * 5 + 3])
                + ReferencePPO.logSoftmax(logits[row * 5 + 3..<row * 5 + 5])
            for choice in 0..<5 {
                #expect(abs(Double(found.probabilities[row * 5 + choice]) - exp(expected[choice])) < 1e-5)
            }
            #expect(abs(Double(found.values[row]) - values[row]) < 1e-5)
        }
    }

    @Test("its greedy action is the most probable one of each dimension, alone as in a batch")
    func greedy() throws {
        let policy = try policy()
        let observation: [Float] = [0.3, -1, 2, 0, 0.5]
        let p = policy.evaluate(observations: observation).probabilities
        let expected = [
            (0..<3).max { p[$0] < p[$1] }, (0..<2).max { p[3 + $0] < p[3 + $1] },
        ].compactMap { $0 }
        #expect(policy.greedyAction(observation) == expected)
        #expect(PolicyEvaluator(policy).greedyAction(observation) == expected[0])
    }

    @Test("starts almost uniform, with values of order one")
    func start() throws {
        let p = try policy().evaluate(observations: [1, -1, 0.5, 2, 0]).probabilities
        for probability in p[0..<3] { #expect(abs(probability - 1.0 / 3) < 0.02) }
        for probability in p[3..<5] { #expect(abs(probability - 0.5) < 0.02) }
    }

    @Test("names its tensors with their shapes")
    func tensors() throws {
        let shapes = try Dictionary(uniqueKeysWithValues: policy().tensors.map { ($0.name, $0.shape) })
        #expect(shapes["policy.0.weight"] == [5, 20])
        #expect(shapes["policy.2.weight"] == [9, 5])
        #expect(shapes["value.1.bias"] == [1])
        #expect(shapes.count == 10)
    }

    @Test("an observation normaliser agrees with the mean and variance of all it saw, in any batches")
    func normaliser() {
        var stream = RandomStream(seed: 4)
        let seen = (0..<300).map { _ in 5000 + 3 * stream.normal() }
        var normaliser = ObservationNormaliser(features: 1)
        for range in [0..<1, 1..<50, 50..<300] {
            let batch = seen[range]
            let mean = batch.reduce(0, +) / Double(batch.count)
            let variance = batch.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(batch.count)
            normaliser.merge(batchCount: Double(batch.count), batchMean: [mean], batchVariance: [variance])
        }
        let mean = seen.reduce(0, +) / 300
        let variance = seen.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 300
        #expect(abs(normaliser.mean[0] - mean) < 1e-9)
        #expect(abs(normaliser.variance[0] - variance) < 1e-9)
        var scaled: [Float] = [Float(mean + 2 * variance.squareRoot()), 1e9]
        scaled.withUnsafeMutableBufferPointer { buffer in
            if let base = buffer.baseAddress { normaliser.apply(base, to: base, rows: 2) }
        }
        #expect(abs(scaled[0] - 2) < 0.01 && scaled[1] == 10)
    }
}
