import AsyncHTTPClient
import ControlBot
import ControlPlane
import Evaluation
import Foundation
import Logging
import Market
import MarketData
import Reinforcement
import Schedule
import Settings
import Simulation

/// From settings to the values the parts want. What only shows here — a time zone that does not exist, a cron expression that
/// means nothing — is refused here, with the key's name.
struct Assembly {
    let settings: Settings
    let folder: URL

    func configuration(_ secrets: Secrets = Secrets()) throws -> ControlConfiguration {
        let market = settings.market
        var configuration = ControlConfiguration(
            dataFolder: folder,
            databaseFile: URL(fileURLWithPath: Settings.statePath(settings.database.path, in: folder.path)),
            market: .init(symbols: market.symbols, interval: market.interval, historyDays: market.historyDays),
            costs: settings.costs, protection: protection(), training: try training(),
            validation: .init(days: settings.training.validationDays, purgeBars: settings.training.purgeBars),
            gate: gate(), schedule: try schedule(),
            backup: .init(
                interval: Double(settings.database.backupInterval), maximumFiles: settings.database.maxBackupFiles),
            keepPolicies: settings.training.keep, lossThreshold: settings.notifications.lossThreshold)
        configuration.ensemble = ensemble()
        configuration.language = language(secrets)
        return configuration
    }

    private func training() throws -> ControlConfiguration.TrainingPlan {
        let plan = settings.training
        var ppo = PPOSettings()
        ppo.copies = plan.environments
        // Inputs are in comparable units, but their scales still differ by an order of magnitude.
        ppo.normalisesObservations = true
        ppo.rolloutSteps = plan.rollout
        ppo.minibatchSize = plan.minibatch
        ppo.epochs = plan.epochs
        ppo.learningRate = Float(plan.learningRate)
        ppo.discount = Float(plan.discount)
        ppo.gaeLambda = Float(plan.gaeLambda)
        ppo.clipRange = Float(plan.clipRange)
        ppo.entropyCoefficient = Float(plan.entropyCoefficient)
        ppo.valueCoefficient = Float(plan.valueCoefficient)
        ppo.maximumGradientNorm = Float(plan.maxGradientNorm)
        ppo.memoryUnits = plan.policy == .gru ? plan.memoryUnits : nil
        ppo.sequenceLength = plan.sequence
        ppo.normalisesLayers = plan.layerNorm
        ppo.initialWeightsCoefficient = Float(plan.l2Init)
        ppo.dormantResetInterval = plan.dormantReset
        ppo.perturbedShare = Float(plan.shrinkPerturb)
        try ppo.validate()
        let worlds = settings.simulation.worlds.compactMap { world, share in
            ScenarioWorld(rawValue: world.rawValue).map { ($0, share) }
        }
        return .init(
            steps: plan.steps, settings: ppo, threads: plan.threads, niceness: plan.niceness, seed: plan.seed,
            checkpointSeconds: Double(plan.checkpointSeconds), worlds: Dictionary(uniqueKeysWithValues: worlds),
            worldBars: settings.simulation.bars, experiencePerCycle: plan.experiencePerCycle,
            experienceKept: plan.experienceKept, candidates: plan.candidates, selectionShare: plan.selectionShare)
    }

    private func protection() -> Protection {
        let rules = settings.trading
        return Protection(
            stopLoss: rules.stop > 0 ? rules.stop : nil, takeProfit: rules.target > 0 ? rules.target : nil)
    }

    private func gate() -> GateThresholds {
        let plan = settings.gate
        var gate = GateThresholds()
        gate.alpha = plan.alpha
        gate.adjustsForTries = plan.adjustForTries
        gate.drawdownRatio = plan.maxDrawdownRatio
        gate.drawdownConfidence = plan.drawdownConfidence
        gate.drawdownFloor = plan.drawdownFloor
        gate.worldAlpha = plan.worldAlpha
        gate.minimumWorldResults = plan.minWorldResults
        gate.minimumBars = plan.minBars
        gate.minimumTrades = plan.minTrades
        gate.firstModelAlpha = plan.firstModelAlpha
        gate.firstModelDrawdown = plan.firstModelDrawdown
        gate.resamples = plan.bootstrapResamples
        return gate
    }

    private func schedule() throws -> ControlConfiguration.SchedulePlan {
        let known: Set = ["retrain", "ingest"]
        let jobs = try settings.schedule.jobs.map { name, text in
            guard known.contains(name) else {
                throw AssemblyError(
                    "schedule.jobs names “\(name)”, but \(known.sorted().joined(separator: " and ")) are the jobs there are."
                )
            }
            do { return (name, try CronExpression(parsing: text)) } catch {
                throw AssemblyError("schedule.jobs.\(name): \(error)")
            }
        }
        return .init(
            timeZone: try zone(settings.schedule.timeZone, key: "schedule.time_zone"),
            jobs: Dictionary(uniqueKeysWithValues: jobs), runsMissed: settings.schedule.misfire == .runOnce)
    }

    func zone(_ name: String, key: String) throws -> TimeZone {
        guard let zone = TimeZone(identifier: name) else {
            throw AssemblyError("\(key) is “\(name)”, but an IANA time zone such as Europe/Berlin or UTC is needed.")
        }
        return zone
    }

    /// Where candles come from, and what must be shut down afterwards.
    func source(logger: Logger) throws -> any CandleSource {
        switch settings.market.source {
        case .synthetic: SyntheticSource()
        case .binance:
            BinanceSource(
                try BinanceClient(
                    http: HTTPClient(configuration: BinanceClient.httpConfiguration),
                    baseURL: settings.market.binanceBaseURL, logger: logger))
        case .files: try FileSource(paths: settings.market.files)
        }
    }

    func preferences() throws -> (Preferences.Defaults, TimeZone) {
        var levels: [NoticeClass: NoticeLevel] = [:]
        for (event, level) in settings.notifications.levels {
            if let kind = NoticeClass(rawValue: event.rawValue), let chosen = NoticeLevel(rawValue: level.rawValue) {
                levels[kind] = chosen
            }
        }
        let quiet = settings.notifications.quietHours.flatMap { QuietHours("\($0)") }
        let zone = try zone(settings.notifications.timeZone, key: "notifications.time_zone")
        return (Preferences.Defaults(levels: levels, quiet: quiet), zone)
    }
}

/// A setting that only turns out to be impossible when the parts are put together.
struct AssemblyError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
