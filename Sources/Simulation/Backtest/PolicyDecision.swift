import Market

/// What a policy answers to one observation.
public struct PolicyDecision: Sendable, Hashable, Codable {
    public let exposure: Exposure
    /// Of flat, long and short, in this order.
    public let probabilities: [Float]
    /// The critic's estimate of the discounted reward to come.
    public let value: Float

    public init(exposure: Exposure, probabilities: [Float] = [], value: Float = 0) {
        self.exposure = exposure
        self.probabilities = probabilities
        self.value = value
    }
}
