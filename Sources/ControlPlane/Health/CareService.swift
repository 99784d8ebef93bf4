import Foundation
import Logging
import ServiceLifecycle
import Store

/// Looks after the rest once a minute: alarms and all-clears, backups, forgetting what is no longer needed.
package final class CareService: Service {
    static let noCycleAlarm = "no-cycle"
    static let diskAlarm = "disk"
    /// Set while a service runs; found at start, it tells that the one before did not say goodbye.
    private static let runningKey = "service.running"
    /// Below this many free bytes the disk alarm stands.
    static let leastFreeBytes = 200 << 20

    private let control: ControlPlane
    private let utility: WorkerThread
    private let logger: Logger

    init(control: ControlPlane, utility: WorkerThread, logger: Logger) {
        self.control = control
        self.utility = utility
        self.logger = logger
    }

    /// Marks the start in the event log, and says so when the process before did not say goodbye.
    func announceStart() throws {
        let moment = control.now()
        try control.store.write { transaction in
            let afterCrash = try transaction.setting(Self.runningKey) != nil
            let uncertain = try transaction.outboxCounts()[.sending] ?? 0
            try transaction.set(Self.runningKey, to: "\(moment.milliseconds)", at: moment)
            try transaction.tell(
                .serviceStarted(
                    .init(
                        version: ControlPlane.version, afterCrash: afterCrash,
                        champion: try transaction.policy(in: .champion)?.name, uncertainMessages: uncertain)),
                at: moment)
        }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.look()
                // Ends early only at shutdown, which the loop's condition sees.
                try? await Task.sleep(for: .seconds(60))
            }
        }
        let moment = control.now()
        try await control.store.write { try $0.set(Self.runningKey, to: nil, at: moment) }
    }

    private func look() async {
        do {
            try watchCycles()
            try watchDisk()
            try await backUpIfDue()
            let limit = control.now().addingTimeInterval(-2 * 86_400)
            try await control.store.write { try $0.forgetOldUpdates(before: limit) }
        } catch is CancellationError {
            // Leaving; the next start looks again.
        } catch {
            logger.error("care failed", metadata: ["error": "\(error)"])
        }
    }

    /// One alarm when no cycle was judged for twice the retrain period, one all-clear when one was.
    private func watchCycles() throws {
        guard let retrain = control.configuration.schedule.jobs["retrain"] else { return }
        let moment = control.now()
        let limit = 2 * retrain.period(around: moment)
        try control.store.write { transaction in
            let isPaused = try control.pausedBy(transaction) != nil
            // Before the first cycle, and after a pause, the clock starts with the process.
            let since = max(try transaction.lastSuccess() ?? .distantPast, control.startedAt)
            let isLate = !isPaused && moment.timeIntervalSince(since) > limit
            let last = try transaction.lastSuccess()
            let detail = "no successful cycle for \(Int(limit / 3600 * 10) / 10) h"
            if isLate {
                _ = try transaction.raiseAlarm(Self.noCycleAlarm, at: moment) {
                    try ControlEvent.alarmRaised(.init(key: Self.noCycleAlarm, detail: detail, since: since))
                        .record(at: moment)
                }
            } else if let raised = try transaction.alarm(Self.noCycleAlarm), let last, last > raised {
                _ = try transaction.clearAlarm(Self.noCycleAlarm) { raisedAt in
                    try ControlEvent.alarmCleared(
                        .init(key: Self.noCycleAlarm, detail: detail, since: raisedAt, until: moment)
                    ).record(at: moment)
                }
            }
        }
    }

    private func watchDisk() throws {
        guard let free = ProcessFigures.freeBytes(at: control.configuration.dataFolder) else { return }
        let moment = control.now()
        let detail = "less than \(Self.leastFreeBytes >> 20) MiB free for the data folder"
        try control.store.write { transaction in
            if free < Self.leastFreeBytes {
                _ = try transaction.raiseAlarm(Self.diskAlarm, at: moment) {
                    try ControlEvent.alarmRaised(.init(key: Self.diskAlarm, detail: detail, since: moment))
                        .record(at: moment)
                }
            } else if free > 2 * Self.leastFreeBytes {
                _ = try transaction.clearAlarm(Self.diskAlarm) { raisedAt in
                    try ControlEvent.alarmCleared(
                        .init(key: Self.diskAlarm, detail: detail, since: raisedAt, until: moment)
                    ).record(at: moment)
                }
            }
        }
    }

    private func backUpIfDue() async throws {
        let newest = Backups(folder: self.control.configuration.backupsFolder).newest
        let control = control
        let age = newest.map { control.now().timeIntervalSince($0.date) } ?? .infinity
        guard age >= control.configuration.backup.interval else { return }
        _ = try await utility.run { try control.backUp() }
    }
}
