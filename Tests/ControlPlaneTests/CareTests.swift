import ControlPlane
import Foundation
import GRDB
import Logging
import Schedule
import ServiceLifecycle
import Store
import Testing

/// Schedule, alarms, backups, the log and the lock.
struct CareTests {
    private func run(_ service: any Service, until condition: () throws -> Bool) async throws {
        let task = Task { try await service.run() }
        try await eventually(condition)
        task.cancel()
        // Ends by cancellation, which some services report as an error.
        _ = try? await task.value
    }

    // MARK: Schedule

    private func scheduled(_ workshop: Workshop) throws -> any Service {
        _ = try workshop.control.makeServices()
        return try #require(workshop.control.learningSchedule)
    }

    private func workshop(runsMissed: Bool = true, at start: TimeInterval = 1_709_294_400) throws -> Workshop {
        let cron = try CronExpression(parsing: "0 */6 * * *")
        return try Workshop(clock: Clock(Date(timeIntervalSince1970: start))) {
            $0.schedule.jobs = ["retrain": cron]
            $0.schedule.runsMissed = runsMissed
        }
    }

    private func lastRan(_ workshop: Workshop, hoursAgo: Double) throws {
        let time = workshop.clock.now.addingTimeInterval(-hoursAgo * 3600)
        try workshop.write { try $0.recordScheduleRun(job: "retrain", scheduledFor: time, outcome: "run") }
    }

    private func lastRun(_ workshop: Workshop) throws -> Date? {
        try workshop.store.read { try $0.scheduleRuns() }["retrain"]
    }

    private func misses(_ workshop: Workshop) throws -> [ControlEvent.ScheduleMiss] {
        try workshop.events().compactMap { if case .scheduleMissed(let miss) = $0 { miss } else { nil } }
    }

    @Test("a run that is due is started, stored, and queues one cycle, also when it is given twice")
    func onTime() async throws {
        let workshop = try workshop()
        try lastRan(workshop, hoursAgo: 6)
        let noon = workshop.clock.now
        try await run(scheduled(workshop)) { try lastRun(workshop) == noon }
        let queued = try #require(try workshop.store.read { try $0.activeCycle() })
        #expect(queued.trigger == "cron" && queued.idempotencyKey == "cron:retrain:1709294400000")
        #expect(try misses(workshop).isEmpty)
        // A kill between the order and its record gives the same order again.
        try workshop.write { try $0.set("schedule.probe", to: "1", at: noon) }
        try workshop.store.execute("DELETE FROM schedule_runs")
        try lastRan(workshop, hoursAgo: 6)
        try await run(scheduled(workshop)) { try lastRun(workshop) == noon }
        #expect(try workshop.store.read { try $0.cycles(limit: 9) }.count == 1)
        #expect(try misses(workshop).isEmpty)
    }

    @Test("a run that was missed runs once, late, and is told of")
    func late() async throws {
        let workshop = try workshop(at: 1_709_294_400 + 3600)
        try lastRan(workshop, hoursAgo: 19)
        let noon = Date(timeIntervalSince1970: 1_709_294_400)
        try await run(scheduled(workshop)) { try lastRun(workshop) == noon }
        #expect(try workshop.store.read { try $0.cycles(limit: 9) }.count == 1)
        #expect(try misses(workshop).map(\.ran) == [true])
        #expect(try misses(workshop).map(\.scheduledFor) == [noon])
    }

    @Test("where missed runs are skipped, the skip is stored and told of")
    func skipped() async throws {
        let workshop = try workshop(runsMissed: false, at: 1_709_294_400 + 3600)
        try lastRan(workshop, hoursAgo: 7)
        let noon = Date(timeIntervalSince1970: 1_709_294_400)
        try await run(scheduled(workshop)) { try lastRun(workshop) == noon }
        #expect(try workshop.store.read { try $0.cycles(limit: 9) }.isEmpty)
        #expect(try misses(workshop).map(\.reason) == ["missed by 3600 s"])
        #expect(try misses(workshop).map(\.ran) == [false])
    }

