import CKernels

/// What a ``Conv1D`` needs besides its parameters to run sequences forward and back: every step's taps side by side, so that the
/// convolution is one dense product. One thread at a time.
///
/// Sequences lie one after another: row s·steps + t is step t of sequence s.
public final class Conv1DWorkspace {
    private let layer: Conv1D
    private let capacity: Int
    /// `[rows × kernel·inputs]`
    private let taps: FloatBuffer
    private let outputs: FloatBuffer
    /// Sums before the activation, where its slope cannot be had from its output.
    private let sums: FloatBuffer?
    private let gradients: FloatBuffer?
    private let tapGradients: FloatBuffer?
    private let transposed: FloatBuffer?

    /// Room for `capacity` rows; `learns` makes room for the backward pass.
    public init(_ layer: Conv1D, capacity: Int, learns: Bool) {
        self.layer = layer
        self.capacity = capacity
        let tapWidth = padded(layer.product.inputs)
        taps = FloatBuffer(count: capacity * layer.product.inputs)
        outputs = FloatBuffer(count: capacity * layer.width)
        sums = learns && layer.activation == .silu ? FloatBuffer(count: capacity * layer.width) : nil
        gradients = learns ? FloatBuffer(count: capacity * layer.width) : nil
        tapGradients = learns ? FloatBuffer(count: capacity * tapWidth) : nil
        transposed = learns ? FloatBuffer(count: layer.outputs * tapWidth) : nil
    }

    /// The outputs `[sequences × steps × width]` for x `[sequences × steps × inputs]`, overwritten by the next call.
    public func forward(
        parameters: UnsafePointer<Float>, x: UnsafePointer<Float>, sequences: Int, steps: Int
    ) -> UnsafePointer<Float> {
        precondition(sequences * steps <= capacity, "a workspace for \(capacity) rows cannot take \(sequences * steps)")
        let inputs = layer.inputs
        eachTap(sequences: sequences, steps: steps) { row, tap, source in
            let to = taps.base + row * layer.product.inputs + tap * inputs
            if let source {
                to.update(from: x + source * inputs, count: inputs)
            } else {
                to.update(repeating: 0, count: inputs)
            }
        }
        layer.product.forward(
            parameters: parameters, x: taps.base, xStride: layer.product.inputs, y: outputs.base, z: sums?.base,
            rows: sequences * steps)
        return UnsafePointer(outputs.base)
    }

    /// Adds the parameter gradients of the latest `forward` for `outputGradient` `[sequences × steps × width]` to
    /// `parameterGradients`, and the inputs' to `inputGradient` `[sequences × steps × inputs]` if it is wanted.
    public func backward(
        parameters: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
        into parameterGradients: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>? = nil,
        sequences: Int, steps: Int
    ) {
        guard let gradients, let tapGradients, let transposed else {
            preconditionFailure("this workspace was made for inference only")
        }
        let (product, rows) = (layer.product, sequences * steps)
        gradients.base.update(from: outputGradient, count: rows * layer.width)
        mf_activation_backward(
            gradients.base, (sums ?? outputs).base, rows * layer.width, layer.activation.rawValue)
        product.backward(
            x: taps.base, xStride: product.inputs, g: gradients.base, gradients: parameterGradients, rows: rows)
        guard let inputGradient else { return }
        let tapWidth = padded(product.inputs)
        mf_transpose(
            parameters + product.offset, product.inputs, product.outputs, product.width, transposed.base, tapWidth)
        mf_dense_backward_inputs(
            gradients.base, product.width, transposed.base, tapGradients.base, tapWidth, nil, rows, tapWidth,
            product.outputs, Activation.linear.rawValue)
        let inputs = layer.inputs
        eachTap(sequences: sequences, steps: steps) { row, tap, source in
            guard let source else { return }
            let from = tapGradients.base + row * tapWidth + tap * inputs
            for input in 0..<inputs { inputGradient[source * inputs + input] += from[input] }
        }
    }

    /// Every row's taps, oldest first, with the row of x each reads; nil before the sequence's first step.
    private func eachTap(sequences: Int, steps: Int, _ body: (_ row: Int, _ tap: Int, _ source: Int?) -> Void) {
        for sequence in 0..<sequences {
            for step in 0..<steps {
                for tap in 0..<layer.kernel {
                    let seen = step - (layer.kernel - 1 - tap) * layer.dilation
                    body(sequence * steps + step, tap, seen < 0 ? nil : sequence * steps + seen)
                }
            }
        }
    }
}
