/// A causal one-dimensional convolution over time as a value: y[t] = activation(b + Σ_k x[t − (K − 1 − k)·dilation]·W_k), with
/// nothing (zero) before the first step, so that no output sees a later input (van den Oord et al. 2016, "WaveNet").
///
/// In the arena weights are `[K × inputs][padded outputs]`, oldest tap first, followed by the biases.
public struct Conv1D: Sendable, Equatable {
    public let inputs: Int
    /// Taps.
    public let kernel: Int
    /// Steps between two taps.
    public let dilation: Int
    let product: Dense

    /// `offset` as in ``Dense/offset``.
    public init(inputs: Int, outputs: Int, kernel: Int, dilation: Int = 1, activation: Activation, offset: Int) {
        precondition(kernel > 0 && dilation > 0, "a convolution has taps, at least a step apart")
        self.inputs = inputs
        self.kernel = kernel
        self.dilation = dilation
        product = Dense(inputs: kernel * inputs, outputs: outputs, activation: activation, offset: offset)
    }

    public var outputs: Int { product.outputs }
    /// Outputs in memory.
    public var width: Int { product.width }
    public var activation: Activation { product.activation }
    public var parameterRange: Range<Int> { product.parameterRange }
    /// The latest inputs that one output depends on.
    public var reach: Int { (kernel - 1) * dilation + 1 }

    /// Uniform weights of variance 2 / (kernel × inputs) (He et al. 2015, fan-in); zero biases.
    public func initialiseKaiming(_ parameters: UnsafeMutablePointer<Float>, random: inout RandomStream) {
        product.set(
            weights: Initialisation.kaiming(inputs: product.inputs, outputs: outputs, random: &random),
            biases: Array(repeating: 0, count: outputs), parameters)
    }

    /// The logical weights `[K × inputs × outputs]`, without padding.
    public func weights(_ parameters: UnsafePointer<Float>) -> [Float] { product.weights(parameters) }
    public func biases(_ parameters: UnsafePointer<Float>) -> [Float] { product.biases(parameters) }

    /// Writes logical weights `[K × inputs × outputs]` and biases `[outputs]` into the arena.
    public func set(weights: [Float], biases: [Float], _ parameters: UnsafeMutablePointer<Float>) {
        product.set(weights: weights, biases: biases, parameters)
    }
}