    @Test("a paused schedule stays paused over a restart, skips in silence, and goes on when resumed")
    func paused() async throws {
        let workshop = try workshop()
        #expect(try workshop.write { try workshop.control.pause(by: "Ann", in: $0) })
        #expect(try !workshop.write { try workshop.control.pause(by: "Bob", in: $0) })
        try lastRan(workshop, hoursAgo: 6)
        let noon = workshop.clock.now
        try await run(scheduled(workshop)) { try lastRun(workshop) == noon }
        #expect(try workshop.store.read { try $0.cycles(limit: 9) }.isEmpty)
        #expect(try misses(workshop).isEmpty)
        let pause = try workshop.store.read { try workshop.control.pausedBy($0) }
        #expect(pause?.by == "Ann" && pause?.since == noon)
        #expect(try workshop.write { try workshop.control.resume(in: $0) })
        #expect(try !workshop.write { try workshop.control.resume(in: $0) })
        workshop.clock.advance(6 * 3600)
        try await run(scheduled(workshop)) { try lastRun(workshop) == noon.addingTimeInterval(6 * 3600) }
        #expect(try workshop.store.read { try $0.cycles(limit: 9) }.count == 1)
    }

    @Test("a run that is due while a cycle goes on is not queued, and names the cycle")
    func busy() async throws {
        let workshop = try workshop()
        let active = try #require(try workshop.request().queued)
        try lastRan(workshop, hoursAgo: 6)
        let noon = workshop.clock.now
        try await run(scheduled(workshop)) { try lastRun(workshop) == noon }
        #expect(try misses(workshop).map(\.reason) == ["cycle \(active.id) is still running"])
        #expect(try workshop.store.read { try $0.cycles(limit: 9) }.count == 1)
    }

    // MARK: Alarms

    @Test("no judged cycle for twice the period raises one alarm; the next judged one clears it, once")
    func alarm() async throws {
        let workshop = try Workshop {
            $0.schedule.jobs = ["retrain": try? CronExpression(parsing: "0 */6 * * *")].compactMapValues { $0 }
            $0.backup.interval = 0
        }
        func look(after hours: Double) async throws -> [String] {
            workshop.clock.advance(hours * 3600)
            let care = try #require(workshop.control.makeServices().first { $0 is CareService })
            // The backup is the last thing but one it does, and shows that the rest was looked at.
            let file = Backups(folder: workshop.control.configuration.backupsFolder).file(for: workshop.clock.now)
            try await run(care) { FileManager.default.fileExists(atPath: file.path) }
            return try workshop.kinds().filter { $0.hasPrefix("alarm") }
        }
        #expect(try await look(after: 11.9).isEmpty)
        #expect(try await look(after: 0.2) == ["alarm.raised"])
        #expect(try await look(after: 5) == ["alarm.raised"])
        #expect(workshop.control.health().level == .failing)
        try workshop.write { transaction in
            var cycle = try transaction.enqueue(
                CycleRecord(
                    idempotencyKey: nil, trigger: "cli", requestedBy: "test", steps: 1, seed: nil,
                    createdAt: workshop.clock.now)
            ).cycle
            cycle.state = .rejected
            cycle.finishedAt = workshop.clock.now
            try transaction.update(cycle)
        }
        #expect(try await look(after: 0.1) == ["alarm.raised", "alarm.cleared"])
        #expect(try await look(after: 0.1) == ["alarm.raised", "alarm.cleared"])
    }

    @Test("the first start and a start after a goodbye are quiet; a start without one says so")
    func goodbye() throws {
        func starts(_ workshop: Workshop) throws -> [Bool] {
            try workshop.events().compactMap {
                if case .serviceStarted(let start) = $0 { start.afterCrash } else { nil }
            }
        }
        let workshop = try Workshop()
        _ = try workshop.control.makeServices()
        _ = try workshop.control.makeServices()
        #expect(try starts(workshop) == [false, true])
    }

