import CKernels

/// What a net needs besides its parameters to run `capacity` rows forward and back. One thread at a time.
public final class MLPWorkspace {
    private let net: MLP
    private let capacity: Int
    /// Each layer's outputs `[capacity × width]`, one after another.
    private let outputs: FloatBuffer
    /// Sums before the activation, where the activation's slope cannot be had from its output.
    private let sums: FloatBuffer?
    private let gradients: FloatBuffer?
    /// With layer norm, hidden sums to mean 0 and deviation 1, laid out as `outputs`, and each layer's inverse deviations.
    private let scaled: FloatBuffer?
    private let deviations: FloatBuffer?
    private let starts: [Int]

    /// `learns` makes room for the backward pass.
    public init(_ net: MLP, capacity: Int, learns: Bool) {
        self.net = net
        self.capacity = capacity
        var total = 0
        var starts: [Int] = []
        for layer in net.layers {
            starts.append(total)
            total += capacity * layer.width
        }
        self.starts = starts
        outputs = FloatBuffer(count: total)
        sums = learns && net.layers.contains { $0.activation == .silu } ? FloatBuffer(count: total) : nil
        let widest = net.layers.dropLast().map(\.width).max() ?? 0
        gradients = learns ? FloatBuffer(count: 2 * capacity * widest) : nil
        scaled = net.norms.isEmpty ? nil : FloatBuffer(count: total)
        deviations = net.norms.isEmpty ? nil : FloatBuffer(count: net.norms.count * capacity)
    }

    /// What hidden layer `index` gave in the latest `forward`, `[rows × width]`.
    package func hiddenOutputs(of index: Int) -> UnsafePointer<Float> { UnsafePointer(outputs.base + starts[index]) }

    /// The last layer's outputs `[rows × outputWidth]`, overwritten by the next call.
    public func forward(
        parameters: UnsafePointer<Float>, x: UnsafePointer<Float>, xStride: Int, rows: Int
    ) -> UnsafeMutablePointer<Float> {
        precondition(rows <= capacity, "a workspace for \(capacity) rows cannot take \(rows)")
        var input = x
        var stride = xStride
        for index in net.layers.indices {
            let layer = net.layers[index]
            let y = outputs.base + starts[index]
            if let scaled, let deviations, index < net.norms.count {
                let x = scaled.base + starts[index]
                layer.sums(parameters: parameters, x: input, xStride: stride, y: x, rows: rows)
                net.norms[index].forward(
                    parameters: parameters, x: x, y: y, deviations: deviations.base + index * capacity, rows: rows)
                sums.map { ($0.base + starts[index]).update(from: y, count: rows * layer.width) }
                mf_activate(y, rows * layer.width, layer.activation.rawValue)
            } else {
                layer.forward(
                    parameters: parameters, x: input, xStride: stride, y: y, z: sums.map { $0.base + starts[index] },
                    rows: rows)
            }
            input = UnsafePointer(y)
            stride = layer.width
        }
        return outputs.base + starts[starts.count - 1]
    }

    /// Adds the parameter gradients of the latest `forward` for `outputGradient` `[rows × outputWidth]` to `gradients`.
    ///
    /// - Returns: the gradients of the first layer's sums, `[rows × width]`, overwritten by the next call.
    @discardableResult
    public func backward(
        transposed: TransposedWeights, x: UnsafePointer<Float>, xStride: Int,
        outputGradient: UnsafePointer<Float>, into parameterGradients: UnsafeMutablePointer<Float>, rows: Int
    ) -> UnsafePointer<Float> {
        guard let scratch = gradients else { preconditionFailure("this workspace was made for inference only") }
        var g = outputGradient
        for index in net.layers.indices.reversed() {
            let layer = net.layers[index]
            if index == 0 {
                layer.backward(x: x, xStride: xStride, g: g, gradients: parameterGradients, rows: rows)
                break
            }
            let below = net.layers[index - 1]
            let input = outputs.base + starts[index - 1]
            layer.backward(x: input, xStride: below.width, g: g, gradients: parameterGradients, rows: rows)
            let kept = below.activation == .silu ? sums.map { $0.base + starts[index - 1] } : input
            let next = scratch.base + (index % 2) * (scratch.count / 2)
            mf_dense_backward_inputs(
                g, layer.width, transposed.base(of: index), next, below.width, kept, rows, below.width, layer.outputs,
                below.activation.rawValue)
            if let scaled, let deviations {
                net.norms[index - 1].backward(
                    gains: transposed.gains(of: index - 1), g: next, scaled: scaled.base + starts[index - 1],
                    deviations: deviations.base + (index - 1) * capacity, gradients: parameterGradients, rows: rows)
            }
            g = UnsafePointer(next)
        }
        return g
    }
}

/// Transposed copies of every layer's weights but the first's, and the gains of layer norms, which the backward pass needs;
/// refreshed after each step of the optimiser. Read by any number of threads between refreshes.
public final class TransposedWeights {
    private let net: MLP
    private let buffer: FloatBuffer
    private let starts: [Int]
    private let normStart: Int

    public init(_ net: MLP) {
        self.net = net
        var total = 0
        var starts: [Int] = []
        for (index, layer) in net.layers.enumerated() {
            starts.append(total)
            if index > 0 { total += padded(layer.outputs * padded(layer.inputs)) }
        }
        self.starts = starts
        normStart = total
        buffer = FloatBuffer(count: total + net.norms.reduce(0) { $0 + $1.width })
    }

    public func refresh(_ parameters: UnsafePointer<Float>) {
        for index in net.layers.indices.dropFirst() {
            let layer = net.layers[index]
            mf_transpose(
                parameters + layer.offset, layer.inputs, layer.outputs, layer.width, buffer.base + starts[index],
                padded(layer.inputs))
        }
        var gains = buffer.base + normStart
        for norm in net.norms {
            gains.update(from: parameters + norm.offset, count: norm.width)
            gains += norm.width
        }
    }

    func gains(of norm: Int) -> UnsafePointer<Float> {
        UnsafePointer(buffer.base + net.norms[..<norm].reduce(normStart) { $0 + $1.width })
    }

    func base(of layer: Int) -> UnsafePointer<Float> { UnsafePointer(buffer.base + starts[layer]) }
}
