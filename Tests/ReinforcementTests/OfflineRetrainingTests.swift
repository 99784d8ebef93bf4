import Neural
import Reinforcement
import Testing

@Suite("Offline retraining")
struct OfflineRetrainingTests {
    private let architecture = ActorCritic.Architecture(observationSize: 2, actionChoices: [3])

    /// A fresh policy's aimless behaviour in a world that pays 1 for action 2 when the first number is positive and for action 0
    /// when it is not, one step an episode.
    private func experience(_ count: Int) -> Experience {
        var stream = RandomStream(seed: 5)
        var stored = Experience()
        for _ in 0..<count {
            let x = Float(stream.normal())
            let action = Int32(stream.below(3))
            stored.observations += [x, 1]
            stored.actions.append(action)
            stored.rewards.append(action == (x > 0 ? 2 : 0) ? 1 : 0)
            stored.nextObservations += [0, 0]
            stored.terminal.append(true)
        }
        return stored
    }

    @Test("aimless experience is turned into what it shows to be best, within the values it shows")
    func learns() throws {
        let start = try ActorCritic(architecture, random: RandomStream(seed: 1))
        var settings = OfflineSettings()
        settings.epochs = 40
        settings.learningRate = 1e-3
        settings.temperature = 0.3
        let outcome = try OfflineRetraining(
            policy: start, experience: experience(4000), settings: settings, seed: 2
        ).run()
        #expect(outcome.ending == .completed && outcome.history.count == 40)
        #expect(outcome.policy.greedyAction([1, 1]) == [2])
        #expect(outcome.policy.greedyAction([-1, 1]) == [0])
        // A third of aimless actions is paid.
        for value in outcome.policy.evaluate(observations: [1, 1, -1, 1]).values { #expect(abs(value - 1.0 / 3) < 0.1) }
    }

    @Test("a cold temperature's opposite, a hot one, only imitates")
    func imitates() throws {
        var stored = experience(2000)
        // Behaviour: action 1 four times in five, whatever it pays.
        for index in stored.actions.indices where index % 5 != 0 { stored.actions[index] = 1 }
        var settings = OfflineSettings()
        settings.epochs = 30
        settings.learningRate = 1e-3
        settings.temperature = 1e6
        let start = try ActorCritic(architecture, random: RandomStream(seed: 1))
        let outcome = try OfflineRetraining(policy: start, experience: stored, settings: settings, seed: 2).run()
        let p = outcome.policy.evaluate(observations: [1, 1]).probabilities
        // 4/5 + 1/5 · 1/3
        #expect(abs(p[1] - 0.867) < 0.05)
    }

    @Test("the same seed gives the same weights; a stop keeps the last whole epoch")
    func deterministic() throws {
        let start = try ActorCritic(architecture, random: RandomStream(seed: 1))
        let plan = try OfflineRetraining(policy: start, experience: experience(1000), seed: 2)
        #expect(plan.run().policy == plan.run().policy)
        let stopped = plan.run(shouldStop: { true })
        #expect(stopped.ending == .stopped && stopped.policy == start)
    }

    @Test(
        "experience of another shape, with impossible actions or numbers that are not finite is refused",
        arguments: 0..<6)
    func refusal(_ damage: Int) throws {
        let start = try ActorCritic(architecture, random: RandomStream(seed: 1))
        var stored = experience(10)
        switch damage {
        case 0: stored = Experience()
        case 1: stored.observations.removeLast()
        case 2: stored.actions[3] = 3
        case 3: stored.rewards[4] = .nan
        case 4: stored.observations[7] = .infinity
        default: stored.terminal.append(false)
        }
        #expect {
            try OfflineRetraining(policy: start, experience: stored, seed: 1)
        } throws: { error in
            guard case TrainingError.experience = error else { return false }
            return true
        }
    }
}