    // MARK: Backups, log, lock

    @Test("backups are named by their moment, found oldest first, and only the newest are kept")
    func backups() throws {
        let workshop = try Workshop()
        for _ in 0..<4 {
            _ = try workshop.control.backUp()
            workshop.clock.advance(3600)
        }
        #expect(
            try workshop.folder.names("backups") == [
                "marketflow-20240301T140000Z.db", "marketflow-20240301T150000Z.db",
            ])
        let newest = try #require(Backups(folder: workshop.control.configuration.backupsFolder).newest)
        #expect(newest.date == Date(timeIntervalSince1970: 1_709_294_400 + 3 * 3600))
        #expect(try Store(path: newest.file.path).integrity() == "ok")
    }

    @Test("a secret never reaches the log, in message or metadata, alone or within a longer one")
    func secrets() {
        let tail = LogTail()
        tail.conceal("123456:AAF-token")
        tail.conceal("123456:AAF-token-of-another-bot")
        tail.conceal("short")
        var logger = Logger(label: "test") { tail.handler(label: $0, level: .trace) }
        logger[metadataKey: "bot"] = "123456:AAF-token"
        logger.info(
            "GET https://host/bot123456:AAF-token/getMe\nshort", metadata: ["key": "123456:AAF-token-of-another-bot"])
        let text = tail.newest(10).joined(separator: "\n")
        #expect(!text.contains("AAF") && !text.contains("another-bot"))
        #expect(text.contains("https://host/bot••••/getMe ⏎ short"))
        #expect(tail.newest(10).count == 1)
    }

    @Test("the log keeps its newest lines, and a bounded number of them")
    func tail() {
        let tail = LogTail()
        let logger = Logger(label: "test") { label in
            var handler = tail.handler(label: label, level: .info)
            handler.logLevel = .info
            return handler
        }
        logger.debug("not written")
        for index in 0..<LogTail.limit + 20 { logger.info("line \(index).") }
        #expect(tail.newest(10_000).count == LogTail.limit)
        #expect(tail.newest(1).first?.hasSuffix("line \(LogTail.limit + 19).") == true)
        #expect(tail.newest(10_000).first?.hasSuffix("line 20.") == true)
    }

    @Test("a second process is refused the data folder until the first is gone")
    func lock() throws {
        let folder = try Folder()
        do {
            let held = try InstanceLock(folder: folder.url)
            let error = #expect(throws: InstanceLockError.self) { try InstanceLock(folder: folder.url) }
            #expect(error?.description.hasPrefix("another MarketFlow process uses this data folder") == true)
            withExtendedLifetime(held) {}
        }
        _ = try InstanceLock(folder: folder.url)
        #expect(throws: InstanceLockError.self) {
            try InstanceLock(folder: folder.url.appendingPathComponent("missing"))
        }
    }

    // MARK: Threads

    @Test("leaving the process overrides a user's stop; otherwise the first reason stays")
    func stopFlag() throws {
        let flag = StopFlag()
        try flag.check()
        flag.raise(.cancelled)
        #expect(throws: Stopped.self) { try flag.check() }
        flag.raise(.shutdown)
        flag.raise(.cancelled)
        #expect(flag.reason == .shutdown)
    }

    @Test("a worker runs its work in order, hands on errors, and refuses work once closed")
    func worker() async throws {
        struct Refusal: Error {}
        let worker = WorkerThread(name: "worker", niceness: 0)
        #expect(try await worker.run { 6 * 7 } == 42)
        await #expect(throws: Refusal.self) { try await worker.run { throw Refusal() } }
        worker.close()
        await #expect(throws: CancellationError.self) { try await worker.run { 1 } }
    }
}

extension Store {
    func execute(_ sql: String) throws { try pool.writeWithoutTransaction { try $0.execute(sql: sql) } }
}
