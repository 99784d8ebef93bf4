import Foundation
import Neural
import Reinforcement

/// A policy as an ONNX file, for any runtime that reads operator set 17.
///
/// Input `observation` `[N × observationSize]`, not normalised: the policy's own normalisation is inside the graph. Outputs
/// `probabilities` `[N × choices]` and `value` `[N × 1]`, the expected discounted reward. A policy with memory has another input,
/// `memory` `[N × units]`, zeros at first, and another output, `next_memory`, to be given with the next observation.
public enum ONNXModel {
    /// - Parameter properties: written into the model's metadata, in this order.
    /// - Throws: ``ONNXModelError`` for a policy of several action dimensions.
    public static func encode(_ policy: ActorCritic, properties: [(String, String)] = []) throws(ONNXModelError) -> Data
    {
        guard policy.actionChoices.count == 1 else {
            throw .severalActionDimensions(policy.actionChoices.count)
        }
        var graph = ONNXGraph(name: "policy")
        graph.addInput("observation", features: policy.observationSize)
        if let net = policy.memoryNet { graph.addInput("memory", features: net.units) }
        let observation = addNormaliser(policy.normaliser, to: &graph)
        policy.parameters.withUnsafeBufferPointer { buffer in
            guard let parameters = buffer.baseAddress else { return }
            var input = observation
            if let net = policy.memoryNet { input = add(net, parameters, from: observation, to: &graph) }
            add(policy.policyNet, "policy", parameters, from: input, to: "logits", &graph)
            add(policy.valueNet, "value", parameters, from: input, to: "value", &graph)
        }
        graph.addNode("Softmax", ["logits"], to: "probabilities", integers: ["axis": 1])
        graph.addOutput("probabilities", features: policy.choiceCount)
        graph.addOutput("value", features: 1)
        if let net = policy.memoryNet { graph.addOutput("next_memory", features: net.units) }
        return Data(
            graph.model(
                producer: "MarketFlow",
                description: "Trading policy trained on simulation. Not advice, never a real order.",
                properties: properties))
    }

    /// (x − mean) / √(variance + 10⁻⁸), clipped, as `ObservationNormaliser` does; returns the name of the result.
    private static func addNormaliser(_ normaliser: ObservationNormaliser?, to graph: inout ONNXGraph) -> String {
        guard let normaliser else { return "observation" }
        let shape = [normaliser.features]
        graph.addConstant("normaliser.mean", shape: shape, normaliser.mean.map { Float($0) })
        graph.addConstant(
            "normaliser.deviation", shape: shape, normaliser.variance.map { Float(($0 + 1e-8).squareRoot()) })
        graph.addConstant("normaliser.low", shape: [], [-normaliser.clip])
        graph.addConstant("normaliser.high", shape: [], [normaliser.clip])
        graph.addNode("Sub", ["observation", "normaliser.mean"], to: "centred")
        graph.addNode("Div", ["centred", "normaliser.deviation"], to: "scaled")
        graph.addNode("Clip", ["scaled", "normaliser.low", "normaliser.high"], to: "normalised")
        return "normalised"
    }

    private static func add(
        _ net: MLP, _ prefix: String, _ parameters: UnsafePointer<Float>, from input: String, to output: String,
        _ graph: inout ONNXGraph
    ) {
        var current = input
        for (index, layer) in net.layers.enumerated() {
            let name = "\(prefix).\(index)"
            let sum = index == net.layers.count - 1 ? output : "\(name).sum"
            graph.addConstant("\(name).weight", shape: [layer.inputs, layer.outputs], layer.weights(parameters))
            graph.addConstant("\(name).bias", shape: [layer.outputs], layer.biases(parameters))
            graph.addNode("Gemm", [current, "\(name).weight", "\(name).bias"], to: sum)
            let normed = index < net.norms.count ? add(net.norms[index], name, parameters, of: sum, &graph) : sum
            current = add(layer.activation, of: normed, to: "\(name).output", &graph)
        }
    }

    private static func add(
        _ norm: LayerNorm, _ name: String, _ parameters: UnsafePointer<Float>, of sum: String, _ graph: inout ONNXGraph
    ) -> String {
        graph.addConstant("\(name).norm.gain", shape: [norm.features], norm.gains(parameters))
        graph.addConstant("\(name).norm.bias", shape: [norm.features], norm.biases(parameters))
        // Over the last axis, with epsilon 1e-5: the operator's defaults are ours.
        graph.addNode("LayerNormalization", [sum, "\(name).norm.gain", "\(name).norm.bias"], to: "\(name).normed")
        return "\(name).normed"
    }

    /// One step of the memory, written out gate by gate; returns the name of what both nets read.
    private static func add(
        _ net: GRU, _ parameters: UnsafePointer<Float>, from observation: String, to graph: inout ONNXGraph
    ) -> String {
        for (part, layer, source) in [("input", net.input, observation), ("recurrent", net.recurrent, "memory")] {
            let (weights, biases) = (layer.weights(parameters), layer.biases(parameters))
            for (index, gate) in ["reset", "update", "candidate"].enumerated() {
                let name = "memory.\(part).\(gate)"
                let columns = index * net.units..<(index + 1) * net.units
                graph.addConstant(
                    "\(name).weight", shape: [layer.inputs, net.units],
                    (0..<layer.inputs).flatMap { row in columns.map { weights[row * layer.outputs + $0] } })
                graph.addConstant("\(name).bias", shape: [net.units], Array(biases[columns]))
                graph.addNode("Gemm", [source, "\(name).weight", "\(name).bias"], to: "\(name).sum")
            }
        }
        for gate in ["reset", "update"] {
            graph.addNode("Add", ["memory.input.\(gate).sum", "memory.recurrent.\(gate).sum"], to: "\(gate).sum")
            graph.addNode("Sigmoid", ["\(gate).sum"], to: gate)
        }
        graph.addNode("Mul", ["reset", "memory.recurrent.candidate.sum"], to: "candidate.recalled")
        graph.addNode("Add", ["memory.input.candidate.sum", "candidate.recalled"], to: "candidate.sum")
        graph.addNode("Tanh", ["candidate.sum"], to: "candidate")
        graph.addNode("Sub", ["memory", "candidate"], to: "candidate.distance")
        graph.addNode("Mul", ["update", "candidate.distance"], to: "candidate.kept")
        graph.addNode("Add", ["candidate", "candidate.kept"], to: "next_memory")
        graph.addNode("Concat", ["next_memory", observation], to: "remembered", integers: ["axis": 1])
        return "remembered"
    }

    private static func add(
        _ activation: Activation, of sum: String, to output: String, _ graph: inout ONNXGraph
    ) -> String {
        switch activation {
        case .linear: return sum
        case .tanh: graph.addNode("Tanh", [sum], to: output)
        case .silu:
            graph.addNode("Sigmoid", [sum], to: output + ".gate")
            graph.addNode("Mul", [sum, output + ".gate"], to: output)
        }
        return output
    }
}

/// Why a policy cannot be written as ONNX. Nothing was written.
public enum ONNXModelError: Error, Sendable, Equatable, CustomStringConvertible {
    case severalActionDimensions(Int)

    public var description: String {
        switch self {
        case .severalActionDimensions(let count):
            "the policy chooses in \(count) action dimensions at once, but only one can be exported as ONNX. Nothing was written."
        }
    }
}

extension PublishedPolicy {
    /// The policy with what its reader must know of it: which inputs in which order, what the outputs mean, what it learned from.
    public func onnx() throws(ONNXModelError) -> Data {
        try ONNXModel.encode(policy, properties: onnxProperties)
    }
}
