import Neural
import Reinforcement

/// Rewards and ends that can be worked by hand: reward 1 a step, an end every `Period.length` steps.
struct OneAStep: WorldCopy {
    static let observationSize = 1
    static let actionChoices = [2, 3]
    var steps = 0
    init(random: inout RandomStream) {}
    mutating func step(_ actions: UnsafePointer<Int32>, random: inout RandomStream) -> (reward: Float, end: EpisodeEnd)
    {
        steps += 1
        return (1, steps == 5 ? .terminated : .running)
    }
    mutating func restart(random: inout RandomStream) { steps = 0 }
    func observe(_ into: UnsafeMutablePointer<Float>) { into[0] = Float(steps) }
}

/// Pays 1 when the first choice is 1 and the second 2; features of very different sizes.
struct TwoLevers: WorldCopy {
    static let observationSize = 3
    static let actionChoices = [2, 3]
    var steps = 0
    var noise = 0.0
    init(random: inout RandomStream) {}
    mutating func step(_ actions: UnsafePointer<Int32>, random: inout RandomStream) -> (reward: Float, end: EpisodeEnd)
    {
        steps += 1
        noise = random.normal()
        return (actions[0] == 1 && actions[1] == 2 ? 1 : 0, steps % 20 == 0 ? .truncated : .running)
    }
    mutating func restart(random: inout RandomStream) {}
    func observe(_ into: UnsafeMutablePointer<Float>) {
        into[0] = Float(50_000 + 1000 * noise)
        into[1] = Float(1e-4 * noise)
        into[2] = 1
    }
}

/// Becomes unusable after `brokenAfter` steps, in observation or reward.
struct Broken: WorldCopy {
    static let observationSize = 2
    static let actionChoices = [2]
    var steps = 0
    init(random: inout RandomStream) {}
    mutating func step(_ actions: UnsafePointer<Int32>, random: inout RandomStream) -> (reward: Float, end: EpisodeEnd)
    {
        steps += 1
        return (steps == 1500 ? .infinity : 1, .running)
    }
    mutating func restart(random: inout RandomStream) {}
    func observe(_ into: UnsafeMutablePointer<Float>) {
        into[0] = 1
        into[1] = 0
    }
}

/// Shows a number that is none after a while.
struct Blind: WorldCopy {
    static let observationSize = 2
    static let actionChoices = [2]
    var steps = 0
    init(random: inout RandomStream) {}
    mutating func step(_ actions: UnsafePointer<Int32>, random: inout RandomStream) -> (reward: Float, end: EpisodeEnd)
    {
        steps += 1
        return (1, .running)
    }
    mutating func restart(random: inout RandomStream) {}
    func observe(_ into: UnsafeMutablePointer<Float>) {
        into[0] = steps >= 1500 ? .nan : 1
        into[1] = 0
    }
}
