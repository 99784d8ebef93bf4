import Foundation
import Logging
import Policies
import Reinforcement

/// A run's TensorBoard events. Their loss is worth a warning, not the run.
final class RunEvents {
    private var file: TensorBoardFile?
    private let now: @Sendable () -> Date
    private let logger: Logger

    init(folder: URL, settings: PPOSettings, now: @escaping @Sendable () -> Date, logger: Logger) {
        self.now = now
        self.logger = logger
        do {
            try DurableFile.makeFolder(folder)
            file = try TensorBoardFile(
                folder: folder.path, settings: settings, wallTime: now().timeIntervalSince1970)
        } catch {
            warn(error)
        }
    }

    func append(_ progress: TrainingProgress) {
        do { try file?.append(progress, wallTime: now().timeIntervalSince1970) } catch { warn(error) }
    }

    private func warn(_ error: any Error) {
        file = nil
        logger.warning("training goes on without TensorBoard events", metadata: ["error": "\(error)"])
    }
}

extension LearningCycle {
    /// The events of a run, below the TensorBoard folder.
    func eventFile(_ name: String, _ settings: PPOSettings) -> RunEvents? {
        RunEvents(
            folder: configuration.tensorBoardFolder.appendingPathComponent(name), settings: settings, now: now,
            logger: logger)
    }

    /// Keeps the events of as many of the newest cycles as versions are kept.
    func pruneEvents() {
        let folder = configuration.tensorBoardFolder
        // There is none before the first cycle has trained.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let cycles = names.compactMap { $0.hasPrefix("cycle-") ? Int64($0.dropFirst(6)) : nil }.sorted(by: >)
        for old in cycles.dropFirst(configuration.keepPolicies) {
            do {
                try FileManager.default.removeItem(at: folder.appendingPathComponent("cycle-\(old)"))
            } catch {
                logger.warning("old TensorBoard events stay", metadata: ["error": "\(error)"])
            }
        }
    }
}
