/// How weights follow results; the names are those of the configuration's `learning_parameters`.
public struct LearningParameters: Sendable, Hashable, Codable {
    /// Step of one trade on the logarithm of a weight, above 0.
    public var learningRate = 0.01
    /// Factors on a trade's gain and on its loss, 0 or more.
    public var rewardMultiplier = 1.5
    public var punishmentMultiplier = 0.8
    /// Pull of each trade towards the configured weights, 0…1.
    public var weightDecay = 0.001
    /// Bounds of an active model's weight, fractions of the whole.
    public var minWeight = 0.05
    public var maxWeight = 0.70
    /// Chooses the step itself within a factor of ten around `learningRate`; see ``AdaptiveRate``.
    public var isAdaptive = false

    public init() {}
}

/// Why weights cannot be as they are asked for. Nothing was changed.
public enum WeightError: Error, Sendable, Hashable, CustomStringConvertible {
    case infeasible(active: Int, minimum: Double, maximum: Double)
    case sum(Double)
    case outOfRange(model: String, value: Double)
    case unknownModel(String, known: [String])
    case noActiveModel
    case notFinite(trade: String)

    public var description: String {
        switch self {
        case .infeasible(let active, let minimum, let maximum):
            "\(active) active models cannot have weights from \(minimum) to \(maximum) that sum to 1; lower learning_parameters.min_weight to at most 1/\(active) and raise learning_parameters.max_weight to at least 1/\(active)"
        case .sum(let sum): "the weights sum to \(sum) instead of 1; nothing was changed"
        case .outOfRange(let model, let value):
            "\(model) cannot have the weight \(value); nothing was changed; see learning_parameters.min_weight and max_weight, and 0 for a model in the shadow"
        case .unknownModel(let name, let known):
            "there is no model “\(name)”, but \(known.joined(separator: ", ")); nothing was changed"
        case .noActiveModel: "at least one model must be active; nothing was changed"
        case .notFinite(let trade): "the result of \(trade) is no finite number; no weight was moved by it"
        }
    }
}
