import CKernels
import Neural

/// One worker's share of a minibatch for a policy with memory: runs whole sequences forward from the states they began with, both
/// nets over all their steps at once, and back through time.
final class SequenceGradientWorker: GradientSource {
    /// Sequences worked on side by side.
    private static let tile = 16

    let gradients: FloatBuffer
    private(set) var sums = mf_ppo_sums()

    private let memoryNet: GRU
    private let policyNet: MLP
    private let valueNet: MLP
    private let length: Int
    private let memoryWork: GRUWorkspace
    private let policyWork: MLPWorkspace
    private let valueWork: MLPWorkspace
    private let choices: [Int32]
    /// Of the nets' first layers, the part that reads the state, transposed; `[outputs × units]`.
    private let policyWeights: FloatBuffer
    private let valueWeights: FloatBuffer

    // Rows are step after step, within a step sequence after sequence.
    private let observations: FloatBuffer
    private let initial: FloatBuffer
    private let inputs: FloatBuffer
    private let stateGradients: FloatBuffer
    private let valueStateGradients: FloatBuffer
    private var rows: [Int32]
    private var begins: [UInt8]
    private var actions: [Int32]
    /// Old log probabilities, advantages, old values and returns, `[rows]` each.
    private let scalars: FloatBuffer

    /// Nil for a policy without memory.
    init?(_ policy: ActorCritic, sequenceLength: Int) {
        guard let memoryNet = policy.memoryNet else { return nil }
        self.memoryNet = memoryNet
        policyNet = policy.policyNet
        valueNet = policy.valueNet
        length = sequenceLength
        let capacity = Self.tile * sequenceLength
        gradients = FloatBuffer(count: policy.parameters.count)
        memoryWork = GRUWorkspace(memoryNet, capacity: capacity, learns: true)
        policyWork = MLPWorkspace(policy.policyNet, capacity: capacity, learns: true)
        valueWork = MLPWorkspace(policy.valueNet, capacity: capacity, learns: true)
        choices = policy.actionChoices.map(Int32.init)
        policyWeights = FloatBuffer(count: policy.policyNet.layers[0].outputs * memoryNet.units)
        valueWeights = FloatBuffer(count: policy.valueNet.layers[0].outputs * memoryNet.units)
        observations = FloatBuffer(count: capacity * memoryNet.inputs)
        initial = FloatBuffer(count: Self.tile * memoryNet.units)
        inputs = FloatBuffer(count: capacity * (memoryNet.units + memoryNet.inputs))
        stateGradients = FloatBuffer(count: capacity * memoryNet.units)
        valueStateGradients = FloatBuffer(count: capacity * memoryNet.units)
        rows = Array(repeating: 0, count: capacity)
        begins = Array(repeating: 0, count: capacity)
        actions = Array(repeating: 0, count: capacity * policy.actionChoices.count)
        scalars = FloatBuffer(count: 4 * capacity)
    }

    func run(
        _ rollout: Rollout, samples: UnsafePointer<Int32>, count: Int, minibatch: GradientWorker.Minibatch,
        parameters: UnsafePointer<Float>, transposedPolicy: TransposedWeights, transposedValue: TransposedWeights
    ) {
        gradients.clear()
        sums = mf_ppo_sums()
        transposeFirst(policyNet, parameters, to: policyWeights)
        transposeFirst(valueNet, parameters, to: valueWeights)
        let sequences = count / length
        for first in stride(from: 0, to: sequences, by: Self.tile) {
            let side = min(Self.tile, sequences - first)
            gather(rollout, samples + first * length, side, minibatch)
            forward(parameters, side)
            learn(side, minibatch.coefficients, parameters, transposedPolicy, transposedValue)
        }
    }

    private func transposeFirst(_ net: MLP, _ parameters: UnsafePointer<Float>, to weights: FloatBuffer) {
        let layer = net.layers[0]
        mf_transpose(
            parameters + layer.offset, memoryNet.units, layer.outputs, layer.width, weights.base, memoryNet.units)
    }

