import Evaluation
import Foundation
import Market
import MarketData
import Reinforcement
import Schedule
import Simulation

/// What the control plane needs to know, as values; the executable fills it from the settings.
public struct ControlConfiguration: Sendable {
    public var dataFolder: URL
    public var databaseFile: URL
    public var market: MarketPlan
    public var costs: CostModel
    /// Stop and target of every position, in training, in tests and on paper.
    public var protection: Protection
    public var training: TrainingPlan
    public var validation: ValidationPlan
    public var gate: GateThresholds
    public var schedule: SchedulePlan
    public var backup: BackupPlan
    /// Versions whose files are kept.
    public var keepPolicies: Int
    /// A paper trade that loses at least this fraction of equity is told with a *Why?* button.
    public var lossThreshold: Double
    public var ensemble = EnsemblePlan()
    /// Which language models word explanations; none unless set.
    public var language = LanguagePlan()
    /// Between two attempts to go on with a cycle whose result the database refused.
    public var retryDelay: Duration = .seconds(30)

    public struct MarketPlan: Sendable {
        public var symbols: [Symbol]
        public var interval: Interval
        public var historyDays: Int

        public init(symbols: [Symbol], interval: Interval, historyDays: Int) {
            self.symbols = symbols
            self.interval = interval
            self.historyDays = historyDays
        }
    }

    public struct TrainingPlan: Sendable {
        public var steps: Int
        public var settings: PPOSettings
        public var threads: Int
        public var niceness: Int
        /// Every random number of a cycle follows from this and the cycle's number.
        public var seed: UInt64
        public var checkpointSeconds: Double
        /// Share of the training episodes in each scenario world, in sum at most 1; the rest trade the market's own candles.
        public var worlds: [ScenarioWorld: Double]
        /// Bars of each scenario world.
        public var worldBars: Int
        /// Steps of experience stored in a cycle, and rows kept in all.
        public var experiencePerCycle: Int
        public var experienceKept: Int
        /// Policies trained in a cycle, of which the best on the selection bars is judged.
        public var candidates: Int
        /// Newest fraction of the training bars that candidates are compared on instead; unused with one.
        public var selectionShare: Double

        public init(
            steps: Int, settings: PPOSettings, threads: Int, niceness: Int, seed: UInt64, checkpointSeconds: Double,
            worlds: [ScenarioWorld: Double], worldBars: Int, experiencePerCycle: Int, experienceKept: Int,
            candidates: Int = 1, selectionShare: Double = 0.2
        ) {
            self.steps = steps
            self.settings = settings
            self.threads = threads
            self.niceness = niceness
            self.seed = seed
            self.checkpointSeconds = checkpointSeconds
            self.worlds = worlds
            self.worldBars = worldBars
            self.experiencePerCycle = experiencePerCycle
            self.experienceKept = experienceKept
            self.candidates = candidates
            self.selectionShare = selectionShare
        }
    }

    public struct ValidationPlan: Sendable {
        /// Newest days of the window, never trained on.
        public var days: Int
        /// Bars left out between training and validation.
        public var purgeBars: Int

        public init(days: Int, purgeBars: Int) {
            self.days = days
            self.purgeBars = purgeBars
        }
    }

    public struct SchedulePlan: Sendable {
        public var timeZone: TimeZone
        /// `retrain`, `ingest`, `backup`.
        public var jobs: [String: CronExpression]
        public var runsMissed: Bool

        public init(timeZone: TimeZone, jobs: [String: CronExpression], runsMissed: Bool) {
            self.timeZone = timeZone
            self.jobs = jobs
            self.runsMissed = runsMissed
        }
    }

    public struct BackupPlan: Sendable {
        public var interval: Double
        public var maximumFiles: Int

        public init(interval: Double, maximumFiles: Int) {
            self.interval = interval
            self.maximumFiles = maximumFiles
        }
    }

    public init(
        dataFolder: URL, databaseFile: URL, market: MarketPlan, costs: CostModel, protection: Protection = .none,
        training: TrainingPlan, validation: ValidationPlan,
        gate: GateThresholds, schedule: SchedulePlan, backup: BackupPlan, keepPolicies: Int, lossThreshold: Double
    ) {
        self.dataFolder = dataFolder
        self.databaseFile = databaseFile
        self.market = market
        self.costs = costs
        self.protection = protection
        self.training = training
        self.validation = validation
        self.gate = gate
        self.schedule = schedule
        self.backup = backup
        self.keepPolicies = keepPolicies
        self.lossThreshold = lossThreshold
    }

    public var policiesFolder: URL { dataFolder.appendingPathComponent("policies") }
    public var checkpointsFolder: URL { dataFolder.appendingPathComponent("checkpoints") }
    public var tensorBoardFolder: URL { dataFolder.appendingPathComponent("tensorboard") }
    public var chartsFolder: URL { dataFolder.appendingPathComponent("charts") }
    public var backupsFolder: URL { dataFolder.appendingPathComponent("backups") }
}
