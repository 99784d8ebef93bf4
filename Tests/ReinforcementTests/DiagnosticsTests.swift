import Foundation
import Neural
import Reinforcement
import Testing

@Suite("Diagnostics")
struct DiagnosticsTests {
    @Test("CRC-32C has RFC 3720's check values")
    func checksum() {
        #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xe306_9283)
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
    }

    @Test("a TensorBoard file begins as TensorFlow's own")
    func tensorBoardHeader() {
        // Written by TensorFlow's EventsWriter with wall time 0: length 24, its masked CRC, the event, its masked CRC.
        let header = [UInt8](TensorBoardLog.header(wallTime: 0))
        #expect(Array(header[0..<8]) == [24, 0, 0, 0, 0, 0, 0, 0])
        #expect(Array(header[8..<12]) == [0xa3, 0x7f, 0x4b, 0x22])
        #expect(Array(header[12..<21]) == [9, 0, 0, 0, 0, 0, 0, 0, 0])
        #expect(Array(header[21..<36]) == [0x1a, 13] + Array("brain.Event:2".utf8))
        #expect(header.count == 40)
    }

    @Test("a progress record carries its step and SB3's tags")
    func tensorBoardRecord() throws {
        let progress = try #require(try trainer().run(steps: 1000).history.first)
        let record = TensorBoardLog.records(of: progress, settings: smallSettings(), wallTime: 1.5)
        #expect(Int(record[0]) + Int(record[1]) << 8 == record.count - 16)
        let text = String(decoding: record, as: UTF8.self)
        for tag in [
            "time/fps", "train/approx_kl", "train/clip_fraction", "train/entropy_loss", "train/learning_rate",
            "train/loss", "train/old_approx_kl",
            "train/policy_gradient_loss", "train/value_loss", "train/explained_variance",
        ] { #expect(text.contains(tag)) }
        // Field 2, step 1024 as a varint.
        #expect(record.range(of: Data([0x10, 0x80, 0x08])) != nil)
    }

    @Test("a fresh net is alive and of high rank; one whose units repeat each other is of low rank")
    func plasticity() throws {
        let architecture = ActorCritic.Architecture(
            observationSize: 20, actionChoices: [3], policyLayers: [24, 16], valueLayers: [16])
        let fresh = try ActorCritic(architecture, random: RandomStream(seed: 1))
        var stream = RandomStream(seed: 2)
        let observations = (0..<300 * 20).map { _ in Float(stream.normal()) }
        let (policy, value) = fresh.plasticity(observations: observations)
        let alive = try #require(policy)
        #expect(alive.dormantShare == 0 && alive.saturatedShare == 0)
        #expect(alive.lastLayerUnits == 16 && alive.effectiveRank >= 14)
        #expect(value?.effectiveRank ?? 0 >= 14)
        // One observation again and again spans one direction.
        let same = fresh.plasticity(observations: (0..<300).flatMap { _ in observations[0..<20] })
        #expect(same.policy?.effectiveRank == 1)
    }

    @Test("shrink and perturb moves every weight towards a fresh net's scale")
    func shrinkAndPerturb() throws {
        let policy = try trainer().policy
        let moved = try policy.shrunkAndPerturbed(share: 0.5, noise: 0, random: RandomStream(seed: 1))
        #expect(moved.parameters == policy.parameters.map { $0 * 0.5 })
        let fresh = try policy.shrunkAndPerturbed(share: 0, noise: 1, random: RandomStream(seed: 1))
        #expect(try fresh == ActorCritic(policy.architecture, random: RandomStream(seed: 1)))
        #expect(throws: TrainingError.self) {
            try policy.shrunkAndPerturbed(share: 2, noise: 0, random: RandomStream(seed: 1))
        }
    }

    @Test("dormant units are found and revived without changing what the nets say")
    func dormantUnits() throws {
        // A third feature that is always zero feeds nothing, so one hidden layer of SiLU units with huge negative biases sleeps.
        let architecture = ActorCritic.Architecture(
            observationSize: 2, actionChoices: [3], policyLayers: [8, 8], valueLayers: [8], activation: .silu)
        let fresh = try ActorCritic(architecture, random: RandomStream(seed: 1))
        let layer = fresh.policyNet.layers[0]
        var archive = try TensorArchive(decoding: fresh.encoded(), kind: "marketflow.policy")
        archive.tensors = archive.tensors.map { tensor in
            guard tensor.name == "policy.0.bias" else { return tensor }
            return Tensor(name: tensor.name, shape: [8], floats: [-90, -90, 0, 0, 0, 0, 0, 0])
        }
        var policy = try ActorCritic(decoding: archive.encoded())
        var stream = RandomStream(seed: 2)
        let observations = (0..<400).map { _ in Float(stream.normal()) }
        #expect(policy.plasticity(observations: observations).policy?.dormantShare == 2.0 / 16)
        let before = policy.evaluate(observations: observations)
        #expect(try policy.resetDormantUnits(observations: observations, random: RandomStream(seed: 3)) == 2)
        let after = policy.evaluate(observations: observations)
        for (old, new) in zip(before.probabilities, after.probabilities) { #expect(abs(old - new) < 1e-5) }
        let bias = layer.offset + layer.inputs * layer.width
        #expect(policy.parameters[bias] == 0 && policy.parameters[bias + 1] == 0)
    }
}
