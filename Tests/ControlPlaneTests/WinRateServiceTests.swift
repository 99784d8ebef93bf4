import ControlPlane
import Ensemble
import Foundation
import Market
import Store
import Testing

/// A short test on two symbols of the synthetic market.
private func shop(
    folder: Folder? = nil, clock: Clock = Clock(), change: (inout EnsemblePlan) -> Void = { _ in }
) throws -> Workshop {
    try Workshop(folder: folder, clock: clock) { configuration in
        configuration.ensemble.symbols = ["BTCUSDT", "ETHUSDT"].compactMap(Symbol.init(rawValue:))
        configuration.ensemble.periodDays = 12
        configuration.ensemble.learningDays = 20
        configuration.ensemble.maximumIterations = 3
        configuration.ensemble.rules.maximumBars = 24
        // Nothing proves this much, so that all windows are judged.
        configuration.ensemble.targetWinRate = 1
        change(&configuration.ensemble)
    }
}

extension Workshop {
    fileprivate func requestSession() throws -> SessionRecord {
        let request = try store.write { try control.winRate.request(trigger: "cli", by: "test", in: $0) }
        guard case .queued(let record) = request else { throw CancellationError() }
        return record
    }

    fileprivate func session(_ id: Int64) throws -> SessionRecord {
        try #require(try store.read { try $0.session(id) })
    }
}

struct WinRateServiceTests {
    @Test(
        "a session is stored whole: iterations, trades with votes, weight moves, snapshots, one event, report in both languages"
    )
    func whole() async throws {
        let shop = try shop()
        let id = try shop.requestSession().id
        await shop.control.winRate.drainQueue()
        let record = try shop.session(id)
        #expect(record.state == .finished && record.iterations == 3 && record.reason == nil)
        let (iterations, trades, changes, models, snapshots) = try shop.store.read {
            (
                try $0.iterations(of: id), try $0.trades(of: id), try $0.weightChanges(ofSession: id),
                try $0.models(of: id), try $0.snapshots(limit: 10)
            )
        }
        #expect(iterations.count == 3 && !trades.isEmpty && !changes.isEmpty)
        #expect(models.count == 3 * 5)
        let summary = try JSON.value(try #require(record.result), as: SessionSummary.self)
        #expect(summary.figures.trades == trades.count && summary.isSynthetic)
        #expect(summary.faults["lgbm_ai"] != nil)
        let decision = try JSON.value(trades[0].decision, as: EnsembleDecision.self)
        #expect(Set(decision.votes.map(\.model)).isSuperset(of: ["trading_ai", "lava_ai"]))
        #expect(snapshots.count == 2)
        let kinds = try shop.kinds()
        #expect(kinds.count { $0 == "session.finished" } == 1)
        let weights = try shop.store.read { try shop.control.ensemble.weights($0) }
        #expect(abs(weights.table.values.reduce(0, +) - 1) < 1e-9)
        #expect(
            try shop.folder.names("reports") == [
                "session-1.html", "session-1.png", "session-1.ru.html", "session-1.ru.png",
            ])
        #expect(try shop.folder.names("plots").count == 10)
    }

