import Foundation
import Neural
import Reinforcement
import Testing

/// The long forms (five seeds each) run when `MARKETFLOW_LONG_TESTS` is set.
let seeds: ClosedRange<UInt64> = ProcessInfo.processInfo.environment["MARKETFLOW_LONG_TESTS"] == nil ? 1...1 : 1...5

func trained<World: WorldCopy>(
    _: World.Type, _ settings: PPOSettings, seed: UInt64, steps: Int
) throws -> TrainingOutcome {
    let environment = CopiesOf<World>(copies: settings.copies, seed: seed)
    return try PPOTrainer(environment: environment, settings: settings, seed: seed).run(steps: steps)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

@Suite("PPO finds what is there to be found", .serialized)
struct LearningTests {
    @Test("the dynamic programs give the published optima")
    func optima() {
        #expect(abs(Optimum.ornsteinUhlenbeck().averageReward - 0.13957) < 0.0002)
        #expect(abs(Optimum.hiddenRegime().averageReward - 0.11209) < 0.0002)
    }

    @Test("CartPole is balanced after 50,000 steps with Stable-Baselines3's settings")
    func cartPole() throws {
        let returns = try seeds.map { seed in
            let outcome = try trained(CartPole.self, .stableBaselines3, seed: seed, steps: 50_000)
            return Score.greedyReturn(CartPole.self, outcome.policy, episodes: 50)
        }
        // SB3 reaches 500 with three seeds of three.
        #expect(returns.reduce(0, +) / Double(returns.count) >= 495, "\(returns)")
    }

    @Test("Acrobot swings up after 100,000 steps with Stable-Baselines3's settings")
    func acrobot() throws {
        let returns = try seeds.map { seed in
            let outcome = try trained(Acrobot.self, .stableBaselines3, seed: seed, steps: 100_000)
            return Score.greedyReturn(Acrobot.self, outcome.policy, episodes: 50)
        }
        // SB3's mean is −81.5; a single seed of ours may be a few steps slower.
        #expect(returns.reduce(0, +) / Double(returns.count) >= (returns.count > 1 ? -85 : -95), "\(returns)")
    }

    @Test("a mean-reverting price is traded within 2 % of the optimum")
    func ornsteinUhlenbeck() throws {
        let optimum = Optimum.ornsteinUhlenbeck()
        let shares = try seeds.map { seed in
            let outcome = try trained(OrnsteinUhlenbeck.self, .thorough, seed: seed, steps: 200_000)
            return Score.ornsteinUhlenbeck(outcome.policy, optimum: optimum)
        }
        #expect(median(shares) >= 0.98, "\(shares)")
    }

    @Test("a hidden drift is traded within 4 % of the optimum")
    func hiddenRegime() throws {
        let optimum = Optimum.hiddenRegime()
        let shares = try seeds.map { seed in
            let outcome = try trained(HiddenRegime.self, .thorough, seed: seed, steps: 200_000)
            return Score.hiddenRegime(outcome.policy, optimum: optimum)
        }
        #expect(median(shares) >= 0.96, "\(shares)")
    }

    @Test(
        "Stable-Baselines3's own geometries find as much as Stable-Baselines3 does",
        .enabled(if: ProcessInfo.processInfo.environment["MARKETFLOW_LONG_TESTS"] != nil))
    func sameAsStableBaselines() throws {
        let optimum = Optimum.ornsteinUhlenbeck()
        let hidden = Optimum.hiddenRegime()
        func shares(_ settings: PPOSettings) throws -> (visible: Double, hidden: Double) {
            (
                try median(
                    seeds.map {
                        let outcome = try trained(OrnsteinUhlenbeck.self, settings, seed: $0, steps: 200_000)
                        return Score.ornsteinUhlenbeck(outcome.policy, optimum: optimum)
                    }),
                try median(
                    seeds.map {
                        let outcome = try trained(HiddenRegime.self, settings, seed: $0, steps: 200_000)
                        return Score.hiddenRegime(outcome.policy, optimum: hidden)
                    })
            )
        }
        // SB3, three seeds: 99.1 % and 82.0 % with its defaults, 93.8 % and 95.2 % in the other geometry.
        let (defaultShares, fastShares) = (try shares(.stableBaselines3), try shares(.fast))
        #expect(defaultShares.visible >= 0.97 && defaultShares.hidden >= 0.79, "\(defaultShares)")
        #expect(fastShares.visible >= 0.91 && fastShares.hidden >= 0.93, "\(fastShares)")
    }

    @Test("where there is no edge the policy learns hardly to trade")
    func noEdge() throws {
        let outcome = try trained(Martingale.self, .fast, seed: 1, steps: 200_000)
        var worlds: [Martingale] = []
        var random: [RandomStream] = []
        for index in 0..<100 {
            var stream = RandomStream(seed: 4321).split(index)
            worlds.append(Martingale(random: &stream))
            random.append(stream)
        }
        let learned = Score.total(worlds, random, outcome.policy) / 200_000
        // Uniformly random positions change by 8/9 on average, at 0.2 a unit.
        let aimless = -0.2 * 8 / 9
        #expect(learned >= 0.1 * aimless)
    }
}
