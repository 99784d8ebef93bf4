import Foundation
import Neural
import Reinforcement

/// Mean reward per step over 500 streams × 2,000 steps, of a greedy policy and of the optimum, on the same noise.
enum Score {
    private static let streams = 500
    private static let steps = 2000

    static func ornsteinUhlenbeck(_ policy: ActorCritic, optimum: Optimum) -> Double {
        var worlds: [OrnsteinUhlenbeck] = []
        var random: [RandomStream] = []
        for index in 0..<streams {
            var stream = RandomStream(seed: 12345).split(index)
            worlds.append(OrnsteinUhlenbeck(random: &stream))
            random.append(stream)
        }
        let copies = (worlds, random)
        let best = total(copies.0, copies.1) { world, action in
            Int32(optimum.action(world.x, old: positionIndex(world.position)))
        }
        return total(worlds, random, policy) / best
    }

    /// - Parameter shown: what the policy sees of the world.
    static func hiddenRegime(
        _ policy: ActorCritic, optimum: Optimum, shown: (any WorldCopy.Type) = HiddenRegime.self
    ) -> Double {
        var worlds: [HiddenRegime] = []
        var random: [RandomStream] = []
        for index in 0..<streams {
            var stream = RandomStream(seed: 12345).split(index)
            worlds.append(HiddenRegime(random: &stream))
            random.append(stream)
        }
        var sum = 0.0
        for index in 0..<streams {
            var (world, stream) = (worlds[index], random[index])
            var up = 0.5
            for back in 0..<32 { up = Optimum.belief(up, after: world.returns[(world.next + back) % 32]) }
            for _ in 0..<steps {
                var action = Int32(optimum.action(up, old: positionIndex(world.position)))
                sum += Double(world.step(&action, random: &stream).reward)
                up = Optimum.belief(up, after: world.returns[(world.next + 31) % 32])
            }
        }
        if shown == GlimpsedRegime.self { return total(worlds.map { GlimpsedRegime($0) }, random, policy) / sum }
        return total(worlds, random, policy) / sum
    }

    private static func positionIndex(_ position: Double) -> Int { position == 0 ? 0 : position > 0 ? 1 : 2 }

    private static func total<World: WorldCopy>(
        _ worlds: [World], _ random: [RandomStream], choose: (World, Int) -> Int32
    ) -> Double {
        var sum = 0.0
        for index in worlds.indices {
            var (world, stream) = (worlds[index], random[index])
            for step in 0..<steps {
                var action = choose(world, step)
                sum += Double(world.step(&action, random: &stream).reward)
            }
        }
        return sum
    }

    /// All copies at once, greedily.
    static func total<World: WorldCopy>(_ worlds: [World], _ random: [RandomStream], _ policy: ActorCritic) -> Double {
        var (worlds, random) = (worlds, random)
        let evaluator = PolicyEvaluator(policy, capacity: worlds.count)
        let size = World.observationSize
        var observations = [Float](repeating: 0, count: worlds.count * size)
        var actions = [Int32](repeating: 0, count: worlds.count)
        var sum = 0.0
        for _ in 0..<steps {
            observations.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                for index in worlds.indices { worlds[index].observe(base + index * size) }
            }
            evaluator.greedyActions(observations, count: worlds.count, into: &actions)
            for index in worlds.indices {
                sum += Double(worlds[index].step(&actions[index], random: &random[index]).reward)
            }
        }
        return sum
    }

    /// Mean return of whole greedy episodes.
    static func greedyReturn<World: WorldCopy>(_: World.Type, _ policy: ActorCritic, episodes: Int) -> Double {
        let evaluator = PolicyEvaluator(policy)
        var observation = [Float](repeating: 0, count: World.observationSize)
        var sum = 0.0
        for episode in 0..<episodes {
            var random = RandomStream(seed: 777).split(episode)
            var world = World(random: &random)
            while true {
                world.observe(&observation)
                var action = Int32(evaluator.greedyAction(observation))
                let (reward, end) = world.step(&action, random: &random)
                sum += Double(reward)
                if end != .running { break }
            }
        }
        return sum / Double(episodes)
    }
}
