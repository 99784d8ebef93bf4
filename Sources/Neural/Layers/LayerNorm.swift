import CKernels

/// Layer norm as a value (Ba et al. 2016): each row to mean 0 and deviation 1, times a gain, plus a bias.
///
/// In the arena `[width]` gains are followed by `[width]` biases; padding is zero and stays so.
public struct LayerNorm: Sendable, Equatable {
    public let features: Int
    /// First parameter's index in the arena, a multiple of 16.
    public let offset: Int
    /// Added to the variance, as in torch.
    public static let epsilon: Float = 1e-5

    public init(features: Int, offset: Int) {
        precondition(features > 0 && offset % 16 == 0, "a layer has a size and lies on a multiple of 16")
        self.features = features
        self.offset = offset
    }

    public var width: Int { padded(features) }
    public var parameterCount: Int { 2 * width }
    public var parameterRange: Range<Int> { offset..<offset + parameterCount }

    /// Gains 1, biases 0.
    public func initialise(_ parameters: UnsafeMutablePointer<Float>) {
        set(gains: Array(repeating: 1, count: features), biases: Array(repeating: 0, count: features), parameters)
    }

    /// x `[rows × width]` is left scaled, for the backward pass; y receives the result, `deviations` `[rows]` inverse deviations.
    func forward(
        parameters: UnsafePointer<Float>, x: UnsafeMutablePointer<Float>, y: UnsafeMutablePointer<Float>,
        deviations: UnsafeMutablePointer<Float>, rows: Int
    ) {
        mf_layer_norm_forward(
            x, parameters + offset, parameters + offset + width, y, deviations, rows, width, features, Self.epsilon)
    }

    /// g `[rows × width]`, the gradients of y, become those of x; the parameters' are added to `gradients`.
    func backward(
        gains: UnsafePointer<Float>, g: UnsafeMutablePointer<Float>, scaled: UnsafePointer<Float>,
        deviations: UnsafePointer<Float>, gradients: UnsafeMutablePointer<Float>, rows: Int
    ) {
        mf_layer_norm_backward(
            g, scaled, gains, deviations, gradients + offset, gradients + offset + width, rows, width,
            features)
    }

    public func gains(_ parameters: UnsafePointer<Float>) -> [Float] {
        (0..<features).map { parameters[offset + $0] }
    }

    public func biases(_ parameters: UnsafePointer<Float>) -> [Float] {
        (0..<features).map { parameters[offset + width + $0] }
    }

    public func set(gains: [Float], biases: [Float], _ parameters: UnsafeMutablePointer<Float>) {
        precondition(gains.count == features && biases.count == features, "a layer norm of another size")
        for index in 0..<features {
            parameters[offset + index] = gains[index]
            parameters[offset + width + index] = biases[index]
        }
    }
}
