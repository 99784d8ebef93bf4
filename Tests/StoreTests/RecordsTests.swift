import Foundation
import Store
import Testing

/// Cycles, versions, experience, trades, events and figures as rows.
struct RecordsTests {
    private let folder: Folder
    private let store: Store

    init() throws {
        folder = try Folder()
        store = try folder.store()
    }

    private func cycle(_ key: String?, seed: Int64? = nil) throws -> (cycle: CycleRecord, isNew: Bool) {
        try store.write {
            try $0.enqueue(
                CycleRecord(
                    idempotencyKey: key, trigger: "http", requestedBy: "n8n", steps: 1_000, seed: seed, createdAt: noon)
            )
        }
    }

    // MARK: Cycles

    @Test("an order given twice with the same key is one cycle")
    func idempotencyKey() throws {
        let first = try cycle("key")
        let second = try cycle("key")
        #expect(first.isNew && !second.isNew && first.cycle.id == second.cycle.id)
        #expect(try cycle(nil).isNew)
        #expect(try cycle(nil).isNew)
        #expect(try store.read { try $0.cycles(limit: 10) }.count == 3)
    }

    @Test("a cycle comes back as it was stored, an extreme seed included")
    func cycleRoundTrip() throws {
        var record = try cycle("key", seed: Int64(bitPattern: .max)).cycle
        record.state = .running
        record.step = "train"
        record.attempt = 2
        record.startedAt = noon
        record.stopRequested = true
        let moved = record
        try store.write { try $0.update(moved) }
        let stored = try #require(try store.read { try $0.cycle(withKey: "key") })
        #expect(stored.seed == -1 && stored.state == .running && stored.step == "train" && stored.attempt == 2)
        #expect(stored.startedAt == noon && stored.stopRequested && stored.finishedAt == nil)
    }

    @Test("the running cycle is active before the oldest queued one")
    func active() throws {
        #expect(try store.read { try $0.activeCycle() } == nil)
        var records = try (0..<3).map { _ in try cycle(nil).cycle }
        #expect(try store.read { try $0.activeCycle() }?.id == records[0].id)
        records[2].state = .running
        let moved = records[2]
        try store.write { try $0.update(moved) }
        #expect(try store.read { try $0.activeCycle() }?.id == records[2].id)
    }

    @Test("only judged cycles count as success")
    func successes() throws {
        for (index, state) in [CycleState.promoted, .failed, .rejected, .cancelled, .interrupted].enumerated() {
            var record = try cycle(nil).cycle
            record.state = state
            record.finishedAt = noon.addingTimeInterval(Double(index))
            let moved = record
            try store.write { try $0.update(moved) }
        }
        #expect(try store.read { try $0.lastSuccess() } == noon.addingTimeInterval(2))
        #expect(try store.read { try $0.finishedCycles(since: noon) } == 2)
        #expect(try store.read { try $0.finishedCycles(since: noon.addingTimeInterval(1)) } == 1)
        #expect(try store.read { try $0.cycleCounts() }[.cancelled] == 1)
    }

    @Test("the result of a step that ran again replaces the one before")
    func steps() throws {
        let id = try cycle(nil).cycle.id
        for attempt in 1...2 {
            try store.write {
                try $0.save(
                    CycleStepRecord(
                        cycleId: id, step: "train", attempt: attempt, startedAt: noon, finishedAt: noon, result: "{}"))
            }
        }
        #expect(try store.read { try $0.steps(of: id) }.map(\.attempt) == [2])
    }

    // MARK: Versions

    private func states() throws -> [Int: PolicyState] {
        Dictionary(uniqueKeysWithValues: try store.read { try $0.policies(limit: 10) }.map { ($0.version, $0.state) })
    }

    @Test("promotion leaves one champion and one fallback, also when it goes back")
    func promotion() throws {
        for version in 1...3 {
            #expect(try store.read { try $0.nextPolicyVersion() } == version)
            try store.write { transaction in
                try transaction.save(
                    PolicyRecord(
                        version: version, state: .pending, cycleId: nil, parent: nil, createdAt: noon, sha256: "",
                        manifest: "{}"))
                try transaction.promote(version, at: noon.addingTimeInterval(Double(version)))
            }
        }
        #expect(try states() == [1: .retired, 2: .fallback, 3: .champion])
        try store.write { try $0.promote(2, at: noon) }
        #expect(try states() == [1: .retired, 2: .champion, 3: .fallback])
        try store.write { try $0.promote(1, at: noon) }
        #expect(try states() == [1: .champion, 2: .fallback, 3: .retired])
        try store.write { try $0.promote(1, at: noon) }
        #expect(try states() == [1: .champion, 2: .fallback, 3: .retired])
        #expect(try store.read { try $0.policy(1)?.deployedAt } == noon)
    }

    @Test("a second champion is refused by the database itself")
    func oneChampion() throws {
        func save(_ version: Int) throws {
            try store.write {
                try $0.save(
                    PolicyRecord(
                        version: version, state: .champion, cycleId: nil, parent: nil, createdAt: noon, sha256: "",
                        manifest: "{}"))
            }
        }
        try save(1)
        #expect(throws: StoreError.self) { try save(2) }
    }

    // MARK: Experience

    private func experience(_ times: Range<Int>, version: Int = 1) -> [ExperienceRow] {
        times.map {
            ExperienceRow(
                policyVersion: version, symbol: "BTCUSDT", interval: "1h", synthetic: true, layout: "trading-1",
                timestamp: noon.addingTimeInterval(Double($0)), state: Data([1, 2, 3, 4]), action: 1, reward: 0.5,
                nextState: Data([5, 6, 7, 8]))
        }
    }

