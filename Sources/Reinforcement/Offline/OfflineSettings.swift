/// Hyper-parameters of ``OfflineRetraining``.
public struct OfflineSettings: Sendable, Equatable, Codable {
    /// Passes over the experience. 1...1,000.
    public var epochs = 10
    /// At most as many as there are transitions are used. 2...65,536; 256 as in Peng et al. 2019.
    public var minibatchSize = 256
    /// Adam's step size. Above 0, at most 1.
    public var learningRate: Float = 3e-4
    /// γ. 0...1.
    public var discount: Float = 0.99
    /// β: how far the policy leaves the behaviour that was stored, in deviations of the advantage. Above 0; Peng et al. 2019
    /// use 1 with advantages that are not normalised.
    public var temperature: Float = 1
    /// The largest weight exp(A/β) of a transition (Peng et al. 2019: 20). 1 or more.
    public var maximumWeight: Float = 20
    /// Weight of the value loss. 0...100.
    public var valueCoefficient: Float = 0.5
    public var maximumGradientNorm: Float = 0.5

    public init() {}

    /// Throws ``TrainingError/setting(name:value:allowed:)`` for the first value that cannot work.
    public func validate() throws(TrainingError) {
        func require(_ name: String, _ value: Any, _ allowed: String, _ holds: Bool) throws(TrainingError) {
            guard holds else { throw .setting(name: "offline \(name)", value: "\(value)", allowed: allowed) }
        }
        try require("epochs", epochs, "1...1,000", (1...1000).contains(epochs))
        try require("minibatchSize", minibatchSize, "2...65,536", (2...65_536).contains(minibatchSize))
        try require("learningRate", learningRate, "above 0, at most 1", learningRate > 0 && learningRate <= 1)
        try require("discount", discount, "0...1", (0...1).contains(discount))
        try require("temperature", temperature, "above 0 and finite", temperature > 0 && temperature.isFinite)
        try require("maximumWeight", maximumWeight, "1 or more", maximumWeight >= 1 && maximumWeight.isFinite)
        try require("valueCoefficient", valueCoefficient, "0...100", (0...100).contains(valueCoefficient))
        try require(
            "maximumGradientNorm", maximumGradientNorm, "above 0 and finite",
            maximumGradientNorm > 0 && maximumGradientNorm.isFinite)
    }
}
