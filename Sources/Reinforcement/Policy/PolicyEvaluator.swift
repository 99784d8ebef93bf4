import CKernels
import Neural

/// Runs one policy again and again without allocating. One thread at a time; make one per thread.
public final class PolicyEvaluator {
    public let architecture: ActorCritic.Architecture
    /// The most observations of one call.
    public let capacity: Int

    private let policyNet: MLP
    private let valueNet: MLP
    private let parameters: FloatBuffer
    private let normaliser: ObservationNormaliser?
    private let normalised: FloatBuffer
    private let policyWork: MLPWorkspace
    private let valueWork: MLPWorkspace
    private let choices: [Int32]

    public init(_ policy: ActorCritic, capacity: Int = 1) {
        precondition(capacity > 0, "an evaluator takes at least one observation")
        architecture = policy.architecture
        self.capacity = capacity
        policyNet = policy.policyNet
        valueNet = policy.valueNet
        parameters = FloatBuffer(policy.parameters)
        normaliser = policy.normaliser
        normalised = FloatBuffer(count: policy.normaliser == nil ? 0 : capacity * policy.observationSize)
        policyWork = MLPWorkspace(policy.policyNet, capacity: capacity, learns: false)
        valueWork = MLPWorkspace(policy.valueNet, capacity: capacity, learns: false)
        choices = policy.actionChoices.map(Int32.init)
    }

    private func input(_ observations: UnsafePointer<Float>, _ count: Int) -> UnsafePointer<Float> {
        precondition(count <= capacity, "an evaluator for \(capacity) observations cannot take \(count)")
        guard let normaliser else { return observations }
        normaliser.apply(observations, to: normalised.base, rows: count)
        return UnsafePointer(normalised.base)
    }

    /// Probabilities of every choice, `[count × choiceCount]`, dimension after dimension, from observations
    /// `[count × observationSize]`.
    public func probabilities(
        _ observations: UnsafePointer<Float>, count: Int, into probabilities: UnsafeMutablePointer<Float>
    ) {
        let logits = policyWork.forward(
            parameters: parameters.base, x: input(observations, count), xStride: architecture.observationSize,
            rows: count)
        mf_softmax(logits, policyNet.outputWidth, count, choices, choices.count, probabilities)
    }

    /// Expected discounted returns, `[count]`.
    public func values(
        _ observations: UnsafePointer<Float>, count: Int, into values: UnsafeMutablePointer<Float>
    ) {
        let output = valueWork.forward(
            parameters: parameters.base, x: input(observations, count), xStride: architecture.observationSize,
            rows: count)
        for row in 0..<count { values[row] = output[row * valueNet.outputWidth] }
    }

    /// The most probable choice of each dimension, `[count × dimensions]`; the first of equals.
    public func greedyActions(
        _ observations: UnsafePointer<Float>, count: Int, into actions: UnsafeMutablePointer<Int32>
    ) {
        let width = policyNet.outputWidth
        let logits = policyWork.forward(
            parameters: parameters.base, x: input(observations, count), xStride: architecture.observationSize,
            rows: count)
        for row in 0..<count {
            var offset = row * width
            for dimension in choices.indices {
                var best = 0
                for choice in 1..<max(1, Int(choices[dimension])) where logits[offset + choice] > logits[offset + best]
                {
                    best = choice
                }
                actions[row * choices.count + dimension] = Int32(best)
                offset += Int(choices[dimension])
            }
        }
    }

    /// One observation's most probable action, the first dimension's.
    public func greedyAction(_ observation: UnsafePointer<Float>) -> Int {
        let logits = policyWork.forward(
            parameters: parameters.base, x: input(observation, 1), xStride: architecture.observationSize, rows: 1)
        var best = 0
        for choice in 1..<max(1, Int(choices[0])) where logits[choice] > logits[best] { best = choice }
        return best
    }
}
