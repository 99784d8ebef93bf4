import CKernels
import Neural

/// Runs one policy again and again without allocating. One thread at a time; make one per thread.
///
/// For a policy with memory each call that asks what to do is one step further: row i of its observations follows row i of the
/// call before. It begins with an empty memory, as at the start of an episode. Asking for values alone remembers nothing.
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
    private let inputs: NetInputs?

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
        inputs = NetInputs(policy, rows: capacity, tile: capacity)
        memoryUnits = policy.memoryUnits
    }

    /// Numbers that a row carries from one step to the next; 0 for a policy without memory.
    public let memoryUnits: Int

    /// What the policy remembers, `[capacity × memoryUnits]`; setting it goes on from there.
    public var memory: [Float] {
        get {
            [Float](unsafeUninitializedCapacity: capacity * memoryUnits) { buffer, filled in
                if let base = buffer.baseAddress { inputs?.save(first: 0, count: capacity, to: base) }
                filled = capacity * memoryUnits
            }
        }
        set {
            precondition(newValue.count == capacity * memoryUnits, "a memory of another size")
            inputs?.restore(first: 0, count: capacity, from: newValue)
        }
    }

    /// Empties the memory of every row, as at the start of an episode.
    public func forget() {
        for row in 0..<capacity { inputs?.forget(row) }
    }

    private func normalise(_ observations: UnsafePointer<Float>, _ count: Int) -> UnsafePointer<Float> {
        precondition(count <= capacity, "an evaluator for \(capacity) observations cannot take \(count)")
        guard let normaliser else { return observations }
        normaliser.apply(observations, to: normalised.base, rows: count)
        return UnsafePointer(normalised.base)
    }

    /// What the nets read of these observations.
    private func input(
        _ observations: UnsafePointer<Float>, _ count: Int, remembers: Bool = true
    ) -> (rows: UnsafePointer<Float>, stride: Int) {
        let seen = normalise(observations, count)
        guard let inputs else { return (seen, architecture.observationSize) }
        let rows =
            remembers
            ? inputs.advance(parameters: parameters.base, observations: seen, first: 0, count: count)
            : inputs.peek(parameters: parameters.base, observations: seen, first: 0, count: count)
        return (rows, inputs.stride)
    }

    private func logits(_ observations: UnsafePointer<Float>, _ count: Int) -> UnsafeMutablePointer<Float> {
        let input = input(observations, count)
        return policyWork.forward(parameters: parameters.base, x: input.rows, xStride: input.stride, rows: count)
    }

    /// Probabilities and values as ``probabilities(_:count:into:)`` and ``values(_:count:into:)`` give them, in one step.
    public func evaluate(
        _ observations: UnsafePointer<Float>, count: Int, probabilities: UnsafeMutablePointer<Float>,
        values: UnsafeMutablePointer<Float>
    ) {
        let input = input(observations, count)
        let logits = policyWork.forward(parameters: parameters.base, x: input.rows, xStride: input.stride, rows: count)
        mf_softmax(logits, policyNet.outputWidth, count, choices, choices.count, probabilities)
        let outputs = valueWork.forward(parameters: parameters.base, x: input.rows, xStride: input.stride, rows: count)
        for row in 0..<count { values[row] = outputs[row * valueNet.outputWidth] }
    }

    /// Probabilities of every choice, `[count × choiceCount]`, dimension after dimension, from observations
    /// `[count × observationSize]`.
    public func probabilities(
        _ observations: UnsafePointer<Float>, count: Int, into probabilities: UnsafeMutablePointer<Float>
    ) {
        let logits = logits(observations, count)
        mf_softmax(logits, policyNet.outputWidth, count, choices, choices.count, probabilities)
    }

    /// Expected discounted returns, `[count]`.
    public func values(
        _ observations: UnsafePointer<Float>, count: Int, into values: UnsafeMutablePointer<Float>
    ) {
        let input = input(observations, count, remembers: false)
        let output = valueWork.forward(parameters: parameters.base, x: input.rows, xStride: input.stride, rows: count)
        for row in 0..<count { values[row] = output[row * valueNet.outputWidth] }
    }

    /// The most probable choice of each dimension, `[count × dimensions]`; the first of equals.
    public func greedyActions(
        _ observations: UnsafePointer<Float>, count: Int, into actions: UnsafeMutablePointer<Int32>
    ) {
        let width = policyNet.outputWidth
        let logits = logits(observations, count)
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
        let logits = logits(observation, 1)
        var best = 0
        for choice in 1..<max(1, Int(choices[0])) where logits[choice] > logits[best] { best = choice }
        return best
    }
}
