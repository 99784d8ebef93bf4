import Neural

/// What of a run is plain values.
struct RunState: Sendable, Codable {
    var steps = 0
    var updates = 0
    /// One per copy.
    var streams: [RandomStream]
    var shuffle: RandomStream
    var normaliser: ObservationNormaliser?
    var rewardNormaliser: RewardNormaliser?
    var episodes: EpisodeRecord
}

/// Everything a run depends on between two rollouts.
struct Boundary {
    var state: RunState
    let parameters: FloatBuffer
    let firstMoments: FloatBuffer
    let secondMoments: FloatBuffer
    /// As the world shows them, `[copies × observationSize]`.
    let observations: FloatBuffer
    /// What each copy's policy remembers, `[copies × memoryUnits]`.
    let memory: FloatBuffer
    var environment: [UInt8] = []

    init(state: RunState, parameters: [Float], observations: [Float], memory: Int) {
        self.state = state
        self.parameters = FloatBuffer(parameters)
        firstMoments = FloatBuffer(count: parameters.count)
        secondMoments = FloatBuffer(count: parameters.count)
        self.observations = FloatBuffer(observations)
        self.memory = FloatBuffer(count: memory)
    }
}

extension PPOTrainer {
    /// Makes the present state the boundary.
    func captureBoundary() {
        state.streams = Array(UnsafeBufferPointer(start: streams, count: settings.copies))
        boundary.state = state
        boundary.parameters.copy(from: parameters)
        boundary.firstMoments.copy(from: adam.first)
        boundary.secondMoments.copy(from: adam.second)
        boundary.observations.copy(from: rawObservations)
        boundary.memory.copy(from: memory)
        boundary.environment = environment.saveState()
    }

    /// Makes the boundary the present state.
    func returnToBoundary() throws {
        state = boundary.state
        streams.update(from: state.streams, count: settings.copies)
        parameters.copy(from: boundary.parameters)
        adam.first.copy(from: boundary.firstMoments)
        adam.second.copy(from: boundary.secondMoments)
        adam.steps = state.updates
        rawObservations.copy(from: boundary.observations)
        memory.copy(from: boundary.memory)
        transposedPolicy.refresh(parameters.base)
        transposedValue.refresh(parameters.base)
        showObservations()
        try environment.restoreState(boundary.environment)
    }

    /// Puts the present observations, normalised if they are to be, where the next rollout begins.
    func showObservations() {
        let first = rollout.observations(at: 0)
        if let normaliser = state.normaliser {
            normaliser.apply(rawObservations.base, to: first, rows: settings.copies)
        } else {
            first.update(from: rawObservations.base, count: rawObservations.count)
        }
    }

    /// Takes what follows the latest rollout as the present observations.
    func advanceObservations() {
        if state.normaliser == nil {
            rawObservations.base.update(
                from: rollout.observations(at: rollout.steps), count: rawObservations.count)
        }
        showObservations()
    }
}
