import CKernels
import Neural

/// One worker's share of a minibatch's gradient.
protocol GradientSource: AnyObject {
    /// Summed over this worker's share; `[parameters]`.
    var gradients: FloatBuffer { get }
    var sums: mf_ppo_sums { get }

    /// Takes the gradient over `count` of the rollout's samples; for a policy with memory whole sequences, one after another.
    func run(
        _ rollout: Rollout, samples: UnsafePointer<Int32>, count: Int, minibatch: GradientWorker.Minibatch,
        parameters: UnsafePointer<Float>, transposedPolicy: TransposedWeights, transposedValue: TransposedWeights)
}

/// One worker's share of a minibatch: gathers its samples tile by tile, runs both nets forward and back, and adds up gradients.
final class GradientWorker: GradientSource {
    /// Rows that keep a tile's activations in the first-level cache (measured).
    static let tile = 96

    /// Summed over this worker's share; `[parameters]`.
    let gradients: FloatBuffer
    private(set) var sums = mf_ppo_sums()

    private let policyNet: MLP
    private let valueNet: MLP
    private let policyWork: MLPWorkspace
    private let valueWork: MLPWorkspace
    private let choices: [Int32]
    private let observations: FloatBuffer
    private let actions: UnsafeMutablePointer<Int32>
    /// Old log probabilities, advantages, old values and returns, `[tile]` each.
    private let scalars: FloatBuffer

    init(_ policy: ActorCritic) {
        policyNet = policy.policyNet
        valueNet = policy.valueNet
        gradients = FloatBuffer(count: policy.parameters.count)
        policyWork = MLPWorkspace(policy.policyNet, capacity: Self.tile, learns: true)
        valueWork = MLPWorkspace(policy.valueNet, capacity: Self.tile, learns: true)
        choices = policy.actionChoices.map(Int32.init)
        observations = FloatBuffer(count: Self.tile * policy.observationSize)
        actions = .allocate(capacity: Self.tile * policy.actionChoices.count)
        actions.initialize(repeating: 0, count: Self.tile * policy.actionChoices.count)
        scalars = FloatBuffer(count: 4 * Self.tile)
    }

    deinit { actions.deallocate() }

    /// What every worker of a minibatch shares.
    struct Minibatch {
        var coefficients: mf_ppo_coefficients
        /// Advantages enter the loss as (advantage − mean) × scale.
        var advantageMean: Float
        var advantageScale: Float
    }

    func run(
        _ rollout: Rollout, samples: UnsafePointer<Int32>, count: Int, minibatch: Minibatch,
        parameters: UnsafePointer<Float>, transposedPolicy: TransposedWeights, transposedValue: TransposedWeights
    ) {
        gradients.clear()
        sums = mf_ppo_sums()
        var coefficients = minibatch.coefficients
        let size = rollout.observationSize
        let dimensions = rollout.dimensions
        let (oldLogs, advantages) = (scalars.base, scalars.base + Self.tile)
        let (oldValues, returns) = (scalars.base + 2 * Self.tile, scalars.base + 3 * Self.tile)
        var first = 0
        while first < count {
            let rows = min(Self.tile, count - first)
            let order = samples + first
            mf_gather_rows(rollout.observations.base, size, order, rows, observations.base)
            for row in 0..<rows {
                let sample = Int(order[row])
                oldLogs[row] = rollout.logProbabilities.base[sample]
                advantages[row] =
                    (rollout.advantages.base[sample] - minibatch.advantageMean) * minibatch.advantageScale
                oldValues[row] = rollout.values.base[sample]
                returns[row] = rollout.returns.base[sample]
                for dimension in 0..<dimensions {
                    actions[row * dimensions + dimension] = rollout.actions[sample * dimensions + dimension]
                }
            }
            let logits = policyWork.forward(
                parameters: parameters, x: observations.base, xStride: size, rows: rows)
            let values = valueWork.forward(
                parameters: parameters, x: observations.base, xStride: size, rows: rows)
            mf_ppo_loss(
                logits, policyNet.outputWidth, values, valueNet.outputWidth, rows, choices, dimensions, actions,
                oldLogs,
                advantages, oldValues, returns, &coefficients, &sums)
            policyWork.backward(
                transposed: transposedPolicy, x: observations.base, xStride: size, outputGradient: logits,
                into: gradients.base, rows: rows)
            valueWork.backward(
                transposed: transposedValue, x: observations.base, xStride: size, outputGradient: values,
                into: gradients.base, rows: rows)
            first += rows
        }
    }
}
