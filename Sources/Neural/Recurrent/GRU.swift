/// A gated recurrent unit as a value (Cho et al. 2014, in the form cuDNN and torch compute; ONNX's `linear_before_reset`):
///
/// r = σ(W_r x + U_r h), z = σ(W_z x + U_z h), n = tanh(W_n x + r·(U_n h)), h′ = (1 − z)·n + z·h, each product with its bias.
///
/// In the arena the input product `[inputs × 3·units]` with its bias is followed by the recurrent one `[units × 3·units]` with
/// its own, both in the order r, z, n.
public struct GRU: Sendable, Equatable {
    /// x·W + b
    public let input: Dense
    /// h·U + c
    public let recurrent: Dense

    /// `units` is a multiple of 16; `offset` as in ``Dense/offset``.
    public init(inputs: Int, units: Int, offset: Int) {
        precondition(units > 0 && units % 16 == 0, "a recurrent layer's units are a multiple of 16")
        input = Dense(inputs: inputs, outputs: 3 * units, activation: .linear, offset: offset)
        recurrent = Dense(
            inputs: units, outputs: 3 * units, activation: .linear, offset: input.parameterRange.upperBound)
    }

    public var inputs: Int { input.inputs }
    public var units: Int { recurrent.inputs }
    public var parameterRange: Range<Int> { input.offset..<recurrent.parameterRange.upperBound }

    /// Orthogonal weights of gain 1, gate by gate; zero biases.
    public func initialiseOrthogonal(_ parameters: UnsafeMutablePointer<Float>, random: inout RandomStream) {
        for layer in [input, recurrent] {
            var weights = [Float](repeating: 0, count: layer.inputs * layer.outputs)
            for gate in 0..<3 {
                let own = Initialisation.orthogonal(
                    rows: layer.inputs, columns: units, gain: 1, random: &random)
                for row in 0..<layer.inputs {
                    for unit in 0..<units {
                        weights[row * layer.outputs + gate * units + unit] = own[row * units + unit]
                    }
                }
            }
            layer.set(weights: weights, biases: Array(repeating: 0, count: layer.outputs), parameters)
        }
    }

    private var parts: [(name: String, layer: Dense)] { [("input", input), ("recurrent", recurrent)] }

    /// `prefix.input.weight` `[inputs × 3·units]`, `prefix.input.bias`, `prefix.recurrent.weight`, `prefix.recurrent.bias`.
    public func tensors(prefix: String, _ parameters: UnsafePointer<Float>) -> [Tensor] {
        parts.flatMap { name, layer in
            [
                Tensor(
                    name: "\(prefix).\(name).weight", shape: [layer.inputs, layer.outputs],
                    floats: layer.weights(parameters)),
                Tensor(name: "\(prefix).\(name).bias", shape: [layer.outputs], floats: layer.biases(parameters)),
            ]
        }
    }

    /// Fills the arena from tensors named as ``tensors(prefix:_:)`` names them.
    public func load(
        _ archive: TensorArchive, prefix: String, into parameters: UnsafeMutablePointer<Float>
    ) throws(TensorArchiveError) {
        for (name, layer) in parts {
            let weights = try archive.floats("\(prefix).\(name).weight", shape: [layer.inputs, layer.outputs])
            let biases = try archive.floats("\(prefix).\(name).bias", shape: [layer.outputs])
            layer.set(weights: weights, biases: biases, parameters)
        }
    }
}
