import Neural

/// One rollout's samples, `[steps][copies]` throughout, allocated once.
package final class Rollout {
    package let steps: Int
    package let copies: Int
    package let observationSize: Int
    package let dimensions: Int

    /// `[steps + 1][copies × observationSize]`, as the nets see them; the last row is what follows the rollout.
    package let observations: FloatBuffer
    /// `[steps][copies × dimensions]`
    package let actions: UnsafeMutablePointer<Int32>
    package let logProbabilities: FloatBuffer
    package let values: FloatBuffer
    /// As the environment gave them.
    package let rewards: FloatBuffer
    /// Raw values of ``EpisodeEnd``.
    package let ends: UnsafeMutablePointer<UInt8>
    /// The value of a truncated episode's last observation; elsewhere unused.
    package let cutValues: FloatBuffer
    /// `[copies]`, of the observations that follow the rollout.
    package let nextValues: FloatBuffer
    package let advantages: FloatBuffer
    /// What the value net should have said: advantage + value.
    package let returns: FloatBuffer
    /// Steps of one sequence of a policy with memory; 1 without.
    package let sequenceLength: Int
    /// The states sequences began with, `[steps / sequenceLength][copies × memoryUnits]`.
    let states: FloatBuffer
    private let memoryUnits: Int

    /// `sequenceLength` divides `steps`.
    package init(
        steps: Int, copies: Int, observationSize: Int, dimensions: Int, memoryUnits: Int = 0, sequenceLength: Int = 1
    ) {
        self.memoryUnits = memoryUnits
        self.sequenceLength = sequenceLength
        states = FloatBuffer(count: memoryUnits == 0 ? 0 : steps / sequenceLength * copies * memoryUnits)
        self.steps = steps
        self.copies = copies
        self.observationSize = observationSize
        self.dimensions = dimensions
        let samples = steps * copies
        // A multiple of 16, so that kernels over the whole buffer fit.
        observations = FloatBuffer(count: padded((steps + 1) * copies * observationSize))
        actions = .allocate(capacity: samples * dimensions)
        actions.initialize(repeating: 0, count: samples * dimensions)
        ends = .allocate(capacity: samples)
        ends.initialize(repeating: 0, count: samples)
        logProbabilities = FloatBuffer(count: samples)
        values = FloatBuffer(count: samples)
        rewards = FloatBuffer(count: samples)
        cutValues = FloatBuffer(count: samples)
        nextValues = FloatBuffer(count: copies)
        advantages = FloatBuffer(count: samples)
        returns = FloatBuffer(count: samples)
    }

    deinit {
        actions.deallocate()
        ends.deallocate()
    }

    package var samples: Int { steps * copies }

    /// Of one step, as the environment gave them.
    package var meanReward: Double {
        var sum = 0.0
        for sample in 0..<samples { sum += Double(rewards.base[sample]) }
        return sum / Double(samples)
    }

    /// The states that the sequences of all copies began with at `step`, a multiple of the sequence length.
    func states(at step: Int) -> UnsafeMutablePointer<Float> {
        states.base + step / sequenceLength * copies * memoryUnits
    }

    func observations(at step: Int) -> UnsafeMutablePointer<Float> {
        observations.base + step * copies * observationSize
    }
}
