/// Dense layers in a row; hidden ones share an activation, the last is linear.
public struct MLP: Sendable, Equatable {
    public let layers: [Dense]
    /// One a hidden layer, between its sums and its activation; empty without layer norm.
    public let norms: [LayerNorm]

    /// `sizes` from inputs to outputs, at least two; `offset` as in ``Dense/offset``.
    public init(sizes: [Int], activation: Activation, offset: Int = 0, normalisesLayers: Bool = false) {
        precondition(sizes.count >= 2, "a net has inputs and outputs")
        var layers: [Dense] = []
        var norms: [LayerNorm] = []
        var next = offset
        for index in 1..<sizes.count {
            let layer = Dense(
                inputs: sizes[index - 1], outputs: sizes[index],
                activation: index == sizes.count - 1 ? .linear : activation, offset: next)
            layers.append(layer)
            next += layer.parameterCount
            guard normalisesLayers, index < sizes.count - 1 else { continue }
            let norm = LayerNorm(features: sizes[index], offset: next)
            norms.append(norm)
            next += norm.parameterCount
        }
        self.layers = layers
        self.norms = norms
    }

    public var inputs: Int { layers[0].inputs }
    public var outputs: Int { layers[layers.count - 1].outputs }
    /// Outputs in memory.
    public var outputWidth: Int { layers[layers.count - 1].width }
    public var parameterRange: Range<Int> {
        layers[0].offset..<layers[layers.count - 1].parameterRange.upperBound
    }

    /// Orthogonal weights (Saxe et al. 2014) with `hiddenGain` on hidden layers and `outputGain` on the last; zero biases.
    public func initialiseOrthogonal(
        _ parameters: UnsafeMutablePointer<Float>, hiddenGain: Double, outputGain: Double, random: inout RandomStream
    ) {
        for (index, layer) in layers.enumerated() {
            let gain = index == layers.count - 1 ? outputGain : hiddenGain
            let weights = Initialisation.orthogonal(
                rows: layer.inputs, columns: layer.outputs, gain: gain, random: &random)
            layer.set(weights: weights, biases: Array(repeating: 0, count: layer.outputs), parameters)
        }
        for norm in norms { norm.initialise(parameters) }
    }

    /// Uniform weights of variance 2/inputs (He et al. 2015, fan-in); zero biases.
    public func initialiseKaiming(_ parameters: UnsafeMutablePointer<Float>, random: inout RandomStream) {
        for layer in layers {
            let weights = Initialisation.kaiming(inputs: layer.inputs, outputs: layer.outputs, random: &random)
            layer.set(weights: weights, biases: Array(repeating: 0, count: layer.outputs), parameters)
        }
        for norm in norms { norm.initialise(parameters) }
    }

    /// The layers' weights and biases as tensors named `prefix.0.weight`, `prefix.0.bias`, …, and `prefix.0.norm.gain`,
    /// `prefix.0.norm.bias`, … of layer norms.
    public func tensors(prefix: String, _ parameters: UnsafePointer<Float>) -> [Tensor] {
        let dense = layers.enumerated().flatMap { index, layer in
            [
                Tensor(
                    name: "\(prefix).\(index).weight", shape: [layer.inputs, layer.outputs],
                    floats: layer.weights(parameters)),
                Tensor(name: "\(prefix).\(index).bias", shape: [layer.outputs], floats: layer.biases(parameters)),
            ]
        }
        return dense
            + norms.enumerated().flatMap { index, norm in
                [
                    Tensor(
                        name: "\(prefix).\(index).norm.gain", shape: [norm.features], floats: norm.gains(parameters)),
                    Tensor(
                        name: "\(prefix).\(index).norm.bias", shape: [norm.features], floats: norm.biases(parameters)),
                ]
            }
    }

    /// Fills the arena from tensors named as ``tensors(prefix:_:)`` names them.
    public func load(
        _ archive: TensorArchive, prefix: String, into parameters: UnsafeMutablePointer<Float>
    ) throws(TensorArchiveError) {
        for (index, layer) in layers.enumerated() {
            let weights = try archive.floats("\(prefix).\(index).weight", shape: [layer.inputs, layer.outputs])
            let biases = try archive.floats("\(prefix).\(index).bias", shape: [layer.outputs])
            layer.set(weights: weights, biases: biases, parameters)
        }
        for (index, norm) in norms.enumerated() {
            norm.set(
                gains: try archive.floats("\(prefix).\(index).norm.gain", shape: [norm.features]),
                biases: try archive.floats("\(prefix).\(index).norm.bias", shape: [norm.features]), parameters)
        }
    }
}
