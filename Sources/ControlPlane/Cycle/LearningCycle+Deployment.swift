import Foundation
import Market
import Policies
import Reinforcement
import Store

extension LearningCycle {
    /// Publishes the challenger as a version of its own, promoted or not, swaps the links if the gate said so, and prunes.
    ///
    /// Doing it again after a kill changes nothing: the version belongs to the cycle, its files are recognised by hash.
    func deploy(_ job: CycleJob, started: Date) throws {
        let train = try result(.train, of: job.record.id, as: CycleResults.Train.self)
        let validated = try result(.validate, of: job.record.id, as: CycleResults.Validate.self)
        let promoted = validated.validation.promoted
        let file = policyFile(of: job.record.id)
        guard let weights = FileManager.default.contents(atPath: file.path), sha256(weights) == train.sha256 else {
            throw CycleError.lostPolicy(path: file.path)
        }
        let version = try reserveVersion(job, train)
        let manifest = try registry.publish(
            ActorCritic(decoding: weights), manifest: manifest(version, job, train, validated))
        let proof = try registry.load(version)
        let reason = validated.reasons.first { !$0.passed }?.english
        let moment = now()
        let pruned = try store.write { transaction -> [Int] in
            guard var record = try transaction.policy(version) else { return [] }
            record.manifest = String(decoding: try manifest.encoded(), as: UTF8.self)
            record.sha256 = proof.sha256
            record.reason = reason
            if record.state == .pending { record.state = .rejected }
            try transaction.save(record)
            if promoted { try transaction.promote(version, at: moment) }
            try recordMetrics(validated, job, at: moment, in: transaction)
            let pruned = try markPruned(in: transaction)
            let summary = CycleResults.Deploy(
                version: version, sha256: proof.sha256, promoted: promoted, pruned: pruned)
            try save(.deploy, job, started, summary, in: transaction)
            return pruned
        }
        let (champion, fallback) = try store.read {
            (try $0.policy(in: .champion)?.version, try $0.policy(in: .fallback)?.version)
        }
        if let champion { try registry.point(champion: champion, fallback: fallback) }
        for old in pruned { try registry.remove(old) }
    }

    private func reserveVersion(_ job: CycleJob, _ train: CycleResults.Train) throws -> Int {
        let moment = now()
        return try store.write { transaction in
            if let known = try transaction.policy(ofCycle: job.record.id) { return known.version }
            let version = max(try transaction.nextPolicyVersion(), registry.highestVersion + 1)
            try transaction.save(
                PolicyRecord(
                    version: version, state: .pending, cycleId: job.record.id, parent: train.parent, createdAt: moment,
                    sha256: train.sha256, manifest: "{}"))
            return version
        }
    }

    private func manifest(
        _ version: Int, _ job: CycleJob, _ train: CycleResults.Train, _ validated: CycleResults.Validate
    ) throws -> PolicyManifest {
        let ingest = try result(.ingest, of: job.record.id, as: CycleResults.Ingest.self)
        // The moment the version was reserved, so that a repeated deployment writes the same manifest.
        let created = try store.read { try $0.policy(version)?.createdAt } ?? now()
        let figures = validated.validation.challenger
        return PolicyManifest(
            version: version, parent: train.parent, createdAt: created, symbols: configuration.market.symbols,
            interval: configuration.market.interval, synthetic: ingest.synthetic, trainedOn: train.trainedOn,
            validatedOn: validated.validatedOn, seed: job.seed, steps: train.steps, costs: configuration.costs,
            protection: configuration.protection, layout: train.layout,
            metrics: [
                "total_return": figures.totalReturn, "mean_log_return_per_bar": figures.meanLogReturnPerBar,
                "sharpe_annual": figures.sharpeAnnual, "max_drawdown": figures.maxDrawdown,
                "trades": Double(figures.trades), "win_rate": figures.winRate,
                "break_even_win_rate": figures.breakEvenWinRate,
                "buy_and_hold_return": validated.validation.buyAndHold.totalReturn,
            ])
    }

    private func recordMetrics(
        _ validated: CycleResults.Validate, _ job: CycleJob, at moment: Date, in transaction: Transaction
    ) throws {
        func record(_ name: String, _ value: Double?) throws {
            guard let value else { return }
            try transaction.record(MetricRow(at: moment, name: name, value: value, cycleId: job.record.id))
        }
        try record(MetricName.validationReward, validated.validation.challenger.meanLogReturnPerBar)
        try record(MetricName.modelDrift, validated.policyDrift)
        let drift = try result(.drift, of: job.record.id, as: CycleResults.Drift.self, in: transaction)
        try record(MetricName.dataDrift, drift?.largest)
    }

    /// Versions beyond the newest `keep` lose their files; champion and fallback never do.
    private func markPruned(in transaction: Transaction) throws -> [Int] {
        let kept = try transaction.policies(limit: 1_000).filter { $0.state != .pruned }
        let old = kept.dropFirst(configuration.keepPolicies).filter {
            $0.state != .champion && $0.state != .fallback && $0.state != .pending
        }
        for var record in old {
            record.state = .pruned
            try transaction.save(record)
        }
        return old.map(\.version)
    }
}
