import ControlPlane
import Evaluation
import Foundation
import Logging
import Market
import MarketData
import Reinforcement
import Schedule
import Store
import Synchronization
import Testing

/// A folder of its own, gone with the test.
final class Folder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("control-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    // What is left behind in the temporary folder harms nobody.
    deinit { try? FileManager.default.removeItem(at: url) }

    func names(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url.appendingPathComponent(path).path).sorted()
    }
}

/// A clock that stands until it is moved, and lets a test look in whenever it is read.
final class Clock: Sendable {
    private let moment: Mutex<Date>
    private let watcher = Mutex<(@Sendable () -> Void)?>(nil)

    /// 2024-03-01T12:00:00Z, so that the synthetic market has a past.
    init(_ start: Date = Date(timeIntervalSince1970: 1_709_294_400)) { moment = Mutex(start) }

    var now: Date { moment.withLock { $0 } }

    func advance(_ seconds: TimeInterval) { moment.withLock { $0 += seconds } }

    /// Calls `body` at every reading from now on.
    func watch(_ body: @escaping @Sendable () -> Void) { watcher.withLock { $0 = body } }

    func read() -> Date {
        watcher.withLock { $0 }?()
        return now
    }
}

/// The whole control plane on the synthetic market, small enough to learn within a second.
struct Workshop: Sendable {
    let folder: Folder
    let clock: Clock
    let control: ControlPlane
    var store: Store { control.store }

    init(
        folder: Folder? = nil, clock: Clock = Clock(), source: (any CandleSource)? = nil,
        change: (inout ControlConfiguration) -> Void = { _ in }
    ) throws {
        self.folder = try folder ?? Folder()
        self.clock = clock
        var configuration = try Self.configuration(self.folder.url)
        change(&configuration)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        control = try ControlPlane(
            configuration: configuration, source: source ?? SyntheticSource(now: { clock.now }), logTail: LogTail(),
            logger: logger, now: { clock.read() })
    }

    private static func configuration(_ folder: URL) throws -> ControlConfiguration {
        var ppo = PPOSettings()
        ppo.copies = 4
        ppo.rolloutSteps = 64
        ppo.minibatchSize = 64
        ppo.epochs = 1
        ppo.policyLayers = [16]
        ppo.valueLayers = [16]
        var gate = GateThresholds()
        gate.resamples = 200
        gate.firstModelDrawdown = 1
        // So short a training does not pay its costs yet.
        gate.firstModelAlpha = 0
        return ControlConfiguration(
            dataFolder: folder, databaseFile: folder.appendingPathComponent("marketflow.db"),
            market: .init(symbols: [try #require(Symbol(rawValue: "BTCUSDT"))], interval: .oneHour, historyDays: 60),
            costs: CostModel(),
            training: .init(
                steps: 2_000, settings: ppo, threads: 1, niceness: 0, seed: 7, checkpointSeconds: 60,
                worlds: [.bull: 0.25], worldBars: 1_000, experiencePerCycle: 50, experienceKept: 80),
            validation: .init(days: 10, purgeBars: 10), gate: gate,
            schedule: .init(timeZone: try #require(TimeZone(identifier: "UTC")), jobs: [:], runsMissed: false),
            backup: .init(interval: 86_400, maximumFiles: 2), keepPolicies: 5, lossThreshold: 0.01)
    }

    /// Queues a cycle.
    @discardableResult
    func request(steps: Int? = nil, seed: UInt64? = nil, key: String? = nil) throws -> ControlPlane.CycleRequest {
        try store.write {
            try control.requestCycle(trigger: "cli", by: "test", steps: steps, seed: seed, key: key, in: $0)
        }
    }

    /// Queues a cycle and runs it to its end.
    func cycle(steps: Int? = nil, seed: UInt64? = nil) async throws -> CycleRecord {
        let record = try #require(try request(steps: steps, seed: seed).queued)
        await control.runQueuedCycles()
        return try #require(try store.read { try $0.cycle(record.id) })
    }

    /// Blocks, as tests may; the asynchronous form would be chosen otherwise.
    @discardableResult
    func write<Value>(_ body: (Transaction) throws -> Value) throws -> Value { try store.write(body) }

    func events() throws -> [ControlEvent] {
        try store.read { try $0.events(after: 0, limit: 1_000) }.map { try ControlEvent($0) }
    }

    func kinds() throws -> [String] { try events().map(\.kind) }
}

extension ControlPlane.CycleRequest {
    var queued: CycleRecord? { if case .queued(let record) = self { record } else { nil } }
    var known: CycleRecord? { if case .known(let record) = self { record } else { nil } }
    var busy: CycleRecord? { if case .busy(let record) = self { record } else { nil } }
}

extension CycleRecord {
    func decodedReport() throws -> CycleReport { try JSON.value(#require(report)) }
}

/// Lets other tasks run until `condition` holds, for a minute at most.
func eventually(_ condition: () throws -> Bool) async throws {
    let limit = ContinuousClock.now + .seconds(60)
    while try !condition() {
        guard ContinuousClock.now < limit else {
            Issue.record("waited in vain")
            return
        }
        await Task.yield()
    }
}
