/// Stored transitions, row after row, as a policy met them: what it saw, did, earned and saw next.
public struct Experience: Sendable, Equatable {
    /// `[count × observationSize]`, not normalised.
    public var observations: [Float]
    /// `[count × dimensions]`, each below its dimension's choices.
    public var actions: [Int32]
    /// `[count]`
    public var rewards: [Float]
    /// `[count × observationSize]`; not looked at where `terminal` is true.
    public var nextObservations: [Float]
    /// `[count]`: nothing can be earned afterwards. An episode merely cut off is not terminal.
    public var terminal: [Bool]

    public init(
        observations: [Float] = [], actions: [Int32] = [], rewards: [Float] = [], nextObservations: [Float] = [],
        terminal: [Bool] = []
    ) {
        self.observations = observations
        self.actions = actions
        self.rewards = rewards
        self.nextObservations = nextObservations
        self.terminal = terminal
    }

    public var count: Int { rewards.count }

    /// Throws ``TrainingError/experience(reason:)`` unless every array fits `policy` and every number can be used.
    func validate(for policy: ActorCritic.Architecture) throws(TrainingError) {
        func check(_ holds: Bool, _ reason: @autoclosure () -> String) throws(TrainingError) {
            guard holds else { throw .experience(reason: reason()) }
        }
        let (size, choices) = (policy.observationSize, policy.actionChoices)
        try check(count >= 2, "it has \(count) transitions, at least 2 are needed")
        try check(
            observations.count == count * size && nextObservations.count == count * size,
            "its observations are not \(count) × \(size) numbers, as the policy needs")
        try check(
            actions.count == count * choices.count && terminal.count == count,
            "its actions or ends are not as many as its \(count) rewards")
        for index in actions.indices {
            let limit = choices[index % choices.count]
            try check(
                actions[index] >= 0 && Int(actions[index]) < limit,
                "transition \(index / choices.count) has the action \(actions[index]), allowed are 0..<\(limit)")
        }
        for row in 0..<count {
            let range = row * size..<(row + 1) * size
            try check(
                rewards[row].isFinite && observations[range].allSatisfy(\.isFinite)
                    && (terminal[row] || nextObservations[range].allSatisfy(\.isFinite)),
                "transition \(row) holds a number that is not finite")
        }
    }
}
