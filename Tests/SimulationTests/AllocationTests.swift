import AllocationCounter
import Market
import Neural
import Reinforcement
import Simulation
import Testing

@Suite("Memory of a running training", .enabled(if: allocations_are_counted() == 1))
struct AllocationTests {
    /// The fewest allocations between two reports of progress. The fewest, because a list that grows by doubling, such as the
    /// history, is no allocation per rollout.
    private func allocationsPerRollout(steps: Int, minibatch: Int, normalised: Bool) throws -> UInt64 {
        var settings = PPOSettings.fast
        settings.copies = 4
        settings.rolloutSteps = steps
        settings.minibatchSize = minibatch
        settings.normalisesObservations = normalised
        settings.normalisesRewards = normalised
        let tables = try MarketFixture.tables(2000, layout: .candleV1)
        let trainer = try PPOTrainer(
            environment: TradingEnvironment.candleV1(tables, copies: settings.copies, seed: 1), settings: settings,
            seed: 1)
        var seen: [UInt64] = []
        seen.reserveCapacity(8)
        _ = try trainer.run(
            steps: 8 * settings.rolloutSize,
            control: TrainingControl(onProgress: { _ in seen.append(allocations_of_this_thread()) }))
        return zip(seen.dropFirst(), seen).map { $0 - $1 }.min() ?? .max
    }

    @Test("the counter sees an allocation")
    func counterWorks() {
        let before = allocations_of_this_thread()
        let buffer = FloatBuffer(count: 16)
        #expect(allocations_of_this_thread() > before && buffer.count == 16)
    }

    @Test(
        "neither a step nor a minibatch allocates: four times as many cost not one allocation more",
        arguments: [false, true])
    func stepsAndMinibatches(normalised: Bool) throws {
        let few = try allocationsPerRollout(steps: 64, minibatch: 64, normalised: normalised)
        let manySteps = try allocationsPerRollout(steps: 256, minibatch: 256, normalised: normalised)
        let manyMinibatches = try allocationsPerRollout(steps: 64, minibatch: 16, normalised: normalised)
        #expect(manySteps == few)
        #expect(manyMinibatches == few)
        // What a rollout costs once: the boundary's copy of the world's state, the record of progress.
        #expect(few < 100)
    }
}
