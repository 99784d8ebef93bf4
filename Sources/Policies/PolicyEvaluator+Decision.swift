import Market
import Reinforcement
import Simulation

extension PolicyEvaluator {
    /// The greedy decision on one observation, with what the policy thought of it.
    public func decide(_ observation: UnsafeBufferPointer<Float>) -> PolicyDecision {
        guard let input = observation.baseAddress else { return PolicyDecision(exposure: .flat) }
        var probabilities = [Float](repeating: 0, count: architecture.actionChoices.reduce(0, +))
        var value: Float = 0
        self.probabilities(input, count: 1, into: &probabilities)
        values(input, count: 1, into: &value)
        var best = 0
        for index in probabilities.indices where probabilities[index] > probabilities[best] { best = index }
        return PolicyDecision(exposure: Exposure(rawValue: best) ?? .flat, probabilities: probabilities, value: value)
    }
}
