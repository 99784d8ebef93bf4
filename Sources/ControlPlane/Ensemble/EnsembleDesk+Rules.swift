import Ensemble
import Store

/// Adopted rules vote for as long as they stand in the database, from their adoption on, in the shadow at first.
extension EnsembleDesk {
    /// One voter for each adopted rule that can be read.
    func ruleVoters() throws -> [any SignalModel] {
        try store.read { try $0.strategies() }.compactMap { row in
            do { return try RuleModel(row) } catch {
                logger.warning("an adopted rule has no vote", metadata: ["rule": "\(row.id)", "error": "\(error)"])
                return nil
            }
        }
    }

    /// Takes adopted rules in, and out again those that were dropped, once they are in the shadow.
    func enlistRules(in weights: inout EnsembleWeights, _ transaction: Transaction) throws {
        let names = try transaction.strategies().map { RuleModel.name(of: $0.id) }
        let configured = configuration.ensemble.models.map(\.name)
        for member in weights.members
        where member.name.hasPrefix(RuleModel.prefix) && !names.contains(member.name)
            && !configured.contains(member.name)
        {
            weights.dismiss(member.name)
        }
        for name in names { weights.enlist(name) }
    }

    /// Removes an adopted rule with its vote. If it had a weight, the others get it, and what they were stays as a snapshot.
    ///
    /// - Returns: what was removed; nil when there is no such rule.
    /// - Throws: ``WeightError/noActiveModel`` for the only model that is listened to; nothing is changed then.
    public func dropRule(_ id: Int64, in transaction: Transaction) throws -> StrategyRow? {
        let name = RuleModel.name(of: id)
        if try weights(transaction)[name]?.state == .active {
            let reason = "rule \(id) was dropped"
            _ = try change(transaction, reason: reason) { try $0.withdraw(name, reason: reason, comesBack: false) }
        }
        return try transaction.removeStrategy(id)
    }
}
