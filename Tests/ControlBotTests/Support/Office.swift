import ControlBot
import ControlPlane
import Evaluation
import Foundation
import GRDB
import Logging
import Market
import Neural
import Policies
import Reinforcement
import Schedule
import Store
import Synchronization
import Telegram
import Testing

/// A folder of its own, gone with the test.
final class Folder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("chat-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    // What is left behind in the temporary folder harms nobody.
    deinit { try? FileManager.default.removeItem(at: url) }
}

/// A clock that stands until it is moved.
final class Clock: Sendable {
    private let moment = Mutex(Date(timeIntervalSince1970: 1_709_294_400))  // 2024-03-01T12:00:00Z

    var now: Date { moment.withLock { $0 } }
    func advance(_ seconds: TimeInterval) { moment.withLock { $0 += seconds } }
}

/// The control plane with the chat before it, and people who write to it. Every message that arrives is kept.
final class Office: Sendable {
    static let admin: Int64 = 1
    static let viewer: Int64 = 2
    static let stranger: Int64 = 9

    let folder: Folder
    let clock: Clock
    let control: ControlPlane
    let dispatcher: Dispatcher
    let transport: ScriptedTransport
    private let logger: Logger
    private let updates = Mutex<Int64>(0)
    var store: Store { control.store }

    init(language: LanguagePlan = LanguagePlan()) throws {
        folder = try Folder()
        let clock = Clock()
        self.clock = clock
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        self.logger = logger
        var configuration = try Self.configuration(folder.url)
        configuration.language = language
        control = try ControlPlane(
            configuration: configuration, source: SyntheticSource(now: { clock.now }),
            settingRows: [SettingRow(path: "market.interval", value: "1h", isDefault: false)], logTail: LogTail(),
            logger: logger,
            now: { clock.now })
        dispatcher = Dispatcher(control: control, logger: logger)
        transport = ScriptedTransport()
    }

