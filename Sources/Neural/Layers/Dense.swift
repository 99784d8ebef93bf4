import CKernels

/// A dense layer as a value: its shape and where its parameters lie in the arena.
///
/// In the arena weights are `[inputs][padded outputs]`, followed by `[padded outputs]` biases; padding is zero and stays so.
public struct Dense: Sendable, Equatable {
    public let inputs: Int
    public let outputs: Int
    public let activation: Activation
    /// First parameter's index in the arena, a multiple of 16.
    public let offset: Int

    public init(inputs: Int, outputs: Int, activation: Activation, offset: Int) {
        precondition(inputs > 0 && outputs > 0 && offset % 16 == 0, "a layer has a size and lies on a multiple of 16")
        self.inputs = inputs
        self.outputs = outputs
        self.activation = activation
        self.offset = offset
    }

    /// Outputs in memory.
    public var width: Int { padded(outputs) }
    public var parameterCount: Int { (inputs + 1) * width }
    public var parameterRange: Range<Int> { offset..<offset + parameterCount }
    var biasOffset: Int { offset + inputs * width }

    /// y = activation(x·W + b). `x` is `[rows × xStride]`, `y` (and `z`, the sums before the activation, kept for SiLU)
    /// `[rows × width]`.
    @inline(__always)
    public func forward(
        parameters: UnsafePointer<Float>, x: UnsafePointer<Float>, xStride: Int, y: UnsafeMutablePointer<Float>,
        z: UnsafeMutablePointer<Float>? = nil, rows: Int
    ) {
        mf_dense_forward(
            x, xStride, parameters + offset, parameters + biasOffset, y, z, width, rows, inputs, outputs,
            activation.rawValue)
    }

    /// x·W + b, without the activation.
    func sums(
        parameters: UnsafePointer<Float>, x: UnsafePointer<Float>, xStride: Int, y: UnsafeMutablePointer<Float>,
        rows: Int
    ) {
        mf_dense_forward(
            x, xStride, parameters + offset, parameters + biasOffset, y, nil, width, rows, inputs, width,
            Activation.linear.rawValue)
    }

    /// Adds this layer's parameter gradients for `g` `[rows × width]`, the gradients of its sums before the activation.
    @inline(__always)
    public func backward(
        x: UnsafePointer<Float>, xStride: Int, g: UnsafePointer<Float>, gradients: UnsafeMutablePointer<Float>,
        rows: Int
    ) {
        mf_dense_backward_weights(
            x, xStride, g, width, gradients + offset, gradients + biasOffset, rows, inputs, outputs)
    }

    /// The logical weights `[inputs × outputs]`, without padding.
    public func weights(_ parameters: UnsafePointer<Float>) -> [Float] {
        (0..<inputs).flatMap { row in (0..<outputs).map { parameters[offset + row * width + $0] } }
    }

    public func biases(_ parameters: UnsafePointer<Float>) -> [Float] {
        (0..<outputs).map { parameters[biasOffset + $0] }
    }

    /// Writes logical weights `[inputs × outputs]` and biases `[outputs]` into the arena.
    public func set(weights: [Float], biases: [Float], _ parameters: UnsafeMutablePointer<Float>) {
        precondition(weights.count == inputs * outputs && biases.count == outputs, "weights of another shape")
        for row in 0..<inputs {
            for column in 0..<outputs { parameters[offset + row * width + column] = weights[row * outputs + column] }
        }
        for column in 0..<outputs { parameters[biasOffset + column] = biases[column] }
    }
}
