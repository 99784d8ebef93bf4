import Foundation
import Neural
import Policies
import Reinforcement
import Testing

/// Policies as ONNX files, compared with what the onnx library (1.23) writes and onnxruntime (1.31) computes for the same net.
struct ONNXModelTests {
    @Test("the file is byte for byte the one the onnx library writes for the same net")
    func bytes() throws {
        let model = try ONNXModel.encode(try Self.tiny(), properties: [("layout", "tiny")])
        #expect(model == Data(base64Encoded: Self.reference, options: .ignoreUnknownCharacters))
    }

    @Test("our own forward pass gives what onnxruntime gives for that file")
    func forward() throws {
        let answer = try Self.tiny().evaluate(observations: [0, 0, 1, -1, -3.5, 2.25, 1000, -1000])
        for (ours, theirs) in zip(answer.probabilities, Self.probabilities) { #expect(abs(ours - theirs) < 1e-5) }
        for (ours, theirs) in zip(answer.values, Self.values) { #expect(abs(ours - theirs) < 1e-5) }
    }

    @Test("a SiLU net uses a gate and a product, and one without a normaliser reads its observations as they are")
    func shapes() throws {
        let silu = try ActorCritic(
            .init(observationSize: 2, actionChoices: [3], policyLayers: [4], valueLayers: [4], activation: .silu),
            random: RandomStream(seed: 1))
        let text = String(decoding: try ONNXModel.encode(silu), as: UTF8.self)
        #expect(text.contains("Sigmoid") && text.contains("Mul") && !text.contains("Tanh"))
        #expect(!text.contains("normalis"))
    }

    /// A policy with memory, layer norm and a normaliser; its weights follow from a seed.
    private static func remembering() throws -> ActorCritic {
        let fresh = try ActorCritic(
            .init(
                observationSize: 3, actionChoices: [3], policyLayers: [5], valueLayers: [4], activation: .silu,
                memoryUnits: 16, normalisesLayers: true), random: RandomStream(seed: 12))
        var archive = try TensorArchive(decoding: fresh.encoded(), kind: "marketflow.policy")
        var metadata = try #require(
            try JSONSerialization.jsonObject(with: Data(archive.metadata.utf8)) as? [String: Any])
        metadata["normaliser"] = ["count": 10, "clip": 5]
        archive.metadata = String(decoding: try JSONSerialization.data(withJSONObject: metadata), as: UTF8.self)
        archive.tensors = archive.tensors.map { tensor in
            switch tensor.name {
            // Biases and gains that are not those of a fresh net, and a head that prefers something.
            case "policy.1.weight", "memory.input.bias", "memory.recurrent.bias", "policy.0.norm.gain",
                "policy.0.norm.bias",
                "value.0.norm.bias":
                let count = tensor.shape.reduce(1, *)
                return Tensor(
                    name: tensor.name, shape: tensor.shape, floats: (0..<count).map { Float(($0 * 7) % 11 - 5) / 8 })
            default: return tensor
            }
        }
        archive.tensors += [
            Tensor(name: "normaliser.mean", doubles: [0.5, -1, 0]),
            Tensor(name: "normaliser.variance", doubles: [4, 0.25, 1]),
        ]
        return try ActorCritic(decoding: archive.encoded())
    }

    @Test("a policy with memory has it as an input and an output, and onnxruntime gives what our own steps give")
    func memory() throws {
        let policy = try Self.remembering()
        let model = try ONNXModel.encode(policy)
        let text = String(decoding: model, as: UTF8.self)
        #expect(text.contains("next_memory") && text.contains("LayerNormalization"))
        let evaluator = PolicyEvaluator(policy)
        for (step, theirs) in Self.remembered.enumerated() {
            var probabilities: [Float] = [0, 0, 0]
            var value: [Float] = [0]
            let observation = [Float(step), 0.5 - Float(step), 0.25]
            evaluator.evaluate(observation, count: 1, probabilities: &probabilities, values: &value)
            let ours = probabilities + value + evaluator.memory[0..<2]
            for (mine, other) in zip(ours, theirs) { #expect(abs(mine - other) < 1e-5, "step \(step)") }
        }
    }

    /// Probabilities, value and the first two units of the memory after each step.
    private static let remembered: [[Float]] = [
        [0.4809331, 0.2746033, 0.2444635, -0.009876375, -0.4927422, -0.5362737],
        [0.420287, 0.2786561, 0.3010571, -0.1013234, -0.2941706, -0.6234167],
        [0.4221485, 0.2878814, 0.2899701, -0.3648097, -0.0004757345, -0.6343274],
        [0.4439046, 0.2874604, 0.268635, -0.39459, 0.2847267, -0.6181198],
    ]

    @Test("a policy of several action dimensions is refused")
    func severalDimensions() throws {
        let policy = try ActorCritic(.init(observationSize: 2, actionChoices: [3, 2]), random: RandomStream(seed: 1))
        #expect(throws: ONNXModelError.severalActionDimensions(2)) { try ONNXModel.encode(policy) }
    }

    /// Two inputs, one hidden unit, three choices; every weight is a binary fraction.
    private static func tiny() throws -> ActorCritic {
        let archive = TensorArchive(
            kind: "marketflow.policy",
            metadata: """
                {"architecture":{"observationSize":2,"actionChoices":[3],"policyLayers":[1],"valueLayers":[1],"activation":"tanh"},
                "normaliser":{"count":10,"clip":10}}
                """,
            tensors: [
                Tensor(name: "policy.0.weight", shape: [2, 1], floats: [0.25, -0.5]),
                Tensor(name: "policy.0.bias", shape: [1], floats: [0.125]),
                Tensor(name: "policy.1.weight", shape: [1, 3], floats: [1, 2, -1]),
                Tensor(name: "policy.1.bias", shape: [3], floats: [0, 0.5, -0.5]),
                Tensor(name: "value.0.weight", shape: [2, 1], floats: [1, 2]),
                Tensor(name: "value.0.bias", shape: [1], floats: [-0.25]),
                Tensor(name: "value.1.weight", shape: [1, 1], floats: [4]),
                Tensor(name: "value.1.bias", shape: [1], floats: [8]),
                Tensor(name: "normaliser.mean", doubles: [0.5, -1]),
                Tensor(name: "normaliser.variance", doubles: [4, 0.25]),
            ])
        return try ActorCritic(decoding: archive.encoded())
    }

    private static let probabilities: [Float] = [
        0.2260216, 0.1788521, 0.5951264,
        0.2938493, 0.5831242, 0.1230266,
        0.1645717, 0.09995958, 0.7354687,
        0.1797342, 0.8055124, 0.01475349,
    ]
    private static let values: [Float] = [11.99271, 8, 12, 4]

    private static let reference = """
        CAgSCk1hcmtldEZsb3cyRVRyYWRpbmcgcG9saWN5IHRyYWluZWQgb24gc2ltdWxhdGlvbi4gTm90IGFkdmljZSwgbmV2ZXIgYSBy
        ZWFsIG9yZGVyLjrmCAo1CgtvYnNlcnZhdGlvbgoPbm9ybWFsaXNlci5tZWFuEgdjZW50cmVkGgdjZW50cmVkIgNTdWIKNAoHY2Vu
        dHJlZAoUbm9ybWFsaXNlci5kZXZpYXRpb24SBnNjYWxlZBoGc2NhbGVkIgNEaXYKRwoGc2NhbGVkCg5ub3JtYWxpc2VyLmxvdwoP
        bm9ybWFsaXNlci5oaWdoEgpub3JtYWxpc2VkGgpub3JtYWxpc2VkIgRDbGlwCk4KCm5vcm1hbGlzZWQKD3BvbGljeS4wLndlaWdo
        dAoNcG9saWN5LjAuYmlhcxIMcG9saWN5LjAuc3VtGgxwb2xpY3kuMC5zdW0iBEdlbW0KNgoMcG9saWN5LjAuc3VtEg9wb2xpY3ku
        MC5vdXRwdXQaD3BvbGljeS4wLm91dHB1dCIEVGFuaApHCg9wb2xpY3kuMC5vdXRwdXQKD3BvbGljeS4xLndlaWdodAoNcG9saWN5
        LjEuYmlhcxIGbG9naXRzGgZsb2dpdHMiBEdlbW0KSgoKbm9ybWFsaXNlZAoOdmFsdWUuMC53ZWlnaHQKDHZhbHVlLjAuYmlhcxIL
        dmFsdWUuMC5zdW0aC3ZhbHVlLjAuc3VtIgRHZW1tCjMKC3ZhbHVlLjAuc3VtEg52YWx1ZS4wLm91dHB1dBoOdmFsdWUuMC5vdXRw
        dXQiBFRhbmgKQgoOdmFsdWUuMC5vdXRwdXQKDnZhbHVlLjEud2VpZ2h0Cgx2YWx1ZS4xLmJpYXMSBXZhbHVlGgV2YWx1ZSIER2Vt
        bQo8CgZsb2dpdHMSDXByb2JhYmlsaXRpZXMaDXByb2JhYmlsaXRpZXMiB1NvZnRtYXgqCwoEYXhpcxgBoAECEgZwb2xpY3kqHwgC
        EAFCD25vcm1hbGlzZXIubWVhbkoIAAAAPwAAgL8qJAgCEAFCFG5vcm1hbGlzZXIuZGV2aWF0aW9uSggAAABAAAAAPyoYEAFCDm5v
        cm1hbGlzZXIubG93SgQAACDBKhkQAUIPbm9ybWFsaXNlci5oaWdoSgQAACBBKiEIAggBEAFCD3BvbGljeS4wLndlaWdodEoIAACA
        PgAAAL8qGQgBEAFCDXBvbGljeS4wLmJpYXNKBAAAAD4qJQgBCAMQAUIPcG9saWN5LjEud2VpZ2h0SgwAAIA/AAAAQAAAgL8qIQgD
        EAFCDXBvbGljeS4xLmJpYXNKDAAAAAAAAAA/AAAAvyogCAIIARABQg52YWx1ZS4wLndlaWdodEoIAACAPwAAAEAqGAgBEAFCDHZh
        bHVlLjAuYmlhc0oEAACAviocCAEIARABQg52YWx1ZS4xLndlaWdodEoEAACAQCoYCAEQAUIMdmFsdWUuMS5iaWFzSgQAAABBWh4K
        C29ic2VydmF0aW9uEg8KDQgBEgkKAxIBTgoCCAJiIAoNcHJvYmFiaWxpdGllcxIPCg0IARIJCgMSAU4KAggDYhgKBXZhbHVlEg8K
        DQgBEgkKAxIBTgoCCAFCBAoAEBFyDgoGbGF5b3V0EgR0aW55
        """
}
