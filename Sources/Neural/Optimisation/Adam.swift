import CKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Adam (Kingma & Ba 2015) over a flat arena, with the gradient-norm clip and AdamW's decoupled decay in the same pass.
public final class Adam {
    public let beta1: Float
    public let beta2: Float
    public let epsilon: Float
    public let weightDecay: Float
    /// First and second moments, `[parameters]`.
    public let first: FloatBuffer
    public let second: FloatBuffer
    /// Steps taken.
    public var steps = 0

    public init(count: Int, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0) {
        precondition(count % 16 == 0, "an arena is a multiple of 16 long")
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        first = FloatBuffer(count: count)
        second = FloatBuffer(count: count)
    }

    /// Moves `parameters` against `gradients` scaled down to at most `maximumNorm`; returns the norm before scaling. When that
    /// is not finite nothing moves.
    public func step(
        parameters: FloatBuffer, gradients: FloatBuffer, rate: Float, maximumNorm: Float = .infinity
    ) -> Double {
        let norm = mf_sum_of_squares(gradients.base, gradients.count).squareRoot()
        guard norm.isFinite else { return norm }
        steps += 1
        // torch's clip_grad_norm_ divides by norm + 1e-6.
        let scale = maximumNorm.isFinite ? min(1, Double(maximumNorm) / (norm + 1e-6)) : 1
        var values = mf_adam_step(
            rate: Float(Double(rate) / (1 - pow(Double(beta1), Double(steps)))), beta1: beta1, beta2: beta2,
            second_correction: Float(1 / (1 - pow(Double(beta2), Double(steps))).squareRoot()), epsilon: epsilon,
            decay: 1 - rate * weightDecay, gradient_scale: Float(scale))
        mf_adam(parameters.base, gradients.base, first.base, second.base, parameters.count, &values)
        return norm
    }
}
