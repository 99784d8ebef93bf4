import CKernels
import Neural

/// One worker's share of a rollout: it steps its own copies from the first step to the last, so that workers meet once a rollout
/// and not once a step.
final class Sampler {
    private static let tile = 128

    let range: Range<Int>
    /// Set when `shouldStop` cut the rollout short.
    private(set) var wasStopped = false

    /// Raw observations of the latest rollout behind the sums below.
    private(set) var statisticsCount = 0.0
    /// Sums of raw observations less `origin`, and of their squares.
    private var shiftedSums: [Double]
    private var shiftedSquares: [Double]
    private var origin: [Double]

    private let policyNet: MLP
    private let valueNet: MLP
    private let policyWork: MLPWorkspace
    private let valueWork: MLPWorkspace
    private let uniform: FloatBuffer
    private let finalObservation: FloatBuffer
    private let choices: [Int32]
    /// Of a policy with memory: rows of this worker's copies, and the whole run's states `[copies × memoryUnits]`.
    private let inputs: NetInputs?
    private let memory: FloatBuffer
    private let memoryUnits: Int

    init(_ policy: ActorCritic, range: Range<Int>, memory: FloatBuffer) {
        self.range = range
        policyNet = policy.policyNet
        valueNet = policy.valueNet
        let capacity = min(Self.tile, range.count)
        policyWork = MLPWorkspace(policy.policyNet, capacity: capacity, learns: false)
        valueWork = MLPWorkspace(policy.valueNet, capacity: Self.tile, learns: false)
        uniform = FloatBuffer(count: capacity * policy.actionChoices.count)
        finalObservation = FloatBuffer(count: policy.observationSize)
        choices = policy.actionChoices.map(Int32.init)
        inputs = NetInputs(policy, rows: range.count, tile: capacity)
        self.memory = memory
        memoryUnits = policy.memoryUnits
        shiftedSums = Array(repeating: 0, count: policy.observationSize)
        shiftedSquares = shiftedSums
        origin = shiftedSums
    }

    /// Fills this worker's part of `rollout`. Row 0 of its observations is there; with a normaliser `raw` receives what the world
    /// shows, `[copies × observationSize]`, else the rollout's rows do.
    func collect(
        into rollout: Rollout, environment: any Environment, parameters: UnsafePointer<Float>,
        streams: UnsafeMutablePointer<RandomStream>, normaliser: ObservationNormaliser?,
        raw: UnsafeMutablePointer<Float>, finalObservations: UnsafeMutablePointer<Float>,
        shouldStop: @Sendable () -> Bool
    ) {
        wasStopped = false
        if let normaliser { beginStatistics(origin: normaliser.mean) }
        let (copies, size, dimensions) = (rollout.copies, rollout.observationSize, rollout.dimensions)
        inputs?.restore(first: 0, count: range.count, from: memory.base + range.lowerBound * memoryUnits)
        for step in 0..<rollout.steps {
            if shouldStop() {
                wasStopped = true
                return
            }
            let row = step * copies
            if let inputs, step % rollout.sequenceLength == 0 {
                inputs.save(
                    first: 0, count: range.count, to: rollout.states(at: step) + range.lowerBound * memoryUnits)
            }
            act(rollout, step: step, parameters: parameters, streams: streams)
            let next = rollout.observations(at: step + 1)
            environment.step(
                range: range, actions: rollout.actions + row * dimensions, observations: normaliser == nil ? next : raw,
                rewards: rollout.rewards.base + row, ends: rollout.ends + row, finalObservations: finalObservations)
            if let normaliser {
                let offset = range.lowerBound * size
                takeStatistics(raw + offset, rows: range.count)
                normaliser.apply(raw + offset, to: next + offset, rows: range.count)
            }
            for copy in range where rollout.ends[row + copy] == EpisodeEnd.truncated.rawValue {
                var last = UnsafePointer(finalObservations + copy * size)
                if let normaliser {
                    normaliser.apply(last, to: finalObservation.base, rows: 1)
                    last = UnsafePointer(finalObservation.base)
                }
                var stride = size
                if let inputs {
                    last = inputs.peek(
                        parameters: parameters, observations: last, first: copy - range.lowerBound, count: 1)
                    stride = inputs.stride
                }
                rollout.cutValues.base[row + copy] =
                    valueWork.forward(parameters: parameters, x: last, xStride: stride, rows: 1)[0]
            }
            guard let inputs else { continue }
            for copy in range where rollout.ends[row + copy] != EpisodeEnd.running.rawValue {
                inputs.forget(copy - range.lowerBound)
            }
        }
        inputs?.save(first: 0, count: range.count, to: memory.base + range.lowerBound * memoryUnits)
        evaluateRest(of: rollout, parameters: parameters)
    }

