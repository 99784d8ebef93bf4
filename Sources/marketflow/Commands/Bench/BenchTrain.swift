import ArgumentParser
import Reinforcement
import Simulation

/// Training, learning included.
struct BenchTrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Environment steps a second with learning included.")

    @OptionGroup var options: BenchOptions

    func run() throws {
        try options.checkRanges()
        let settings = options.config.settings
        let trainer = try PPOTrainer(
            environment: options.environment(copies: settings.copies), settings: settings, seed: options.seed,
            threads: options.threads)
        let line = ProgressLine("training", unit: "steps")
        let measurement = Measurement()
        let outcome = try trainer.run(
            steps: options.steps, control: TrainingControl(onProgress: { line.show($0.step, of: $0.totalSteps) }))
        let (wall, cpu) = (measurement.wallSeconds, measurement.cpuSeconds)
        line.end()
        if case .diverged(let reason) = outcome.ending { throw CommandError("the training diverged: \(reason).") }
        options.report(
            steps: outcome.steps, wall: wall, cpu: cpu, meanReturn: outcome.history.last?.meanEpisodeReward)
    }
}
