import Evaluation
import Foundation
import Market
import Policies
import Reinforcement
import Simulation
import Store

extension LearningCycle {
    /// The layout new policies read.
    static let layout = ObservationLayout.trading1
    /// What a healthy update's approximate KL is held against where the settings name no target; twice this is the limit.
    static let customaryKL: Float = 0.02
    /// Steps of one training episode.
    static let episodeLength = 512

    /// Learns on from the champion or, while there is none, from the newest version that was kept out; from scratch if that one
    /// has another layout or another shape of net; from the last checkpoint if there is one.
    func train(_ job: CycleJob) throws -> CycleResults.Train {
        let data = try data(of: job)
        let parent = try policyToLearnOnFrom()
        let training =
            configuration.training.candidates > 1
            ? try trainCandidates(data, parent: parent, job) : try trainOne(data, parent: parent, job)
        let outcome = training.outcome
        let weights = outcome.policy.encoded()
        try DurableFile.write(weights, to: policyFile(of: job.record.id))
        let stability = LearningStability(
            updates: outcome.history.map(LearningStability.Update.init),
            targetKL: Double(configuration.training.settings.targetKL ?? Self.customaryKL))
        recordTraining(outcome, stability: stability.share, job)
        return CycleResults.Train(
            policyFile: policyFile(of: job.record.id).lastPathComponent, sha256: sha256(weights), steps: outcome.steps,
            seconds: outcome.seconds, stability: stability.share, parent: parent?.manifest.version,
            curve: thinned(outcome.history), resumed: training.resumed, layout: Self.layout.version,
            trainedOn: training.trainedOn, candidates: training.candidates)
    }

    /// What the train step comes to, however many policies were trained.
    struct Training {
        var outcome: TrainingOutcome
        var resumed: Bool
        var trainedOn: Range<Int64>
        var candidates: CycleReport.Candidates?
    }

    private func trainOne(_ data: CycleData, parent: PublishedPolicy?, _ job: CycleJob) throws -> Training {
        let settings = configuration.training.settings
        let environment = try trainingEnvironment(try trainingWindows(data, job), settings, seed: job.seed)
        let (trainer, resumed) = try makeTrainer(
            environment, settings: settings, seed: job.seed, threads: configuration.training.threads, parent: parent,
            checkpoint: checkpointFile(of: job.record.id))
        let events = eventFile("cycle-\(job.record.id)", settings)
        let (progress, stop) = (progress, job.stop)
        let outcome = try trainer.run(
            steps: job.record.steps,
            control: TrainingControl(
                shouldStop: { stop.isRaised },
                onProgress: { step in
                    events?.append(step)
                    progress.update {
                        $0.trainedSteps = step.step
                        $0.totalSteps = step.totalSteps
                        $0.fraction = Double(step.step) / Double(max(1, step.totalSteps))
                        $0.stepsPerSecond = step.stepsPerSecond
                        $0.meanReward = step.meanStepReward
                    }
                    self.showSpeed(step.stepsPerSecond)
                },
                checkpointInterval: configuration.training.checkpointSeconds,
                onCheckpoint: checkpointWriter(checkpointFile(of: job.record.id))))
        switch outcome.ending {
        case .stopped: throw Stopped(reason: job.stop.reason)
        case .diverged(let reason): throw CycleError.diverged(reason: reason)
        case .completed: break
        }
        return Training(outcome: outcome, resumed: resumed, trainedOn: data.trainedOn)
    }

    func showSpeed(_ stepsPerSecond: Double) {
        metrics.set(
            "marketflow_training_steps_per_second", help: "Environment steps a second, learning included.",
            to: stepsPerSecond)
    }

    private func policyToLearnOnFrom() throws -> PublishedPolicy? {
        let version = try store.read { transaction in
            try transaction.policy(in: .champion)?.version ?? transaction.policy(in: .rejected)?.version
        }
        guard let published = try version.map({ try registry.load($0) }) else { return nil }
        let settings = configuration.training.settings
        let wanted = ActorCritic.Architecture(
            observationSize: Self.layout.size, actionChoices: [Exposure.allCases.count],
            policyLayers: settings.policyLayers, valueLayers: settings.valueLayers, activation: settings.activation,
            memoryUnits: settings.memoryUnits, normalisesLayers: settings.normalisesLayers)
        guard published.manifest.layout == Self.layout.version, published.policy.architecture == wanted else {
            logger.info(
                "training begins anew: the earlier policy sees or thinks otherwise than the settings say",
                metadata: ["policy": "\(published.manifest.name)"])
            return nil
        }
        return published
    }

