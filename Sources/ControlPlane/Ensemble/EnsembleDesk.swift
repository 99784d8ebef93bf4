import Ensemble
import Foundation
import LightGBM
import Logging
import Policies
import Store
import Synchronization

/// The ensemble in use: its weights, which live in the database, and the models that can vote now.
public final class EnsembleDesk: Sendable {
    /// Nil where LightGBM is absent; ``libraryProblem`` says why.
    public let library: LightGBM?
    public let libraryProblem: String?

    let configuration: ControlConfiguration
    let store: Store
    private let registry: PolicyRegistry
    private let now: @Sendable () -> Date
    let logger: Logger
    private let added = Mutex<[any SignalModel]>([])
    private let lgbm = Mutex<LGBMModel?>(nil)

    private static let key = "ensemble.weights"

    init(
        configuration: ControlConfiguration, store: Store, registry: PolicyRegistry,
        now: @escaping @Sendable () -> Date, logger: Logger
    ) {
        self.configuration = configuration
        self.store = store
        self.registry = registry
        self.now = now
        self.logger = logger
        (library, libraryProblem) = Self.open(configuration.ensemble.library)
        if let libraryProblem { logger.notice("lgbm_ai is off", metadata: ["reason": "\(libraryProblem)"]) }
        do { lgbm.withLock { [model = try storedLGBM()] in $0 = model } } catch {
            logger.warning("the stored lgbm_ai is not used", metadata: ["error": "\(error)"])
        }
    }

    private static func open(_ path: String?) -> (LightGBM?, String?) {
        guard let path else { return (nil, "no LightGBM library is configured (ensemble.lightgbm_library)") }
        do { return (try LightGBM(path: path), nil) } catch { return (nil, "\(error)") }
    }

    // MARK: Models

    /// Lets a further model vote: in the shadow, until it has proved itself or somebody gives it a weight.
    public func add(_ model: any SignalModel) {
        added.withLock { models in
            models.removeAll { $0.name == model.name }
            models.append(model)
        }
    }

    /// Takes back ``add(_:)``.
    public func remove(_ name: String) { added.withLock { $0.removeAll { $0.name == name } } }

    /// All that can vote on new candles now, but LightGBM, which tests train for themselves.
    func ruleModels() throws -> [any SignalModel] {
        var models: [any SignalModel] = [TradingAI(), LavaAI()]
        if let champion = try store.read({ try $0.policy(in: .champion) }),
            let model = ChampionModel(try registry.load(champion.version))
        {
            models.append(model)
        }
        return try models + ruleVoters() + added.withLock { $0 }
    }

    /// All that can vote on new candles now.
    func models() throws -> [any SignalModel] {
        let trained: [any SignalModel] = lgbm.withLock { $0 }.map { [$0] } ?? []
        return try ruleModels() + trained
    }

    private var lgbmFile: URL { configuration.dataFolder.appendingPathComponent("ensemble/lgbm_ai.json") }

    private func storedLGBM() throws -> LGBMModel? {
        guard let library, FileManager.default.fileExists(atPath: lgbmFile.path) else { return nil }
        let stored = try JSONDecoder().decode(LGBMModel.Stored.self, from: Data(contentsOf: lgbmFile))
        return try LGBMModel(stored, library: library)
    }

    /// Lets `model` vote from now on, also after a restart.
    func adopt(_ model: LGBMModel) throws {
        try DurableFile.makeFolder(lgbmFile.deletingLastPathComponent())
        try DurableFile.write(try JSONEncoder().encode(try model.stored()), to: lgbmFile)
        lgbm.withLock { $0 = model }
    }

    // MARK: Weights

    /// The weights in use.
    public func weights(_ transaction: Transaction) throws -> EnsembleWeights {
        let stored = try transaction.setting(Self.key).map { try JSON.value($0, as: EnsembleWeights.self) }
        var weights = try EnsembleWeights.reconciled(
            stored, priors: configuration.ensemble.models, parameters: configuration.ensemble.learning)
        for model in added.withLock({ $0 }) { weights.enlist(model.name) }
        try enlistRules(in: &weights, transaction)
        return weights
    }

    /// Stores the weights in use with the rows that led to them.
    func save(
        _ weights: EnsembleWeights, _ changes: [WeightChange], tradeIds: [String: Int64] = [:],
        in transaction: Transaction
    ) throws {
        // At the very first moment it is known anyway who cannot vote yet.
        let isFirst = try transaction.setting(Self.key) == nil
        try transaction.set(Self.key, to: try JSON.text(weights), at: now())
        for change in changes {
            try transaction.insert(
                WeightChangeRow(change, at: now(), session: nil, iteration: nil, tradeId: tradeIds[change.trade]))
        }
        let standing = changes.filter { [.admitted, .withdrawn, .ordered].contains($0.cause) }
        if !isFirst, let first = standing.first {
            try transaction.tell(
                .weightsChanged(.init(cause: first.cause.rawValue, reason: first.reason, weights: weights.table)),
                at: now())
        }
    }

    /// Changes the weights by order, with a snapshot of what they were.
    public func change(
        _ transaction: Transaction, reason: String,
        _ change: (inout EnsembleWeights) throws -> [WeightChange]
    ) throws -> EnsembleWeights {
        var weights = try weights(transaction)
        let before = weights
        let changes = try change(&weights)
        guard weights != before else { return weights }
        try transaction.insert(
            EnsembleSnapshotRow(at: now(), sessionId: nil, reason: "before: \(reason)", weights: try JSON.text(before)))
        try save(weights, changes, in: transaction)
        return weights
    }

    /// Sends active models that cannot vote into the shadow, and lets those back in that can vote again.
    func settleAvailability(
        of weights: inout EnsembleWeights, available: Set<String>
    ) throws -> [WeightChange] {
        var changes: [WeightChange] = []
        for member in weights.members {
            if member.state == .active, !available.contains(member.name) {
                guard weights.members.count(where: { $0.state == .active }) > 1 else { continue }
                changes += try weights.withdraw(member.name, reason: absence(of: member.name))
            } else if member.state == .shadow, member.remembered != nil, available.contains(member.name) {
                changes += try weights.admit(member.name, reason: "it can vote again")
            }
        }
        return changes
    }

    /// Why a model has no voice.
    public func absence(of model: String) -> String {
        switch model {
        case LGBMModel.name: libraryProblem ?? "not trained yet; a win-rate test trains it"
        case ChampionModel.name: "no version serves yet"
        default: "nothing here votes under this name"
        }
    }
}

extension WeightChangeRow {
    init(_ change: WeightChange, at moment: Date, session: Int64?, iteration: Int?, tradeId: Int64? = nil) {
        self.init(
            at: moment, sessionId: session, iteration: iteration, model: change.model, state: change.state.rawValue,
            cause: change.cause.rawValue, reason: change.reason, old: change.old, raw: change.raw,
            projected: change.projected, quality: change.quality, gain: change.gain, baseline: change.baseline,
            rate: change.rate, trade: change.trade, tradeId: tradeId)
    }
}