    @Test("experience known already is not stored again, and only the newest rows are kept")
    func experienceLimit() throws {
        try store.write { try $0.insert(experience(0..<10), keep: 8) }
        #expect(try store.read { try $0.experienceCount() } == 8)
        try store.write { try $0.insert(experience(2..<10), keep: 8) }
        #expect(try store.read { try $0.experienceCount() } == 8)
        try store.write { try $0.insert(experience(10..<13), keep: 8) }
        let kept = try store.pool.read { try ExperienceRow.fetchAll($0).map(\.timestamp).sorted() }
        #expect(kept == (5..<13).map { noon.addingTimeInterval(Double($0)) })
        try store.write { try $0.insert(experience(5..<7, version: 2), keep: 100) }
        #expect(try store.read { try $0.experienceCount() } == 10)
    }

    // MARK: Trades

    @Test("the same entry of the same source is one trade")
    func tradeOnce() throws {
        func insert(_ source: String) throws -> Int64? {
            let row = TradeRow(
                source: source, policyVersion: 1, symbol: "BTCUSDT", interval: "1h", synthetic: true, side: "long",
                entryAt: noon, exitAt: noon.addingTimeInterval(3600), entryPrice: 100, exitPrice: 101,
                grossReturn: 0.01,
                fees: 0.002, slippage: 0.0004, netReturn: 0.0076, bars: 1, exitReason: "signal", detail: "{}",
                recordedAt: noon)
            return try store.write { try $0.insert(row) }
        }
        #expect(try insert("paper") == 1)
        #expect(try insert("paper") == nil)
        #expect(try insert("mybot") ?? 0 > 1)
        #expect(try store.read { try $0.trade(1) }?.netReturn == 0.0076)
        #expect(try store.read { try $0.trades(closedSince: noon.addingTimeInterval(3600)) }.count == 2)
        #expect(try store.read { try $0.trades(closedSince: noon.addingTimeInterval(3601)) }.isEmpty)
    }

    // MARK: Events, settings, figures

    @Test("a reader of the log goes on where it stopped")
    func log() throws {
        let ids = try store.write { transaction in
            try (0..<5).map {
                try transaction.append(EventRecord(at: noon, kind: "k\($0)", cycleId: nil, payload: "{}"))
            }
        }
        #expect(try store.read { try $0.position(of: "notifier") } == nil)
        try store.write { try $0.setPosition(of: "notifier", to: ids[1]) }
        try store.write { try $0.setPosition(of: "notifier", to: ids[2]) }
        let position = try #require(try store.read { try $0.position(of: "notifier") })
        #expect(try store.read { try $0.events(after: position, limit: 10) }.map(\.kind) == ["k3", "k4"])
        #expect(try store.read { try $0.events(after: 0, limit: 2) }.map(\.kind) == ["k0", "k1"])
        #expect(try store.read { try $0.latestEvents(limit: 2) }.map(\.kind) == ["k4", "k3"])
        #expect(try store.read { try $0.lastEventId() } == ids[4])
    }

    @Test("an alarm is raised once and cleared once")
    func alarm() throws {
        func raise() throws -> Bool {
            try store.write {
                try $0.raiseAlarm("disk", at: noon) {
                    EventRecord(at: noon, kind: "alarm.raised", cycleId: nil, payload: "{}")
                }
            }
        }
        func clear() throws -> Bool {
            try store.write { transaction in
                try transaction.clearAlarm("disk") { raisedAt in
                    #expect(raisedAt == noon)
                    return EventRecord(at: noon, kind: "alarm.cleared", cycleId: nil, payload: "{}")
                }
            }
        }
        #expect(try [clear(), raise(), raise(), clear(), clear(), raise()] == [false, true, false, true, false, true])
        #expect(
            try store.read { try $0.events(after: 0, limit: 9) }.map(\.kind) == [
                "alarm.raised", "alarm.cleared", "alarm.raised",
            ])
        #expect(try store.read { try $0.standingAlarms() }.map(\.key) == ["disk"])
    }

    @Test("a setting is set, replaced and removed")
    func settings() throws {
        for value in ["1", "2", nil] {
            try store.write { try $0.set("key", to: value, at: noon) }
            #expect(try store.read { try $0.setting("key") } == value)
        }
    }

    @Test("a late report of an earlier run does not move a job's last run back")
    func scheduleRuns() throws {
        for seconds in [60.0, 120, 0] {
            try store.write {
                try $0.recordScheduleRun(job: "retrain", scheduledFor: noon.addingTimeInterval(seconds), outcome: "run")
            }
        }
        #expect(try store.read { try $0.scheduleRuns() } == ["retrain": noon.addingTimeInterval(120)])
    }

    @Test("a figure that is no number is left out")
    func metrics() throws {
        try store.write { transaction in
            for (index, value) in [0.25, .nan, .infinity, 0.5].enumerated() {
                try transaction.record(
                    MetricRow(at: noon.addingTimeInterval(Double(index)), name: "drift", value: value))
            }
        }
        #expect(try store.read { try $0.metrics("drift", since: noon) }.map(\.value) == [0.25, 0.5])
        #expect(try store.read { try $0.latestMetric("drift") }?.value == 0.5)
        #expect(try store.read { try $0.latestMetric("other") } == nil)
    }

    @Test(
        "times are kept to the millisecond, before 1970 too",
        arguments: [0, 1, -1, 1_709_294_400_123, -86_400_001] as [Int64])
    func milliseconds(_ time: Int64) { #expect(Date(milliseconds: time).milliseconds == time) }
}