    @Test("cut off after any iteration it goes on behind it and ends the same, to the last digit")
    func resumes() async throws {
        let reference = try shop()
        let id = try reference.requestSession().id
        await reference.control.winRate.drainQueue()
        let broken = try shop()
        _ = try broken.requestSession()
        await broken.control.winRate.drainQueue()
        // As if the process had died behind the second iteration.
        try broken.write { transaction in
            var row = try #require(try transaction.session(id))
            let second = try #require(try transaction.iterations(of: id).dropFirst().first)
            row.state = .running
            row.iterations = 2
            row.finishedAt = nil
            row.weights = try Self.weights(after: second, of: row)
            try transaction.update(row)
            try transaction.forgetIteration(3, of: id)
        }
        let restarted = try shop(folder: broken.folder, clock: broken.clock)
        await restarted.control.winRate.drainQueue()
        let (before, after) = (try reference.session(id), try restarted.session(id))
        #expect(after.state == .finished && after.iterations == 3 && after.attempt == 2)
        let trades = try [reference, restarted].map { shop in
            try shop.store.read { try $0.trades(of: id) }.map(\.result)
        }
        #expect(trades[0] == trades[1])
        let summaries = try [before, after].map { try JSON.value(try #require($0.result), as: SessionSummary.self) }
        #expect(summaries[0].figures.trades == summaries[1].figures.trades)
    }

    /// The weights of the finished session with those of an earlier iteration in their place.
    private static func weights(after row: SessionIterationRow, of record: SessionRecord) throws -> String {
        let table = try JSON.value(row.result, as: IterationResult.self).weightsAfter
        var weights = try JSON.value(try #require(record.weights), as: EnsembleWeights.self)
        _ = try weights.set(table, by: "a test")
        return try JSON.text(weights)
    }

    @Test("a stop order ends it as cancelled; what was judged stays, the weights in use are not touched")
    func stop() async throws {
        let shop = try shop()
        let record = try shop.requestSession()
        let before = try shop.store.read { try shop.control.ensemble.weights($0) }
        #expect(try shop.write { try shop.control.winRate.stop(record.id, in: $0) })
        await shop.control.winRate.drainQueue()
        #expect(try shop.session(record.id).state == .cancelled)
        #expect(try shop.store.read { try shop.control.ensemble.weights($0) } == before)
        #expect(try shop.write { try !shop.control.winRate.stop(record.id, in: $0) })
    }

    @Test("one at a time; the same key is the same order; too little history is a sentence")
    func orders() async throws {
        let shop = try shop { $0.learningDays = 3000 }
        let record = try shop.requestSession()
        let second = try shop.write { try shop.control.winRate.request(trigger: "cli", by: "x", in: $0) }
        guard case .busy(let busy) = second else {
            Issue.record("a second session was queued")
            return
        }
        #expect(busy.id == record.id)
        await shop.control.winRate.drainQueue()
        let ended = try shop.session(record.id)
        #expect(ended.state == .failed && ended.reason?.contains("days of candles") == true && ended.iterations == 0)
    }

    @Test("frozen weights stay as they are through a session, and a snapshot brings back earlier ones")
    func frozenAndBack() async throws {
        let shop = try shop()
        let first = try shop.write { transaction in
            try shop.control.ensemble.change(transaction, reason: "a test") { weights in
                weights.freeze(true)
                return []
            }
        }
        _ = try shop.requestSession()
        await shop.control.winRate.drainQueue()
        #expect(try shop.store.read { try shop.control.ensemble.weights($0) }.table == first.table)
        try shop.write { transaction in
            _ = try shop.control.ensemble.change(transaction, reason: "a test") { weights in
                try weights.set(["trading_ai": 0.3, "lava_ai": 0.3, "lgbm_ai": 0.4], by: "a test")
            }
            let snapshot = try #require(try transaction.snapshots(limit: 1).first)
            let earlier = try JSON.value(snapshot.weights, as: EnsembleWeights.self)
            let back = try shop.control.ensemble.change(transaction, reason: "back") {
                $0.restore(earlier, reason: "back")
            }
            #expect(back.table == first.table)
        }
    }

    @Test("an exported session comes in elsewhere under a number of its own; a damaged file stores nothing")
    func archive() async throws {
        let shop = try shop { $0.maximumIterations = 1 }
        let id = try shop.requestSession().id
        await shop.control.winRate.drainQueue()
        let archive = try #require(try shop.store.read { try SessionArchive(id, in: $0) })
        let text = try JSON.text(archive)
        let other = try self.other()
        let taken = try SessionArchive(decoding: Data(text.utf8))
        let number = try other.write { try taken.store(in: $0) }
        let stored = try other.store.read { (try $0.session(number), try $0.trades(of: number)) }
        #expect(stored.0?.state == .imported && stored.1.map(\.result) == archive.trades.map(\.result))
        #expect(throws: SessionArchive.Refusal.self) {
            _ = try SessionArchive(decoding: Data(text.replacing("\"netReturn\"", with: "\"nothing\"").utf8))
        }
        #expect(throws: SessionArchive.Refusal.self) { _ = try SessionArchive(decoding: Data("{}".utf8)) }
    }

    private func other() throws -> Workshop { try shop() }
}
