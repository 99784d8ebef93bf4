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

    // MARK: generate

    /// Draws the scenario worlds of this cycle: which, how long, from which seed. They are generated again from these when they
    /// are needed, which takes milliseconds.
    func generate(_ job: CycleJob) throws -> CycleResults.Generate {
        var stream = job.stream("worlds")
        let worlds = ScenarioWorld.allCases.map { world in
            CycleResults.Generate.World(
                world: world.rawValue, seed: stream.next() >> 1, bars: configuration.training.worldBars)
        }
        let template = try data(of: job).trainingSeries.first
        for world in worlds {
            try job.stop.check()
            _ = try scenario(world, template: template, offset: 0)
        }
        return CycleResults.Generate(worlds: worlds)
    }

    /// A scenario with the price, volatility and volume of `template`; `offset` gives further ones of the same character.
    func scenario(
        _ world: CycleResults.Generate.World, template: CandleSeries?, offset: UInt64
    ) throws -> (world: ScenarioWorld, series: CandleSeries) {
        guard let kind = ScenarioWorld(rawValue: world.world) else {
            throw CycleError.missingResult(step: .generate)
        }
        let series = try kind.generate(
            interval: configuration.market.interval, bars: world.bars, seed: world.seed &+ offset, template: template)
        return (kind, series)
    }

    // MARK: experience

    /// Lets the champion act on the newest candles and stores what it saw, did and got, for retraining offline.
    func gatherExperience(_ job: CycleJob, started: Date) throws {
        let limit = configuration.training.experiencePerCycle
        guard limit > 0, let champion = try championPolicy(),
            let layout = ObservationLayout.named(champion.manifest.layout)
        else {
            return try store.write {
                try save(.experience, job, started, CycleResults.Experience(rows: 0, policy: nil), in: $0)
            }
        }
        var rows: [ExperienceRow] = []
        let data = try data(of: job)
        for series in data.series {
            let tables = try MarketTables(series, layout: layout)
            let share = max(2, limit / data.series.count)
            let bars = max(tables.usableBars.lowerBound, tables.count - share - 2)..<tables.count
            var states: [Data] = []
            let evaluator = PolicyEvaluator(champion.policy)
            let result = try Backtest.run(tables, bars: bars, costs: configuration.costs) { observation in
                try job.stop.check()
                states.append(Data(buffer: observation))
                return evaluator.decide(observation)
            }
            for step in 0..<max(0, states.count - 1) {
                rows.append(
                    ExperienceRow(
                        policyVersion: champion.manifest.version, symbol: series.symbol.rawValue,
                        interval: series.interval.rawValue, synthetic: series.isSynthetic, layout: layout.version,
                        timestamp: Date(milliseconds: result.openTimes[step] + series.interval.milliseconds),
                        state: states[step], action: result.exposures[step].rawValue,
                        reward: 100 * result.netLogReturns[step], nextState: states[step + 1]))
            }
        }
        let gathered = rows
        try store.write { transaction in
            try transaction.insert(gathered, keep: configuration.training.experienceKept)
            let summary = CycleResults.Experience(rows: gathered.count, policy: champion.manifest.version)
            try save(.experience, job, started, summary, in: transaction)
        }
    }

    /// The champion's files, proven; nil before the first.
    func championPolicy() throws -> PublishedPolicy? {
        try store.read { try $0.policy(in: .champion)?.version }.map { try registry.load($0) }
    }

    // MARK: train

    /// Learns on from the champion or, while there is none, from the newest version that was kept out; from scratch if its layout
    /// is no longer in use; from the last checkpoint if there is one.
    func train(_ job: CycleJob) throws -> CycleResults.Train {
        let data = try data(of: job)
        let parent = try policyToLearnOnFrom()
        let environment = try trainingEnvironment(data, job)
        let (trainer, resumed) = try makeTrainer(environment, parent: parent, job)
        let outcome = try trainer.run(steps: job.record.steps, control: trainingControl(job))
        switch outcome.ending {
        case .stopped: throw Stopped(reason: job.stop.reason)
        case .diverged(let reason): throw CycleError.diverged(reason: reason)
        case .completed: break
        }
        let weights = outcome.policy.encoded()
        try DurableFile.write(weights, to: policyFile(of: job.record.id))
        let stability = LearningStability(
            updates: outcome.history.map(LearningStability.Update.init),
            targetKL: Double(configuration.training.settings.targetKL ?? Self.customaryKL))
        recordTraining(outcome, stability: stability.share, job)
        return CycleResults.Train(
            policyFile: policyFile(of: job.record.id).lastPathComponent, sha256: sha256(weights), steps: outcome.steps,
            seconds: outcome.seconds, stability: stability.share, parent: parent?.manifest.version,
            curve: thinned(outcome.history), resumed: resumed, layout: Self.layout.version, trainedOn: data.trainedOn)
    }

    private func policyToLearnOnFrom() throws -> PublishedPolicy? {
        let version = try store.read { transaction in
            try transaction.policy(in: .champion)?.version ?? transaction.policy(in: .rejected)?.version
        }
        guard let published = try version.map({ try registry.load($0) }) else { return nil }
        return published.manifest.layout == Self.layout.version ? published : nil
    }

    private func trainingEnvironment(_ data: CycleData, _ job: CycleJob) throws -> TradingEnvironment {
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
        let rules = TradingConfiguration(episodeLength: Self.episodeLength, costs: configuration.costs)
        return try TradingEnvironment(
            windows: windows, configuration: rules, copies: plan.settings.copies, seed: job.seed)
    }

    private func makeTrainer(
        _ environment: TradingEnvironment, parent: PublishedPolicy?, _ job: CycleJob
    ) throws -> (PPOTrainer, resumed: Bool) {
        if let checkpoint = FileManager.default.contents(atPath: checkpointFile(of: job.record.id).path) {
            do {
                return (try PPOTrainer(resuming: checkpoint, environment: environment), true)
            } catch {
                logger.warning("the checkpoint is left aside", metadata: ["error": "\(error)"])
            }
        }
        let trainer = try PPOTrainer(
            environment: environment, settings: configuration.training.settings, seed: job.seed,
            threads: configuration.training.threads, startingFrom: parent?.policy)
        return (trainer, false)
    }

    private func trainingControl(_ job: CycleJob) -> TrainingControl {
        let progress = progress
        let metrics = metrics
        let file = checkpointFile(of: job.record.id)
        let stop = job.stop
        return TrainingControl(
            shouldStop: { stop.isRaised },
            onProgress: { step in
                progress.update {
                    $0.trainedSteps = step.step
                    $0.totalSteps = step.totalSteps
                    $0.fraction = Double(step.step) / Double(max(1, step.totalSteps))
                    $0.stepsPerSecond = step.stepsPerSecond
                    $0.meanReward = step.meanStepReward
                }
                metrics.set(
                    "marketflow_training_steps_per_second", help: "Environment steps a second, learning included.",
                    to: step.stepsPerSecond)
            },
            checkpointInterval: configuration.training.checkpointSeconds,
            onCheckpoint: { try DurableFile.write($0, to: file) })
    }

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
                    try record("train/approx_kl", last.approximateKL)
                    try record("train/clip_fraction", last.clipFraction)
                    try record("train/entropy", last.entropy)
                    try record("train/value_loss", last.valueLoss)
                    try record("train/explained_variance", last.explainedVariance ?? .nan)
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
