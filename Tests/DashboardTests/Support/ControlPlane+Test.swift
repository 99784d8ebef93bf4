import ControlPlane
import Evaluation
import Foundation
import Logging
import Market
import Neural
import Policies
import Reinforcement
import Schedule
import Simulation
import Store

/// A moment in 2024, so that the synthetic market has a past and times are the same on every run.
let testMoment = Date(timeIntervalSince1970: 1_709_294_400)  // 2024-03-01T12:00:00Z

extension ControlPlane {
    /// The real thing in a folder of its own, small enough to run a cycle within a second.
    static func inFolder(_ folder: URL) throws -> ControlPlane {
        guard let symbol = Symbol(rawValue: "BTCUSDT"), let zone = TimeZone(identifier: "UTC") else {
            throw CocoaError(.formatting)
        }
        var ppo = PPOSettings()
        ppo.copies = 4
        ppo.rolloutSteps = 64
        ppo.minibatchSize = 64
        ppo.epochs = 1
        var gate = GateThresholds()
        gate.resamples = 200
        let configuration = ControlConfiguration(
            dataFolder: folder, databaseFile: folder.appendingPathComponent("test.db"),
            market: .init(symbols: [symbol], interval: .oneHour, historyDays: 60), costs: CostModel(),
            training: .init(
                steps: 1_000, settings: ppo, threads: 1, niceness: 0, seed: 7, checkpointSeconds: 60, worlds: [:],
                worldBars: 200, experiencePerCycle: 10, experienceKept: 100),
            validation: .init(days: 10, purgeBars: 10), gate: gate,
            schedule: .init(timeZone: zone, jobs: [:], runsMissed: false),
            backup: .init(interval: 86_400, maximumFiles: 2), keepPolicies: 5, lossThreshold: 0.02)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return try ControlPlane(
            configuration: configuration, source: SyntheticSource(now: { testMoment }), logTail: LogTail(),
            logger: logger, now: { testMoment })
    }

    /// Publishes a version whose weights follow from its number, and records it in `state`.
    func publish(_ version: Int, as state: PolicyState) async throws {
        let architecture = ActorCritic.Architecture(
            observationSize: ObservationLayout.trading1.size, actionChoices: [3])
        let policy = try ActorCritic(architecture, random: RandomStream(seed: UInt64(version)))
        let manifest = try registry.publish(
            policy,
            manifest: PolicyManifest(
                version: version, parent: nil, createdAt: testMoment, symbols: configuration.market.symbols,
                interval: .oneHour, synthetic: true, trainedOn: 1_700_000_000_000..<1_700_086_400_000,
                validatedOn: 1_700_086_400_000..<1_700_172_800_000, seed: 18_446_744_073_709_551_615, steps: 1_000,
                costs: CostModel(), layout: "trading-1", metrics: ["total_return": 0.0125]))
        let record = PolicyRecord(
            version: version, state: state, cycleId: nil, parent: nil, createdAt: testMoment,
            sha256: try registry.load(version).sha256, manifest: String(decoding: try manifest.encoded(), as: UTF8.self)
        )
        try await store.write { try $0.save(record) }
    }

    /// Adds an event to the log.
    @discardableResult
    func tellSomething(_ name: String) async throws -> Int64 {
        try await store.write {
            try $0.tell(.accessGranted(.init(user: 7, name: name, role: "viewer", by: "code")), at: testMoment)
        }
    }
}
