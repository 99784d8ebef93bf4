import Foundation
import Neural
import Reinforcement

/// One copy of a small world.
protocol WorldCopy: Codable, Sendable {
    static var observationSize: Int { get }
    static var actionChoices: [Int] { get }
    init(random: inout RandomStream)
    /// Moves on and says how the episode stands; the copy itself starts anew when `restart` is called.
    mutating func step(_ actions: UnsafePointer<Int32>, random: inout RandomStream) -> (reward: Float, end: EpisodeEnd)
    /// After an ended episode.
    mutating func restart(random: inout RandomStream)
    func observe(_ into: UnsafeMutablePointer<Float>)
}

/// Copies of a small world as an environment; each has a random stream of its own.
final class CopiesOf<World: WorldCopy>: Environment, @unchecked Sendable {
    // Each copy's entries are touched only by the thread that steps that copy.
    private let worlds: UnsafeMutablePointer<World>
    private let streams: UnsafeMutablePointer<RandomStream>
    let copies: Int

    init(copies: Int, seed: UInt64) {
        self.copies = copies
        worlds = .allocate(capacity: copies)
        streams = .allocate(capacity: copies)
        for copy in 0..<copies {
            (streams + copy).initialize(to: RandomStream(seed: seed).split("world").split(copy))
            (worlds + copy).initialize(to: World(random: &streams[copy]))
        }
    }

    deinit {
        worlds.deinitialize(count: copies)
        worlds.deallocate()
        streams.deallocate()
    }

    var observationSize: Int { World.observationSize }
    var actionChoices: [Int] { World.actionChoices }

    func reset(observations: UnsafeMutablePointer<Float>) {
        for copy in 0..<copies {
            worlds[copy] = World(random: &streams[copy])
            worlds[copy].observe(observations + copy * observationSize)
        }
    }

    func step(
        range: Range<Int>, actions: UnsafePointer<Int32>, observations: UnsafeMutablePointer<Float>,
        rewards: UnsafeMutablePointer<Float>, ends: UnsafeMutablePointer<UInt8>,
        finalObservations: UnsafeMutablePointer<Float>
    ) {
        let size = World.observationSize
        let dimensions = World.actionChoices.count
        for copy in range {
            let (reward, end) = worlds[copy].step(actions + copy * dimensions, random: &streams[copy])
            rewards[copy] = reward
            ends[copy] = end.rawValue
            if end != .running {
                worlds[copy].observe(finalObservations + copy * size)
                worlds[copy].restart(random: &streams[copy])
            }
            worlds[copy].observe(observations + copy * size)
        }
    }

    private struct State: Codable {
        let worlds: [World]
        let streams: [RandomStream]
    }

    struct ForeignState: Error {}

    func saveState() -> [UInt8] {
        let state = State(
            worlds: Array(UnsafeBufferPointer(start: worlds, count: copies)),
            streams: Array(UnsafeBufferPointer(start: streams, count: copies)))
        // Numbers of these worlds are finite, so they encode.
        return (try? JSONEncoder().encode(state)).map { [UInt8]($0) } ?? []
    }

    func restoreState(_ state: [UInt8]) throws {
        let state = try JSONDecoder().decode(State.self, from: Data(state))
        guard state.worlds.count == copies, state.streams.count == copies else { throw ForeignState() }
        worlds.update(from: state.worlds, count: copies)
        streams.update(from: state.streams, count: copies)
    }
}
