import Neural
import Reinforcement

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// ln π(action | z) of a policy as a plain function of its normalised inputs, with its gradient. In double precision and without
/// the kernels: attributions are sums of small differences.
struct PolicyFunction {
    private struct Layer {
        let weights: [Double]
        let biases: [Double]
        let inputs: Int
        let outputs: Int
        let activation: Activation
    }

    private let layers: [Layer]
    private let mean: [Double]
    private let scale: [Double]
    private let clip: Double

    /// Nil for a policy without a normaliser: it does not say what an ordinary input is.
    init?(_ policy: ActorCritic) {
        guard let normaliser = policy.normaliser, policy.actionChoices.count == 1 else { return nil }
        mean = normaliser.mean
        scale = normaliser.variance.map { 1 / ($0 + 1e-8).squareRoot() }
        clip = Double(normaliser.clip)
        layers = policy.parameters.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return [] }
            return policy.policyNet.layers.map { layer in
                Layer(
                    weights: layer.weights(base).map(Double.init), biases: layer.biases(base).map(Double.init),
                    inputs: layer.inputs, outputs: layer.outputs, activation: layer.activation)
            }
        }
    }

    var size: Int { mean.count }

    /// In standard deviations of the training data, clipped as the policy clips. The training mean is all zeros.
    func normalised(_ input: [Float]) -> [Double] {
        deviations(input).map { max(-clip, min(clip, $0)) }
    }

    /// The same without clipping.
    func deviations(_ input: [Float]) -> [Double] {
        input.indices.map { (Double(input[$0]) - mean[$0]) * scale[$0] }
    }

    func logProbability(of action: Int, _ z: [Double]) -> Double {
        let logits = forward(z).last?.output ?? []
        return logits[action] - Self.logSum(logits)
    }

    /// The gradient of ``logProbability(of:_:)`` by `z`.
    func gradient(of action: Int, _ z: [Double]) -> [Double] {
        let steps = forward(z)
        guard let logits = steps.last?.output else { return [] }
        let logSum = Self.logSum(logits)
        var g = logits.indices.map { ($0 == action ? 1 : 0) - exp(logits[$0] - logSum) }
        for (layer, step) in zip(layers, steps).reversed() {
            for index in g.indices { g[index] *= Self.slope(layer.activation, sum: step.sum[index]) }
            var below = [Double](repeating: 0, count: layer.inputs)
            for row in below.indices {
                for column in g.indices { below[row] += layer.weights[row * layer.outputs + column] * g[column] }
            }
            g = below
        }
        return g
    }

    private func forward(_ z: [Double]) -> [(sum: [Double], output: [Double])] {
        var input = z
        return layers.map { layer in
            var sum = layer.biases
            for row in input.indices where input[row] != 0 {
                for column in sum.indices { sum[column] += input[row] * layer.weights[row * layer.outputs + column] }
            }
            let output = sum.map { Self.value(layer.activation, $0) }
            input = output
            return (sum, output)
        }
    }

    private static func value(_ activation: Activation, _ x: Double) -> Double {
        switch activation {
        case .linear: x
        case .tanh: tanh(x)
        case .silu: x / (1 + exp(-x))
        }
    }

    private static func slope(_ activation: Activation, sum x: Double) -> Double {
        switch activation {
        case .linear: return 1
        case .tanh: return 1 - tanh(x) * tanh(x)
        case .silu:
            let sigmoid = 1 / (1 + exp(-x))
            return sigmoid * (1 + x * (1 - sigmoid))
        }
    }

    private static func logSum(_ logits: [Double]) -> Double {
        let top = logits.max() ?? 0
        return top + log(logits.reduce(0) { $0 + exp($1 - top) })
    }
}
