import ArgumentParser
import Foundation
import Market
import Neural
import Policies
import Reinforcement
import Simulation

/// Trains a policy on candle files; no database, no service.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a policy on candle files and save it to a folder.",
        discussion:
            """
            With --from-experience nothing is simulated: the policy learns from what the service has stored of its champion's \
            trading. Without --from its champion is learned on from.
            """
    )

    @OptionGroup var input: CandleInput

    @Option(help: "Environment steps, rounded up to whole rollouts.")
    var steps = 50_000

    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 1

    @Option(help: "Threads that train.")
    var threads = 1

    @Option(help: ArgumentHelp("The policy's folder; a policy that is there is replaced.", valueName: "dir"))
    var out: String

    @Option(help: ArgumentHelp("A policy's folder to go on from.", valueName: "dir"))
    var from: String?

    @Option(help: "Hyper-parameters.")
    var preset = Preset.fast

    @OptionGroup var costs: CostOptions

    @OptionGroup var protection: ProtectionOptions

    @Option(help: ArgumentHelp("Write the run's figures as TensorBoard events to this folder.", valueName: "dir"))
    var tensorboard: String?

    @Flag(help: "Learn from the experience stored in the data folder, without a market.")
    var fromExperience = false

    @Option(help: "Passes over the experience, for --from-experience.")
    var epochs = 10

    @OptionGroup(title: "For --from-experience") var state: StateOptions

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    /// Steps of one training episode.
    private static let episodeLength = 512

    func run() throws {
        let measurement = Measurement()
        try CommandError.require("--steps", steps, in: 1...1_000_000_000)
        try CommandError.require("--threads", threads, in: 1...256)
        let folder = URL(fileURLWithPath: out, isDirectory: true)
        try PolicyRegistry.requireFree(folder)
        if fromExperience { return try learnFromExperience(to: folder, measurement) }
        guard state.dataDir == "data", state.config == nil, state.overrides.isEmpty else {
            throw CommandError(
                "--data-dir, --config and --set are for --from-experience; name candle files with --data, and hyper-parameters with --preset."
            )
        }
        let protection = try protection.protection()
        let parent = try from.map { try PublishedPolicy(path: $0) }
        let layout = try parent?.layout() ?? .trading1
        // The candles themselves are not needed beside their tables.
        let tables = try input.series().map { try MarketTables($0, layout: layout) }
        let settings = preset.settings
        let environment = try TradingEnvironment(
            windows: tables.map { TradingWindow($0) },
            configuration: TradingConfiguration(
                episodeLength: Self.episodeLength, costs: costs.costs(), protection: protection),
            copies: settings.copies, seed: seed)
        let trainer = try PPOTrainer(
            environment: environment, settings: settings, seed: seed, threads: threads, startingFrom: parent?.policy)
        let events = try eventFile(settings)
        var lost: TensorBoardFile.Failure?
        let line = ProgressLine("training", unit: "steps")
        let outcome = try trainer.run(
            steps: steps,
            control: TrainingControl(onProgress: { progress in
                line.show(progress.step, of: progress.totalSteps)
                guard lost == nil else { return }
                do throws(TensorBoardFile.Failure) {
                    try events?.append(progress, wallTime: Date().timeIntervalSince1970)
                } catch { lost = error }
            }))
        line.end()
        // Told at the end: what was learned is worth more than its curve.
        defer { if let lost { FileHandle.standardError.write(Data("Warning: \(lost)\n".utf8)) } }
        if case .diverged(let reason) = outcome.ending, outcome.steps == 0 {
            throw CommandError(
                "the training diverged in its first rollout: \(reason). Nothing was saved; try another seed or preset.")
        }
        let saved = try PolicyRegistry.write(
            outcome.policy, manifest: manifest(tables, outcome, protection, parent: parent), to: folder)
        if case .diverged(let reason) = outcome.ending {
            throw CommandError(
                "the training diverged after \(outcome.steps) steps: \(reason). \(out) holds the policy of the last good rollout."
            )
        }
        report(outcome, saved, bars: tables.reduce(0) { $0 + $1.count }, measurement)
    }

    private func eventFile(_ settings: PPOSettings) throws -> TensorBoardFile? {
        guard let tensorboard else { return nil }
        try DurableFile.makeFolder(URL(fileURLWithPath: tensorboard, isDirectory: true))
        return try TensorBoardFile(
            folder: tensorboard, settings: settings, wallTime: Date().timeIntervalSince1970)
    }

    private func manifest(
        _ tables: [MarketTables], _ outcome: TrainingOutcome, _ protection: Protection, parent: PublishedPolicy?
    ) -> PolicyManifest {
        let interval = tables[0].interval
        let start = tables.compactMap(\.openTimes.first).min() ?? 0
        let end = tables.compactMap(\.openTimes.last).max().map { $0 + interval.milliseconds } ?? start
        return PolicyManifest(
            version: 0, parent: parent?.manifest.version, createdAt: Date(), symbols: tables.map(\.symbol),
            interval: interval, synthetic: tables.allSatisfy(\.isSynthetic), trainedOn: start..<end,
            // Nothing was held back: judging is `marketflow evaluate` on other candles.
            validatedOn: end..<end, seed: seed, steps: outcome.steps, costs: costs.costs(),
            protection: protection, layout: tables[0].layout.version,
            metrics: [:])
    }

    private func report(_ outcome: TrainingOutcome, _ saved: PublishedPolicy, bars: Int, _ measurement: Measurement) {
        let seconds = max(outcome.seconds, 1e-9)
        let rate = Double(outcome.steps) / seconds
        let reward = outcome.history.last?.meanStepReward
        print(
            """
            Trained \(Figures.grouped(outcome.steps)) steps on \(Figures.grouped(bars)) bars in \(Figures.decimal(seconds)) s \
            (\(Figures.grouped(Int(rate))) steps a second).
            Mean reward of the last rollout: \(reward.map { Figures.decimal($0, 4) } ?? "–") a bar, \
            in hundredths of log equity, costs included.
            Policy: \(out) (SHA-256 \(saved.sha256))
            """)
        guard json else { return }
        let object: JSONObject = [
            "steps": .whole(outcome.steps), "seconds": .number(seconds), "steps_per_second": .number(rate),
            "threads": .whole(threads), "seed": .unsigned(seed), "final_mean_reward": reward.map { .number($0) },
            "policy": .text(out), "policy_sha256": .text(saved.sha256),
            "total_seconds": .number(measurement.wallSeconds), "bars": .whole(bars), "preset": .text(preset.rawValue),
            "layout": .text(saved.manifest.layout), "kernels": .text(KernelLevel.inUse.name),
            "fee_bps": .number(saved.manifest.costs.feeBps), "slippage_bps": .number(saved.manifest.costs.slippageBps),
            "symbols": .texts(saved.manifest.symbols.map(\.rawValue)),
            "interval": .text(saved.manifest.interval.rawValue), "synthetic": .flag(saved.manifest.synthetic),
        ]
        print(object)
    }
}