    private func gather(
        _ rollout: Rollout, _ samples: UnsafePointer<Int32>, _ side: Int, _ minibatch: GradientWorker.Minibatch
    ) {
        let dimensions = rollout.dimensions
        let units = memoryNet.units
        let capacity = rows.count
        for sequence in 0..<side {
            let start = Int(samples[sequence * length])
            let (step, copy) = start.quotientAndRemainder(dividingBy: rollout.copies)
            (initial.base + sequence * units).update(from: rollout.states(at: step) + copy * units, count: units)
            for offset in 0..<length {
                let sample = start + offset * rollout.copies
                let row = offset * side + sequence
                rows[row] = Int32(sample)
                // The state a sequence began with was emptied already if its episode was new.
                begins[row] =
                    offset > 0 && rollout.ends[sample - rollout.copies] != EpisodeEnd.running.rawValue ? 1 : 0
                scalars.base[row] = rollout.logProbabilities.base[sample]
                scalars.base[capacity + row] =
                    (rollout.advantages.base[sample] - minibatch.advantageMean) * minibatch.advantageScale
                scalars.base[2 * capacity + row] = rollout.values.base[sample]
                scalars.base[3 * capacity + row] = rollout.returns.base[sample]
                for dimension in 0..<dimensions {
                    actions[row * dimensions + dimension] = rollout.actions[sample * dimensions + dimension]
                }
            }
        }
        mf_gather_rows(rollout.observations.base, memoryNet.inputs, rows, side * length, observations.base)
    }

    /// States and observations side by side, for all rows.
    private func forward(_ parameters: UnsafePointer<Float>, _ side: Int) {
        let (units, size) = (memoryNet.units, memoryNet.inputs)
        let stride = units + size
        memoryWork.forward(
            parameters: parameters, x: observations.base, xStride: size, initial: initial.base, begins: begins,
            output: inputs.base, outputStride: stride, steps: length, rows: side)
        for row in 0..<side * length {
            (inputs.base + row * stride + units).update(from: observations.base + row * size, count: size)
        }
    }

    private func learn(
        _ side: Int, _ coefficients: mf_ppo_coefficients, _ parameters: UnsafePointer<Float>,
        _ transposedPolicy: TransposedWeights, _ transposedValue: TransposedWeights
    ) {
        let (units, count, capacity) = (memoryNet.units, side * length, rows.count)
        let stride = units + memoryNet.inputs
        let logits = policyWork.forward(parameters: parameters, x: inputs.base, xStride: stride, rows: count)
        let values = valueWork.forward(parameters: parameters, x: inputs.base, xStride: stride, rows: count)
        var coefficients = coefficients
        mf_ppo_loss(
            logits, policyNet.outputWidth, values, valueNet.outputWidth, count, choices, choices.count, actions,
            scalars.base, scalars.base + capacity, scalars.base + 2 * capacity, scalars.base + 3 * capacity,
            &coefficients, &sums)
        let policySums = policyWork.backward(
            transposed: transposedPolicy, x: inputs.base, xStride: stride, outputGradient: logits, into: gradients.base,
            rows: count)
        let valueSums = valueWork.backward(
            transposed: transposedValue, x: inputs.base, xStride: stride, outputGradient: values, into: gradients.base,
            rows: count)
        for (net, g, weights, to) in [
            (policyNet, policySums, policyWeights, stateGradients),
            (valueNet, valueSums, valueWeights, valueStateGradients),
        ] {
            let layer = net.layers[0]
            mf_dense_backward_inputs(
                g, layer.width, weights.base, to.base, units, nil, count, units, layer.outputs,
                Activation.linear.rawValue)
        }
        mf_add(stateGradients.base, valueStateGradients.base, count * units)
        memoryWork.backward(
            parameters: parameters, x: observations.base, xStride: memoryNet.inputs, begins: begins,
            outputGradient: stateGradients.base, into: gradients.base, steps: length, rows: side)
    }
}
