import Foundation
import Neural
import Reinforcement

/// Gymnasium's CartPole-v1 (Barto, Sutton & Anderson 1983), with its 500-step limit.
struct CartPole: WorldCopy {
    static let observationSize = 4
    static let actionChoices = [2]

    var state: [Double]
    var steps = 0

    init(random: inout RandomStream) { state = (0..<4).map { _ in 0.1 * random.uniform() - 0.05 } }

    mutating func step(_ actions: UnsafePointer<Int32>, random: inout RandomStream) -> (reward: Float, end: EpisodeEnd)
    {
        let (x, speed, angle, turn) = (state[0], state[1], state[2], state[3])
        let force = actions[0] == 1 ? 10.0 : -10
        let push = (force + 0.05 * turn * turn * sin(angle)) / 1.1
        let turning = (9.8 * sin(angle) - cos(angle) * push) / (0.5 * (4.0 / 3 - 0.1 * cos(angle) * cos(angle) / 1.1))
        let acceleration = push - 0.05 * turning * cos(angle) / 1.1
        state = [x + 0.02 * speed, speed + 0.02 * acceleration, angle + 0.02 * turn, turn + 0.02 * turning]
        steps += 1
        if abs(state[0]) > 2.4 || abs(state[2]) > 12 * Double.pi / 180 { return (1, .terminated) }
        return (1, steps == 500 ? .truncated : .running)
    }

    mutating func restart(random: inout RandomStream) { self = CartPole(random: &random) }

    func observe(_ into: UnsafeMutablePointer<Float>) {
        for index in 0..<4 { into[index] = Float(state[index]) }
    }
}

/// Gymnasium's Acrobot-v1 (Sutton 1996), book dynamics, with its 500-step limit.
struct Acrobot: WorldCopy {
    static let observationSize = 6
    static let actionChoices = [3]

    var state: [Double]
    var steps = 0

    init(random: inout RandomStream) { state = (0..<4).map { _ in 0.2 * random.uniform() - 0.1 } }

    private static func derivative(_ s: [Double], torque: Double) -> [Double] {
        let (theta1, theta2, turn1, turn2) = (s[0], s[1], s[2], s[3])
        let d1 = 0.25 + 1 + 0.25 + cos(theta2) + 2
        let d2 = 0.25 + 0.5 * cos(theta2) + 1
        let phi2 = 0.5 * 9.8 * cos(theta1 + theta2 - .pi / 2)
        let phi1 =
            -0.5 * turn2 * turn2 * sin(theta2) - turn2 * turn1 * sin(theta2) + 1.5 * 9.8 * cos(theta1 - .pi / 2) + phi2
        let second =
            (torque + d2 / d1 * phi1 - 0.5 * turn1 * turn1 * sin(theta2) - phi2) / (0.25 + 1 - d2 * d2 / d1)
        let first = -(d2 * second + phi1) / d1
        return [turn1, turn2, first, second]
    }

    mutating func step(_ actions: UnsafePointer<Int32>, random: inout RandomStream) -> (reward: Float, end: EpisodeEnd)
    {
        let torque = Double(actions[0]) - 1
        func moved(_ k: [Double], _ by: Double) -> [Double] { zip(state, k).map { $0 + by * $1 } }
        let k1 = Self.derivative(state, torque: torque)
        let k2 = Self.derivative(moved(k1, 0.1), torque: torque)
        let k3 = Self.derivative(moved(k2, 0.1), torque: torque)
        let k4 = Self.derivative(moved(k3, 0.2), torque: torque)
        for index in 0..<4 { state[index] += 0.2 / 6 * (k1[index] + 2 * k2[index] + 2 * k3[index] + k4[index]) }
        for index in 0..<2 {
            while state[index] > .pi { state[index] -= 2 * .pi }
            while state[index] < -.pi { state[index] += 2 * .pi }
        }
        state[2] = min(max(state[2], -4 * .pi), 4 * .pi)
        state[3] = min(max(state[3], -9 * .pi), 9 * .pi)
        steps += 1
        if -cos(state[0]) - cos(state[1] + state[0]) > 1 { return (0, .terminated) }
        return (-1, steps == 500 ? .truncated : .running)
    }

    mutating func restart(random: inout RandomStream) { self = Acrobot(random: &random) }

    func observe(_ into: UnsafeMutablePointer<Float>) {
        for (index, angle) in state[0..<2].enumerated() {
            into[2 * index] = Float(cos(angle))
            into[2 * index + 1] = Float(sin(angle))
        }
        into[4] = Float(state[2])
        into[5] = Float(state[3])
    }
}
