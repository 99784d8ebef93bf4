import Foundation
import LanguageModels
import Logging
import ServiceLifecycle
import Store

/// The language models of this process: the server of our own, the order in which they are asked, and who words with them.
public struct LanguageServices: Sendable {
    public let server: LocalServer?
    /// Local, then remote. Also what a signal is asked of, see `MarketSignal`.
    public let models: ModelChain
    public let narrator: Narrator
    private let plan: LanguagePlan

    static let spendingKey = "llm.spending"

    /// - Parameters:
    ///   - metrics: counts answers; nil where nobody reads them.
    ///   - isTraining: while it does, the local server computes on one thread.
    /// - Returns: nil when no model is set up at all.
    public init?(
        _ plan: LanguagePlan, store: Store, metrics: MetricsRegistry? = nil,
        isTraining: @escaping @Sendable () -> Bool = { false }, now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger
    ) {
        guard plan.local != nil || plan.remote != nil else { return nil }
        self.plan = plan
        let cores = ProcessInfo.processInfo.activeProcessorCount
        server = plan.local.map { settings in
            LocalServer(settings, threads: { isTraining() ? 1 : max(1, cores - 1) }, logger: logger)
        }
        var links: [ModelChain.Link] = []
        if let server { links.append(.init(LocalModel(server), deadline: plan.localDeadline)) }
        if let remote = plan.remote {
            links.append(.init(HTTPModel(remote.endpoint), deadline: remote.deadline, limit: remote.limit))
        }
        // What was spent before a store that cannot be read is unknown; then the day begins anew.
        let spent = try? store.read {
            try $0.setting(Self.spendingKey).map { try JSON.value($0, as: DailySpending.self) }
        }
        models = ModelChain(links, spending: (spent ?? nil) ?? DailySpending(), now: now) { spending in
            do { try store.write { try $0.set(Self.spendingKey, to: try JSON.text(spending), at: now()) } } catch {
                logger.error("what the language model cost was not stored", metadata: ["error": "\(error)"])
            }
        }
        narrator = Narrator(store: store, model: models, metrics: metrics, now: now, logger: logger)
    }

    /// Whether a question is worth asking: a remote model is set up, or the local one's file is there.
    public var canWord: Bool {
        plan.remote != nil || plan.local.map { FileManager.default.fileExists(atPath: $0.modelPath) } ?? false
    }

    func healthCheck() -> HealthReport.Check? {
        guard let status = server?.status else { return nil }
        return switch status.phase {
        case .failed: .init("mistral", .warning, status.fault.map { "\($0)" } ?? "failed")
        case .stopped, .ready, .starting, .stopping, .resting: .init("mistral", .ok, status.phase.rawValue)
        }
    }
}

/// Ends the local server with the process, and one that an earlier process left behind.
struct LocalServerService: Service {
    let server: LocalServer

    func run() async throws {
        await server.endOrphan()
        try await gracefulShutdown()
        await server.stop(holds: true)
    }
}