    /// What the nets read for `count` copies from `first`. A memory has taken a step with what it acted on; with what follows the
    /// rollout it takes none.
    private func netInputs(
        _ rollout: Rollout, step: Int, first: Int, count: Int, parameters: UnsafePointer<Float>
    ) -> (rows: UnsafePointer<Float>, stride: Int) {
        let size = rollout.observationSize
        let observations = UnsafePointer(rollout.observations(at: step) + first * size)
        guard let inputs else { return (observations, size) }
        let local = first - range.lowerBound
        let rows =
            step < rollout.steps
            ? UnsafePointer(inputs.row(local))
            : inputs.peek(parameters: parameters, observations: observations, first: local, count: count)
        return (rows, inputs.stride)
    }

    private func act(
        _ rollout: Rollout, step: Int, parameters: UnsafePointer<Float>, streams: UnsafeMutablePointer<RandomStream>
    ) {
        let (size, dimensions) = (rollout.observationSize, rollout.dimensions)
        let observations = rollout.observations(at: step)
        let row = step * rollout.copies
        var first = range.lowerBound
        while first < range.upperBound {
            let count = min(Self.tile, range.upperBound - first)
            if let inputs {
                _ = inputs.advance(
                    parameters: parameters, observations: observations + first * size, first: first - range.lowerBound,
                    count: count)
            }
            let input = netInputs(rollout, step: step, first: first, count: count, parameters: parameters)
            let logits = policyWork.forward(parameters: parameters, x: input.rows, xStride: input.stride, rows: count)
            for copy in 0..<count {
                for dimension in 0..<dimensions {
                    uniform.base[copy * dimensions + dimension] = streams[first + copy].uniformFloat()
                }
            }
            mf_sample_actions(
                logits, policyNet.outputWidth, count, choices, dimensions, uniform.base,
                rollout.actions + (row + first) * dimensions, rollout.logProbabilities.base + row + first)
            if inputs != nil {
                evaluate(
                    input.rows, stride: input.stride, count: count, parameters: parameters,
                    into: rollout.values.base + row + first)
            }
            first += count
        }
    }

    /// The values that wait until the rollout is full: what follows it, and without a memory all others too. No action waits for
    /// them, and a tile of many rows costs far less than as many single ones.
    private func evaluateRest(of rollout: Rollout, parameters: UnsafePointer<Float>) {
        let copies = rollout.copies
        if inputs != nil {
            for first in stride(from: range.lowerBound, to: range.upperBound, by: Self.tile) {
                let count = min(Self.tile, range.upperBound - first)
                let input = netInputs(
                    rollout, step: rollout.steps, first: first, count: count, parameters: parameters)
                evaluate(
                    input.rows, stride: input.stride, count: count, parameters: parameters,
                    into: rollout.nextValues.base + first)
            }
            return
        }
        if range.count == copies {
            evaluate(rollout, rows: 0..<rollout.samples, parameters: parameters, into: rollout.values.base)
        } else {
            for step in 0..<rollout.steps {
                let row = step * copies
                evaluate(
                    rollout, rows: row + range.lowerBound..<row + range.upperBound, parameters: parameters,
                    into: rollout.values.base + row + range.lowerBound)
            }
        }
        evaluate(
            rollout, rows: rollout.samples + range.lowerBound..<rollout.samples + range.upperBound,
            parameters: parameters, into: rollout.nextValues.base + range.lowerBound)
    }

    /// The values of these rows of observations, into `values` `[rows]`.
    private func evaluate(
        _ rollout: Rollout, rows: Range<Int>, parameters: UnsafePointer<Float>, into values: UnsafeMutablePointer<Float>
    ) {
        let size = rollout.observationSize
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.tile) {
            evaluate(
                rollout.observations.base + first * size, stride: size, count: min(Self.tile, rows.upperBound - first),
                parameters: parameters, into: values + first - rows.lowerBound)
        }
    }

    /// The values of `count` ≤ ``tile`` rows, `stride` floats apart.
    private func evaluate(
        _ rows: UnsafePointer<Float>, stride: Int, count: Int, parameters: UnsafePointer<Float>,
        into values: UnsafeMutablePointer<Float>
    ) {
        let output = valueWork.forward(parameters: parameters, x: rows, xStride: stride, rows: count)
        for row in 0..<count { values[row] = output[row * valueNet.outputWidth] }
    }

    private func beginStatistics(origin: [Double]) {
        statisticsCount = 0
        for index in origin.indices {
            self.origin[index] = origin[index]
            shiftedSums[index] = 0
            shiftedSquares[index] = 0
        }
    }

    private func takeStatistics(_ observations: UnsafePointer<Float>, rows: Int) {
        statisticsCount += Double(rows)
        let size = origin.count
        for row in 0..<rows {
            for index in 0..<size {
                let value = Double(observations[row * size + index]) - origin[index]
                shiftedSums[index] += value
                shiftedSquares[index] += value * value
            }
        }
    }

    /// Adds the latest rollout's raw observations to the running statistics.
    func mergeStatistics(into normaliser: inout ObservationNormaliser?) {
        let count = statisticsCount
        normaliser?.merge(
            batchCount: count, batchMean: origin.indices.map { origin[$0] + shiftedSums[$0] / count },
            batchVariance: origin.indices.map { index in
                let mean = shiftedSums[index] / count
                return max(0, shiftedSquares[index] / count - mean * mean)
            })
    }
}
