import Market
import Reinforcement
import Simulation

extension PolicyEvaluator {
    /// The greedy decision on one observation, with what the policy thought of it; one step further for a policy with memory.
    public func decide(_ observation: UnsafeBufferPointer<Float>) -> PolicyDecision {
        guard let input = observation.baseAddress else { return PolicyDecision(exposure: .flat) }
        var probabilities = [Float](repeating: 0, count: architecture.actionChoices.reduce(0, +))
        var value: Float = 0
        evaluate(input, count: 1, probabilities: &probabilities, values: &value)
        var best = 0
        for index in probabilities.indices where probabilities[index] > probabilities[best] { best = index }
        return PolicyDecision(exposure: Exposure(rawValue: best) ?? .flat, probabilities: probabilities, value: value)
    }
}
