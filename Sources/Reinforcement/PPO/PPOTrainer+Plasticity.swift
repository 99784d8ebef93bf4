import Neural

extension PPOTrainer {
    /// Rollouts between two looks at the nets' plasticity: often enough for a curve, seldom enough to cost nothing.
    private static let lookInterval = 8
    private static let mostSamples = 256

    /// Resets dormant units when their time has come, and measures plasticity when it is time for that.
    func careForPlasticity(isLast: Bool) throws(TrainingError) -> (policy: Plasticity?, value: Plasticity?) {
        let rollouts = state.steps / settings.rolloutSize
        let interval = settings.dormantResetInterval
        let resets = interval > 0 && rollouts % interval == 0
        let looks = isLast || rollouts % Self.lookInterval == 1
        guard resets || looks else { return (nil, nil) }
        let inputs = netInputs()
        var policy = template
        policy.parameters = parameters.array
        let plasticity = looks ? policy.plasticity(inputs: inputs) : (nil, nil)
        if resets {
            let revival = try policy.revival(
                inputs: inputs, random: RandomStream(seed: seed).split("dormant units").split(rollouts))
            for (index, value) in revival.parameters {
                parameters.base[index] = value
                adam.first.base[index] = 0
                adam.second.base[index] = 0
            }
            transposedPolicy.refresh(parameters.base)
            transposedValue.refresh(parameters.base)
        }
        return plasticity
    }

    /// What the nets read in some samples of the latest rollout, evenly spread; with a memory where sequences began.
    private func netInputs() -> [Float] {
        let (size, samples) = (template.observationSize, rollout.samples)
        let length = rollout.sequenceLength
        let places = template.memoryNet == nil ? samples : samples / length
        let count = min(Self.mostSamples, places)
        let rows = NetInputs(template, rows: count, tile: 1)
        var inputs: [Float] = []
        for index in 0..<count {
            let place = index * places / count
            guard let rows else {
                inputs += UnsafeBufferPointer(start: rollout.observations.base + place * size, count: size)
                continue
            }
            let (round, copy) = place.quotientAndRemainder(dividingBy: rollout.copies)
            let units = template.memoryUnits
            rows.restore(first: index, count: 1, from: rollout.states(at: round * length) + copy * units)
            let row = rows.advance(
                parameters: parameters.base,
                observations: rollout.observations(at: round * length) + copy * size, first: index, count: 1)
            inputs += UnsafeBufferPointer(start: row, count: rows.stride)
        }
        return inputs
    }
}
