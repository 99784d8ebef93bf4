import Neural
import Reinforcement
import Testing

@Suite("Advantages")
struct AdvantageTests {
    /// Three steps of two copies; every value 1, rewards 1, 2, 3, next values 2.
    private func rollout() -> Rollout {
        let rollout = Rollout(steps: 3, copies: 2, observationSize: 1, dimensions: 1)
        for step in 0..<3 {
            for copy in 0..<2 {
                rollout.rewards.base[step * 2 + copy] = Float(step + 1)
                rollout.values.base[step * 2 + copy] = 1
            }
        }
        rollout.nextValues.copy(from: [2, 2])
        return rollout
    }

    @Test("follow the recursion worked by hand, over episode ends of both kinds")
    func byHand() {
        let rollout = rollout()
        // The second copy's episode ends for good after its first step, and is cut off after its second where 4 was expected.
        rollout.ends[1] = EpisodeEnd.terminated.rawValue
        rollout.ends[3] = EpisodeEnd.truncated.rawValue
        rollout.cutValues.base[3] = 4
        rollout.estimateAdvantages(rewards: rollout.rewards.base, discount: 0.5, lambda: 0.5)
        // First copy: δ = 0.5, 1.5, 3, and A = δ + 0.25·A′.
        #expect(rollout.advantages.array == [1.0625, 0, 2.25, 3, 3, 3])
        #expect(rollout.returns.array == [2.0625, 1, 3.25, 4, 4, 4])
    }

    @Test("explained variance is 1 for perfect values, 0 for a constant, nil for constant returns")
    func explainedVariance() throws {
        let rollout = rollout()
        rollout.returns.copy(from: [1, 2, 3, 4, 5, 6])
        rollout.values.copy(from: [1, 2, 3, 4, 5, 6])
        #expect(rollout.explainedVariance() == 1)
        rollout.values.copy(from: [9, 9, 9, 9, 9, 9])
        #expect(abs(try #require(rollout.explainedVariance())) < 1e-12)
        // Errors 0, 0, 0, 0, 0, 6 have variance 5; the returns 35/12.
        rollout.values.copy(from: [1, 2, 3, 4, 5, 0])
        #expect(abs(try #require(rollout.explainedVariance()) - (1 - 5 / (35.0 / 12))) < 1e-12)
        rollout.returns.copy(from: [2, 2, 2, 2, 2, 2])
        #expect(rollout.explainedVariance() == nil)
    }
}