    private static func configuration(_ folder: URL) throws -> ControlConfiguration {
        ControlConfiguration(
            dataFolder: folder, databaseFile: folder.appendingPathComponent("marketflow.db"),
            market: .init(symbols: [try #require(Symbol(rawValue: "BTCUSDT"))], interval: .oneHour, historyDays: 60),
            costs: CostModel(),
            training: .init(
                steps: 50_000, settings: PPOSettings(), threads: 1, niceness: 0, seed: 7, checkpointSeconds: 60,
                worlds: [:],
                worldBars: 600, experiencePerCycle: 50, experienceKept: 80),
            validation: .init(days: 10, purgeBars: 10), gate: GateThresholds(),
            schedule: .init(
                timeZone: try #require(TimeZone(identifier: "UTC")),
                jobs: ["retrain": try CronExpression(parsing: "0 */6 * * *")], runsMissed: true),
            backup: .init(interval: 86_400, maximumFiles: 2), keepPolicies: 5, lossThreshold: 0.01)
    }

    /// An office with an admin and a viewer.
    static func staffed(language: String = "en") throws -> Office {
        let office = try Office()
        try office.hire(admin, "Ann", .admin, language)
        try office.hire(viewer, "Bob", .viewer, language)
        return office
    }

    /// Blocks, as tests may; the asynchronous form would be chosen otherwise.
    @discardableResult
    func write<Value>(_ body: (Transaction) throws -> Value) throws -> Value { try store.write(body) }

    func execute(_ sql: String) throws { try store.pool.write { try $0.execute(sql: sql) } }

    func hire(_ id: Int64, _ name: String, _ role: Role, _ language: String = "en") throws {
        try write {
            try $0.save(UserRecord(id: id, name: name, role: role, language: language, chatId: id, pairedAt: clock.now))
        }
    }

    // MARK: Speaking

    /// What a chat shows after something was written or pressed.
    struct Reaction {
        var messages: [Shown] = []
        var toast: String?
        var isSpent = false

        var text: String { messages.map(\.text).joined(separator: "\n---\n") }
    }

    /// Writes `text`; `age` seconds pass before it is read.
    func send(
        _ text: String, by user: Int64 = admin, chat: Int64? = nil, update: Int64? = nil, age: TimeInterval = 0,
        replyTo: Int64? = nil, language: String? = "en"
    ) async throws -> Reaction {
        let incoming = Incoming(
            update: update ?? nextUpdate(), content: .text(text, replyTo: replyTo), user: user,
            userName: "User \(user)",
            languageCode: language, chat: chat ?? user, isPrivate: (chat ?? user) > 0,
            sentAt: clock.now.addingTimeInterval(-age))
        return try await react(to: dispatcher.respond(to: incoming), chat: chat ?? user, user: user)
    }

    /// What the dispatcher makes of `text` from the admin, before anything is sent.
    func respond(to text: String, replyTo: Int64? = nil, chat: Int64 = admin) async -> Response {
        await dispatcher.respond(
            to: Incoming(
                update: nextUpdate(), content: .text(text, replyTo: replyTo), user: Self.admin, userName: "Ann",
                languageCode: "en", chat: chat, isPrivate: true, sentAt: clock.now))
    }

    /// Presses the button `label` of `message`.
    func press(
        _ label: String, on message: Shown, by user: Int64 = admin, chat: Int64? = nil, update: Int64? = nil
    ) async throws -> Reaction {
        let token = try #require(message.buttons.first { $0.label == label }?.token, "no button \(label)")
        return try await press(token: token, on: message, by: user, chat: chat, update: update)
    }

    func press(
        token: String, on message: Shown, by user: Int64 = admin, chat: Int64? = nil, update: Int64? = nil
    ) async throws -> Reaction {
        let incoming = Incoming(
            update: update ?? nextUpdate(), content: .press(token: token, message: message.id), user: user,
            userName: "User \(user)", languageCode: "en", chat: chat ?? message.chat, isPrivate: true, sentAt: clock.now
        )
        return try await react(to: dispatcher.respond(to: incoming), chat: chat ?? message.chat, user: user)
    }

    private func nextUpdate() -> Int64 {
        updates.withLock { number in
            number += 1
            return number
        }
    }

    private func react(to response: Response, chat: Int64, user: Int64) async throws -> Reaction {
        switch response {
        case .silence, .words: return Reaction()
        case .stored: return Reaction(messages: try await deliver())
        case .direct(let answer):
            let preparer = MessagePreparer(control: control)
            let (message, tokens) = try write {
                try preparer.prepare(answer, chat: chat, user: user, isReply: true, in: $0)
            }
            _ = await transport.deliver(message)
            let shown = try #require(transport.shown.last)
            try write { try $0.bindTokens(tokens, to: shown.id) }
            return Reaction(messages: [shown])
        case .pressed(let toast, let isSpent, let then):
            var reaction = try await react(to: then, chat: chat, user: user)
            reaction.toast = toast
            reaction.isSpent = isSpent
            return reaction
        }
    }

    // MARK: Outbox and notices

    func outboxService() -> OutboxService {
        OutboxService(
            control: control, transport: transport,
            live: LiveMessages(control: control, transport: transport, logger: logger), logger: logger)
    }

    /// Runs the outbox until nothing is due any more; what arrived meanwhile.
    @discardableResult
    func deliver() async throws -> [Shown] {
        let before = transport.shown.count
        try await runOutbox { transaction in
            let isDue = try transaction.hasDueMessages(now: clock.now) { _ in true }
            return try !isDue && transaction.outboxCounts()[.sending] == nil
        }
        return Array(transport.shown.dropFirst(before))
    }

    func runOutbox(until condition: (Transaction) throws -> Bool) async throws {
        let service = outboxService()
        let task = Task { try await service.run() }
        let limit = ContinuousClock.now + .seconds(60)
        while try !store.read(condition) {
            guard ContinuousClock.now < limit else {
                Issue.record("waited in vain")
                break
            }
            await Task.yield()
        }
        task.cancel()
        // Ends by cancellation.
        _ = try? await task.value
    }

    func notifier(_ defaults: Preferences.Defaults = .init(), zone: TimeZone? = nil) throws -> Notifier {
        Notifier(
            control: control, defaults: defaults, zone: try zone ?? #require(TimeZone(identifier: "UTC")),
            logger: logger)
    }

    /// Tells the event and brings it to everyone's chat.
    func tell(_ event: ControlEvent, _ defaults: Preferences.Defaults = .init()) async throws -> [Shown] {
        try write { _ = try $0.tell(event, at: clock.now) }
        while try await notifier(defaults).advance() {}
        return try await deliver()
    }

    func outbox(_ state: OutboxState) throws -> Int { try store.read { try $0.outboxCounts() }[state] ?? 0 }

    // MARK: What is there

    /// Publishes a version whose weights follow from its number.
    func publish(_ version: Int, as state: PolicyState) throws {
        let architecture = ActorCritic.Architecture(
            observationSize: 8, actionChoices: [3], policyLayers: [4], valueLayers: [4])
        let manifest = try control.registry.publish(
            ActorCritic(architecture, random: RandomStream(seed: UInt64(version))),
            manifest: PolicyManifest(
                version: version, parent: version > 1 ? version - 1 : nil, createdAt: clock.now,
                symbols: control.configuration.market.symbols, interval: .oneHour, synthetic: true,
                trainedOn: 0..<3_600_000,
                validatedOn: 7_200_000..<10_800_000, seed: 5, steps: 1_000, costs: CostModel(), layout: "test",
                metrics: ["total_return": 0.01 * Double(version), "trades": 12]))
        let text = String(decoding: try manifest.encoded(), as: UTF8.self)
        try write {
            try $0.save(
                PolicyRecord(
                    version: version, state: state, cycleId: nil, parent: manifest.parent, createdAt: clock.now,
                    sha256: manifest.files["weights.mfp"] ?? "", manifest: text))
        }
    }

    /// Stores losing trades 1…`count`.
    func trade(count: Int) throws {
        let detail = try JSON.text(
            TradeDetail(
                probabilities: [0.30, 0.45, 0.25], value: 0, inputs: [], layout: "trading-1", adverseExcursion: -0.02,
                favourableExcursion: 0.004))
        for index in 0..<count {
            let entry = clock.now.addingTimeInterval(Double(index - count) * 60)
            try write {
                _ = try $0.insert(
                    TradeRow(
                        source: "paper", policyVersion: 1, symbol: "BTCUSDT", interval: "1h", synthetic: true,
                        side: "long",
                        entryAt: entry, exitAt: entry.addingTimeInterval(30), entryPrice: 42_283.58,
                        exitPrice: 41_860.7442,
                        grossReturn: -0.01, fees: 0.002, slippage: 0.0004, netReturn: -0.0124, bars: 4,
                        exitReason: "signal", detail: detail, recordedAt: clock.now))
            }
        }
    }

    func audit() throws -> [AuditRecord] { try store.read { try $0.audit(limit: 100) }.reversed() }
    func cycles() throws -> [CycleRecord] { try store.read { try $0.cycles(limit: 100) }.reversed() }
}
