import ArgumentParser
import Dispatch
import Neural
import Reinforcement
import Simulation

/// The simulated trader alone.
struct BenchEnvironment: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "Environment steps a second with random actions and no learning.")

    @OptionGroup var options: BenchOptions

    @Option(help: "Copies stepped at once; by default those of --config.")
    var copies: Int?

    func run() throws {
        try options.checkRanges()
        let copies = copies ?? options.config.settings.copies
        guard options.threads <= copies else {
            throw CommandError(
                "--threads is \(options.threads), but \(copies) copies can be split among at most as many.")
        }
        let race = EnvironmentRace(
            try options.environment(copies: copies), threads: options.threads, seed: options.seed)
        let meanReturn = race.meanEpisodeReturn()
        let rounds = (options.steps + copies - 1) / copies
        let measurement = Measurement()
        race.run(rounds: rounds)
        let (wall, cpu) = (measurement.wallSeconds, measurement.cpuSeconds)
        options.report(steps: rounds * copies, wall: wall, cpu: cpu, meanReturn: meanReturn)
    }
}

/// An environment with all the buffers it needs to be stepped with random actions.
private final class EnvironmentRace: @unchecked Sendable {
    // Sendable: each thread steps a range of copies of its own, and all buffers are indexed by copy; `actions` is only read.
    private let environment: TradingEnvironment
    private let threads: Int
    /// `actionRounds` rounds of random actions, used again and again.
    private let actions: UnsafeMutablePointer<Int32>
    private let observations: FloatBuffer
    private let finalObservations: FloatBuffer
    private let rewards: FloatBuffer
    private let ends: UnsafeMutablePointer<UInt8>

    private static let actionRounds = 61

    init(_ environment: TradingEnvironment, threads: Int, seed: UInt64) {
        self.environment = environment
        self.threads = threads
        let copies = environment.copies
        observations = FloatBuffer(count: copies * environment.observationSize)
        finalObservations = FloatBuffer(count: copies * environment.observationSize)
        rewards = FloatBuffer(count: copies)
        ends = .allocate(capacity: copies)
        ends.initialize(repeating: 0, count: copies)
        actions = .allocate(capacity: copies * Self.actionRounds)
        var stream = RandomStream(seed: seed).split("actions")
        for index in 0..<copies * Self.actionRounds { actions[index] = Int32(stream.next() % 3) }
        environment.reset(observations: observations.base)
    }

    deinit {
        actions.deallocate()
        ends.deallocate()
    }

    /// Steps every copy `rounds` times.
    func run(rounds: Int) {
        let copies = environment.copies
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            let range = copies * thread / threads..<copies * (thread + 1) / threads
            for round in 0..<rounds { step(range, round) }
        }
    }

    /// Mean return of the first episode of every copy.
    func meanEpisodeReturn() -> Double {
        let copies = environment.copies
        var total = 0.0
        for round in 0..<environment.configuration.episodeLength {
            step(0..<copies, round)
            for copy in 0..<copies { total += Double(rewards.base[copy]) }
        }
        return total / Double(copies)
    }

    private func step(_ range: Range<Int>, _ round: Int) {
        environment.step(
            range: range, actions: actions + round % Self.actionRounds * environment.copies,
            observations: observations.base, rewards: rewards.base, ends: ends,
            finalObservations: finalObservations.base)
    }
}
