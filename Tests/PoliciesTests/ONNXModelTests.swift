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
