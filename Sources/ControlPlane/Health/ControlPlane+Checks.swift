import Foundation
import Store

extension ControlPlane {
    /// Database, candles, cycles, schedule, messages, memory and disk, each by what it last achieved.
    func coreChecks(_ transaction: Transaction) throws -> [HealthReport.Check] {
        [
            .init("database", .ok, "answers"), try candleCheck(transaction), try cycleCheck(transaction),
            try outboxCheck(transaction), scheduleCheck("schedule", learningSchedule), backupCheck(), memoryCheck(),
            diskCheck(),
        ]
    }

    private func backupCheck() -> HealthReport.Check {
        guard let newest = Backups(folder: configuration.backupsFolder).newest else {
            return .init("backup", .ok, "none yet")
        }
        let age = now().timeIntervalSince(newest.date)
        let isLate = age > 3 * configuration.backup.interval + 300
        return .init("backup", isLate ? .warning : .ok, "newest \(Int(max(0, age))) s old")
    }

    private func candleCheck(_ transaction: Transaction) throws -> HealthReport.Check {
        let market = configuration.market
        let ages = try market.symbols.map { symbol -> Double? in
            let last = try transaction.lastCandleTime(
                symbol: symbol, interval: market.interval, isSynthetic: ingestor.isSynthetic)
            return last.map { now().timeIntervalSince(Date(milliseconds: $0 + market.interval.milliseconds)) }
        }
        guard let worst = ages.map({ $0 ?? .infinity }).max(), worst.isFinite else {
            return .init("candles", .warning, "none yet")
        }
        let isLate = worst > 3 * Double(market.interval.milliseconds) / 1000 + 900
        return .init("candles", isLate ? .warning : .ok, "newest closed \(Int(max(0, worst))) s ago")
    }

    private func cycleCheck(_ transaction: Transaction) throws -> HealthReport.Check {
        if let since = try transaction.alarm(CareService.noCycleAlarm) {
            return .init("cycles", .failing, "none judged for too long (alarm since \(since.formatted(.iso8601)))")
        }
        guard let last = try transaction.lastSuccess() else { return .init("cycles", .ok, "none judged yet") }
        return .init("cycles", .ok, "last judged \(Int(now().timeIntervalSince(last))) s ago")
    }

    private func outboxCheck(_ transaction: Transaction) throws -> HealthReport.Check {
        let counts = try transaction.outboxCounts()
        let waiting = (counts[.pending] ?? 0) + (counts[.sending] ?? 0)
        return .init(
            "outbox", waiting > 50 ? .warning : .ok,
            "\(waiting) waiting, \(counts[.uncertain] ?? 0) uncertain, \(counts[.failed] ?? 0) failed")
    }

    private func scheduleCheck(_ name: String, _ service: ScheduleService?) -> HealthReport.Check {
        guard let service else { return .init(name, .ok, "not running here") }
        guard let tick = service.lastTick else { return .init(name, .warning, "not started yet") }
        let age = now().timeIntervalSince(tick)
        return .init(name, age > 150 ? .failing : .ok, "ticked \(Int(max(0, age))) s ago")
    }

    private func memoryCheck() -> HealthReport.Check {
        let bytes = ProcessFigures.residentBytes
        return .init("memory", bytes > 1 << 30 ? .warning : .ok, "\(bytes >> 20) MiB resident")
    }

    private func diskCheck() -> HealthReport.Check {
        guard let free = ProcessFigures.freeBytes(at: configuration.dataFolder) else {
            return .init("disk", .warning, "cannot be asked")
        }
        return .init("disk", free < CareService.leastFreeBytes ? .failing : .ok, "\(free >> 20) MiB free")
    }
}
