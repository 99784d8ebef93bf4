import Neural
import Reinforcement

/// ou-v1: a mean-reverting price in sight, x ← 0.9x + 0.01ε; reward 100 (p·Δx − 0.003·|Δp|) for positions 0, +1, −1.
struct OrnsteinUhlenbeck: WorldCopy {
    static let observationSize = 2
    static let actionChoices = [3]
    static let deviation = 0.01 / (1 - 0.81).squareRoot()
    static let positions = [0.0, 1, -1]

    var x: Double
    var position = 0.0
    var steps = 0

    init(random: inout RandomStream) { x = Self.deviation * random.normal() }

    mutating func step(_ actions: UnsafePointer<Int32>, random: inout RandomStream) -> (reward: Float, end: EpisodeEnd)
    {
        let wanted = Self.positions[Int(actions[0])]
        let next = 0.9 * x + 0.01 * random.normal()
        let reward = 100 * (wanted * (next - x) - 0.003 * abs(wanted - position))
        x = next
        position = wanted
        steps += 1
        return (Float(reward), steps == 512 ? .truncated : .running)
    }

    mutating func restart(random: inout RandomStream) {
        steps = 0
        position = 0
    }

    func observe(_ into: UnsafeMutablePointer<Float>) {
        into[0] = Float(x / Self.deviation)
        into[1] = Float(position)
    }
}

/// regime-v1: a hidden drift s = ±1 that stays with probability 0.98, seen through r = 0.002s + 0.006ε; the last 32 r are in sight;
/// reward 100 (p·r − 0.002·|Δp|).
struct HiddenRegime: WorldCopy {
    static let observationSize = 33
    static let actionChoices = [3]
    static let positions = [0.0, 1, -1]

    var state: Double
    /// The last 32 returns as a ring, oldest at `next`.
    var returns: [Double]
    var next = 0
    var position = 0.0
    var steps = 0

    init(random: inout RandomStream) {
        state = random.uniform() < 0.5 ? 1 : -1
        returns = Array(repeating: 0, count: 32)
        for _ in 0..<32 { _ = advance(random: &random) }
    }

    private mutating func advance(random: inout RandomStream) -> Double {
        let r = 0.002 * state + 0.006 * random.normal()
        if random.uniform() >= 0.98 { state = -state }
        returns[next] = r
        next = (next + 1) % 32
        return r
    }

    mutating func step(_ actions: UnsafePointer<Int32>, random: inout RandomStream) -> (reward: Float, end: EpisodeEnd)
    {
        let wanted = Self.positions[Int(actions[0])]
        let r = advance(random: &random)
        let reward = 100 * (wanted * r - 0.002 * abs(wanted - position))
        position = wanted
        steps += 1
        return (Float(reward), steps == 512 ? .truncated : .running)
    }

    mutating func restart(random: inout RandomStream) {
        steps = 0
        position = 0
    }

    func observe(_ into: UnsafeMutablePointer<Float>) {
        for index in 0..<32 { into[index] = Float(returns[(next + index) % 32] / 0.006) }
        into[32] = Float(position)
    }
}

/// regime-v1 of which only the latest return is in sight: what is known of the drift must be remembered.
struct GlimpsedRegime: WorldCopy {
    static let observationSize = 2
    static let actionChoices = [3]

    var whole: HiddenRegime

    init(random: inout RandomStream) { whole = HiddenRegime(random: &random) }

    init(_ whole: HiddenRegime) { self.whole = whole }

    mutating func step(_ actions: UnsafePointer<Int32>, random: inout RandomStream) -> (reward: Float, end: EpisodeEnd)
    { whole.step(actions, random: &random) }

    mutating func restart(random: inout RandomStream) { whole.restart(random: &random) }

    func observe(_ into: UnsafeMutablePointer<Float>) {
        into[0] = Float(whole.returns[(whole.next + 31) % 32] / 0.006)
        into[1] = Float(whole.position)
    }
}

/// A price without memory, and fees: doing nothing is best.
struct Martingale: WorldCopy {
    static let observationSize = 9
    static let actionChoices = [3]

    var returns: [Double]
    var position = 0.0
    var steps = 0

    init(random: inout RandomStream) { returns = (0..<8).map { _ in 0.01 * random.normal() } }

    mutating func step(_ actions: UnsafePointer<Int32>, random: inout RandomStream) -> (reward: Float, end: EpisodeEnd)
    {
        let wanted = OrnsteinUhlenbeck.positions[Int(actions[0])]
        let r = 0.01 * random.normal()
        returns.removeFirst()
        returns.append(r)
        let reward = 100 * (wanted * r - 0.002 * abs(wanted - position))
        position = wanted
        steps += 1
        return (Float(reward), steps == 256 ? .truncated : .running)
    }

    mutating func restart(random: inout RandomStream) {
        steps = 0
        position = 0
    }

    func observe(_ into: UnsafeMutablePointer<Float>) {
        for index in 0..<8 { into[index] = Float(returns[index] * 100) }
        into[8] = Float(position)
    }
}
