import BinanceServer
import BotAPIServer
import Foundation
import Store
import Synchronization

/// Everything around the binary: Telegram, an exchange, a disk, and the person who operates it.
final class Town: Sendable {
    static let admin: Int64 = 7
    static let httpToken = "only-the-operator-knows-this-one"

    let telegram: BotAPIServer
    let binance: BinanceServer
    /// Thrown away afterwards.
    let folder: URL
    var dataFolder: URL { folder.appendingPathComponent("data") }

    /// Everything started here; what still runs at the end is killed.
    private let started = Mutex<[RunningMarketFlow]>([])

    private init(telegram: BotAPIServer, binance: BinanceServer, folder: URL) {
        self.telegram = telegram
        self.binance = binance
        self.folder = folder
    }

    /// Runs `body` in a town of its own.
    static func visit(_ body: (Town) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("town-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // a leftover in the temporary folder harms nobody
        let town = Town(telegram: try await .start(), binance: try await .start(series: [candles()]), folder: folder)
        await town.telegram.addUser(admin)
        do { try await body(town) } catch {
            let logs = town.started.withLock { $0.map(\.description) }
            await town.close()
            throw WaitedInVain(description: "\(error)\n" + logs.joined(separator: "\n"))
        }
        await town.close()
    }

    private func close() async {
        started.withLock { for process in $0 where process.isRunning { process.signal(SIGKILL) } }
        await telegram.stop()
        await binance.stop()
    }

    /// Twenty days of quarter hours, up to now.
    private static func candles() -> Series {
        let quarter: Int64 = 900_000
        let count = 20 * 96
        let end = Date().milliseconds / quarter * quarter
        return .randomWalk(
            symbol: "BTCUSDT", interval: "15m", from: end - Int64(count) * quarter, count: count, seed: 5)
    }

    // MARK: The service

    /// A cycle of a second, ordered by hand only, whose first version always serves.
    private var settings: [String: String] {
        [
            "market.source": "binance", "market.binance_base_url": binance.baseURL, "market.history_days": "18",
            "telegram.api_base_url": telegram.baseURL, "telegram.poll_timeout_seconds": "5", "http.port": "0",
            "schedule.jobs.retrain": "off", "schedule.jobs.ingest": "off", "training.steps": "1000",
            "training.environments": "8", "training.rollout": "64", "training.minibatch": "256", "training.epochs": "2",
            "training.validation_days": "3", "training.purge_bars": "16", "training.checkpoint_seconds": "1",
            "simulation.bars": "1024", "gate.bootstrap_resamples": "200", "gate.first_model_drawdown": "1",
            "gate.first_model_alpha": "0",
        ]
    }

    /// The town's settings with others over them, as a command takes them.
    func options(_ overrides: [String: String] = [:]) -> [String] {
        settings.merging(overrides) { $1 }.sorted { $0.key < $1.key }.flatMap { ["--set", "\($0)=\($1)"] }
    }

    /// Starts the service on the town's data folder.
    ///
    /// - Parameter botToken: nil for a start without a bot.
    func serve(_ overrides: [String: String] = [:], botToken: String?) throws -> RunningMarketFlow {
        var environment = ["HTTP_TOKEN": Self.httpToken]
        environment["TELEGRAM_BOT_TOKEN"] = botToken
        return try run(["serve", "--data-dir", "data"] + options(overrides), environment: environment)
    }

    func serve(_ overrides: [String: String] = [:]) throws -> RunningMarketFlow {
        try serve(overrides, botToken: telegram.token)
    }

    /// Any other command, in the town's folder.
    func run(_ arguments: [String], environment: [String: String] = [:]) throws -> RunningMarketFlow {
        let process = try RunningMarketFlow(arguments, environment: environment, workingFolder: folder)
        started.withLock { $0.append(process) }
        return process
    }

    /// Starts the service, and makes ``admin`` its admin with the code from the log.
    func serveAndPair(_ overrides: [String: String] = [:]) async throws -> RunningMarketFlow {
        let service = try serve(overrides)
        let code = try await service.waitForLog(/\/start (\S+)/)
        try await asks("/start \(code)", expecting: "Welcome")
        return service
    }

    // MARK: The operator

    /// - Returns: the number of the person's own message.
    @discardableResult
    func sends(_ text: String, from user: Int64 = admin, age: Int = 0) async -> Int {
        await telegram.userSends(text, from: user, date: Int(Date().timeIntervalSince1970) - age)
    }

    /// Sends a command and waits for an answer that contains `text`.
    @discardableResult
    func asks(
        _ command: String, expecting text: String, from user: Int64 = admin, age: Int = 0
    ) async throws -> ChatMessage {
        let sent = await sends(command, from: user, age: age)
        return try await telegram.waitForMessage(in: user, containing: text, after: sent, timeout: .seconds(45))
    }

    /// Waits for the next message that contains `text`.
    func reads(_ text: String, after: Int = 0, timeout: Duration = .seconds(40)) async throws -> ChatMessage {
        try await telegram.waitForMessage(in: Self.admin, containing: text, after: after, timeout: timeout)
    }

    /// Presses a button and waits until the press is answered.
    @discardableResult
    func presses(_ button: String, on message: ChatMessage? = nil) async throws -> CallbackAnswer {
        let press = try await telegram.press(button, message: message?.id, in: Self.admin, from: Self.admin)
        return try await telegram.waitForAnswer(to: press)
    }

    // MARK: The disk

    /// What the database says, read beside the running service.
    func stored<Value>(_ read: (Transaction) throws -> Value) throws -> Value { try database().read(read) }

    func database() throws -> Store {
        try Store(path: dataFolder.appendingPathComponent("reinforcement_learning.db").path)
    }

    var policies: URL { dataFolder.appendingPathComponent("policies") }

    /// What the `champion` link names.
    func champion() throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: policies.appendingPathComponent("champion").path)
    }

    func cycle(_ id: Int64) throws -> CycleRecord? { try stored { try $0.cycle(id) } }

    /// Waits until a cycle has ended.
    func waitForEnd(of cycle: Int64, timeout: Duration = .seconds(40)) async throws -> CycleRecord {
        try await eventually("the end of cycle \(cycle)", timeout) {
            try self.cycle(cycle).flatMap { $0.state.isFinished ? $0 : nil }
        }
    }
}