    /// What episodes are drawn from: the training candles and the scenario worlds of this cycle.
    func trainingWindows(_ data: CycleData, _ job: CycleJob) throws -> [TradingWindow] {
        let plan = configuration.training
        let training = data.trainingSeries
        let worlds = try result(.generate, of: job.record.id, as: CycleResults.Generate.self).worlds
        let worldShare = min(1, plan.worlds.values.reduce(0, +))
        var windows: [TradingWindow] = []
        if worldShare < 1 {
            windows = try training.map {
                TradingWindow(
                    try MarketTables($0, layout: Self.layout), share: (1 - worldShare) / Double(training.count))
            }
        }
        for drawn in worlds {
            let (world, series) = try scenario(drawn, template: training.first, offset: 0)
            guard let share = plan.worlds[world], share > 0 else { continue }
            windows.append(
                TradingWindow(
                    try MarketTables(series, layout: Self.layout), share: share,
                    costs: world.costs(configuration.costs)))
        }
        return windows
    }

    func trainingEnvironment(
        _ windows: [TradingWindow], _ settings: PPOSettings, seed: UInt64
    ) throws -> TradingEnvironment {
        let rules = TradingConfiguration(
            episodeLength: Self.episodeLength, costs: configuration.costs, protection: configuration.protection)
        return try TradingEnvironment(windows: windows, configuration: rules, copies: settings.copies, seed: seed)
    }

    func makeTrainer(
        _ environment: TradingEnvironment, settings: PPOSettings, seed: UInt64, threads: Int, parent: PublishedPolicy?,
        checkpoint file: URL
    ) throws -> (PPOTrainer, resumed: Bool) {
        if let checkpoint = FileManager.default.contents(atPath: file.path) {
            do {
                return (try PPOTrainer(resuming: checkpoint, environment: environment), true)
            } catch {
                logger.warning("the checkpoint is left aside", metadata: ["error": "\(error)"])
            }
        }
        let trainer = try PPOTrainer(
            environment: environment, settings: settings, seed: seed, threads: threads, startingFrom: parent?.policy)
        return (trainer, false)
    }

    func checkpointWriter(_ file: URL) -> (Data) throws -> Void {
        { try DurableFile.write($0, to: file) }
    }

    /// Figures of the run, under the names TensorBoard has them.
    private func recordTraining(_ outcome: TrainingOutcome, stability: Double, _ job: CycleJob) {
        let moment = now()
        do {
            try store.write { transaction in
                func record(_ name: String, _ value: Double) throws {
                    try transaction.record(MetricRow(at: moment, name: name, value: value, cycleId: job.record.id))
                }
                try record(MetricName.learningStability, stability)
                try record(MetricName.stepsPerSecond, Double(outcome.steps) / max(outcome.seconds, 1e-9))
                if let last = outcome.history.last {
                    for (name, value) in TensorBoardLog.scalars(of: last, settings: configuration.training.settings) {
                        try record(name, value)
                    }
                    try record("rollout/mean_step_reward", last.meanStepReward)
                }
            }
        } catch {
            // Figures of a run are not worth the run itself.
            logger.warning("training figures were not stored", metadata: ["error": "\(error)"])
        }
    }

    /// At most 100 points, evenly spaced, the last one included.
    private func thinned(_ history: [TrainingProgress]) -> [CycleReport.Point] {
        let stride = max(1, (history.count + 99) / 100)
        return history.enumerated().compactMap { index, step in
            (history.count - 1 - index) % stride == 0
                ? CycleReport.Point(step: step.step, reward: step.meanStepReward) : nil
        }
    }
}

extension LearningStability.Update {
    init(_ progress: TrainingProgress) {
        self.init(
            loss: progress.policyLoss + progress.valueLoss, approximateKL: progress.approximateKL,
            // Undefined when all returns are equal, which is no fault of the update.
            explainedVariance: progress.explainedVariance ?? 1, entropy: progress.entropy,
            clipFraction: progress.clipFraction)
    }
}
