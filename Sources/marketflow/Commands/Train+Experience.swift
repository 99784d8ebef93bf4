import Foundation
import Market
import Policies
import Reinforcement
import Simulation
import Store

extension Train {
    /// Offline retraining: advantage-weighted regression on the rows that the service stored.
    func learnFromExperience(to out: URL, _ measurement: Measurement) throws {
        guard input.data.isEmpty else {
            throw CommandError("--from-experience learns from stored rows; leave out --data.")
        }
        guard let store = try state.existingStore() else {
            throw CommandError(
                "\(try state.databaseFile().path) is not there; --data-dir names the folder of a service that has run.")
        }
        let parent = try from.map { try PublishedPolicy(path: $0) } ?? champion()
        let rows = try rows(of: parent, in: store)
        var settings = OfflineSettings()
        settings.epochs = epochs
        let retraining = try OfflineRetraining(
            policy: parent.policy, experience: try experience(rows, layout: parent.layout()), settings: settings,
            seed: seed)
        let line = ProgressLine("learning", unit: "passes")
        let outcome = retraining.run(onProgress: { line.show($0.epoch, of: settings.epochs) })
        line.end()
        if case .diverged(let reason) = outcome.ending {
            throw CommandError("learning diverged: \(reason). Nothing was saved; try another seed.")
        }
        let saved = try PolicyRegistry.write(outcome.policy, manifest: manifest(rows, parent), to: out)
        report(outcome, saved, rows: rows.count, measurement)
    }

    private func champion() throws -> PublishedPolicy {
        let registry = try PolicyRegistry(folder: state.policiesFolder)
        guard let version = registry.championLink else {
            throw CommandError("\(state.folder.path) has no champion to learn on from; name a policy with --from.")
        }
        return try registry.load(version)
    }

    private func rows(of parent: PublishedPolicy, in store: Store) throws -> [ExperienceRow] {
        let synthetic = input.synthetic
        let layout = parent.manifest.layout
        let (rows, others) = try store.read {
            (
                try $0.experience(layout: layout, synthetic: synthetic),
                try $0.experience(layout: layout, synthetic: !synthetic).count
            )
        }
        guard rows.isEmpty else { return rows }
        let hint =
            others == 0
            ? "a cycle with a champion stores some"
            : synthetic
                ? "there are \(others) real ones; leave out --synthetic"
                : "there are \(others) synthetic ones; add --synthetic to learn from those"
        throw CommandError(
            "the database holds no \(synthetic ? "synthetic" : "real") experience of the layout \(layout): \(hint).")
    }

    private func experience(_ rows: [ExperienceRow], layout: ObservationLayout) throws -> Experience {
        func floats(_ data: Data, _ row: ExperienceRow) throws -> [Float] {
            guard data.count == 4 * layout.size else {
                throw CommandError(
                    "the stored step of \(row.timestamp.formatted(.iso8601)) is not \(layout.size) numbers long; the database is damaged."
                )
            }
            return data.withUnsafeBytes { bytes in
                (0..<layout.size).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
            }
        }
        return Experience(
            observations: try rows.flatMap { try floats($0.state, $0) }, actions: rows.map { Int32($0.action) },
            rewards: rows.map { Float($0.reward) }, nextObservations: try rows.flatMap { try floats($0.nextState, $0) },
            // A walk is cut off, never over.
            terminal: rows.map { _ in false })
    }

    private func manifest(_ rows: [ExperienceRow], _ parent: PublishedPolicy) -> PolicyManifest {
        var manifest = parent.manifest
        let times = rows.map(\.timestamp.milliseconds)
        manifest.version = 0
        manifest.parent = parent.manifest.version
        manifest.createdAt = Date()
        manifest.trainedOn = (times.min() ?? 0)..<(times.max() ?? 0) + 1
        manifest.validatedOn = manifest.trainedOn.upperBound..<manifest.trainedOn.upperBound
        manifest.seed = seed
        manifest.steps = rows.count * epochs
        manifest.synthetic = input.synthetic
        manifest.metrics = [:]
        return manifest
    }

    private func report(
        _ outcome: OfflineRetraining.Outcome, _ saved: PublishedPolicy, rows: Int, _ measurement: Measurement
    ) {
        let seconds = max(measurement.wallSeconds, 1e-9)
        let last = outcome.history.last
        print(
            """
            Learned from \(Figures.grouped(rows)) stored steps, \(epochs) times over, in \(Figures.decimal(seconds)) s.
            Likelihood of what was done: \(last.map { Figures.decimal(exp($0.logLikelihood), 4) } ?? "–") an action, \
            value error \(last.map { Figures.decimal($0.valueLoss, 4) } ?? "–").
            Policy: \(out) (SHA-256 \(saved.sha256))
            """)
        guard json else { return }
        let object: JSONObject = [
            "steps": .whole(rows * epochs), "seconds": .number(seconds),
            "steps_per_second": .number(Double(rows * epochs) / seconds), "threads": .whole(1),
            "seed": .unsigned(seed), "final_mean_reward": nil, "policy": .text(out),
            "policy_sha256": .text(saved.sha256), "rows": .whole(rows), "epochs": .whole(epochs),
            "layout": .text(saved.manifest.layout), "synthetic": .flag(saved.manifest.synthetic),
            "log_likelihood": last.map { .number($0.logLikelihood) }, "value_loss": last.map { .number($0.valueLoss) },
        ]
        print(object)
    }
}
