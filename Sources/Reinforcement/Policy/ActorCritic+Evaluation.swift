/// What a policy says of some observations.
public struct PolicyEvaluation: Sendable, Equatable {
    /// `[count × choiceCount]`; within a row each action dimension's probabilities sum to 1.
    public let probabilities: [Float]
    /// Expected discounted return, `[count]`.
    public let values: [Float]
}

/// For a few calls; in a loop use a ``PolicyEvaluator``, which keeps its buffers.
extension ActorCritic {
    /// Observations `[count × observationSize]`, not normalised. Observations that are not finite give results that are not.
    /// A policy with memory sees each as the first of an episode.
    public func evaluate(observations: UnsafePointer<Float>, count: Int) -> PolicyEvaluation {
        let evaluator = PolicyEvaluator(self, capacity: max(count, 1))
        var probabilities = [Float](repeating: 0, count: count * choiceCount)
        var values = [Float](repeating: 0, count: count)
        evaluator.evaluate(observations, count: count, probabilities: &probabilities, values: &values)
        return PolicyEvaluation(probabilities: probabilities, values: values)
    }

    public func evaluate(observations: [Float]) -> PolicyEvaluation {
        precondition(observations.count % observationSize == 0, "observations of another size")
        return observations.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return PolicyEvaluation(probabilities: [], values: []) }
            return evaluate(observations: base, count: observations.count / observationSize)
        }
    }

    /// The most probable choice of each action dimension for one observation.
    public func greedyAction(_ observation: [Float]) -> [Int] {
        precondition(observation.count == observationSize, "an observation of another size")
        let evaluator = PolicyEvaluator(self)
        var actions = [Int32](repeating: 0, count: actionChoices.count)
        evaluator.greedyActions(observation, count: 1, into: &actions)
        return actions.map(Int.init)
    }
}
