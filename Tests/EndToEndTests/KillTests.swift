import BotAPIServer
import Foundation
import Store
import Testing

@Suite("Whenever the process dies", .serialized, .timeLimit(.minutes(30)))
struct KillTests {
    /// Two hundred with `MARKETFLOW_LONG_TESTS` in the environment.
    static let kills = ProcessInfo.processInfo.environment["MARKETFLOW_LONG_TESTS"] == nil ? 12 : 200

    @Test("no order is lost or carried out twice, every cycle ends once and is told, and the database is whole")
    func randomKills() async throws {
        try await Town.visit { town in
            // Steps of about equal length, so that a random moment finds each of them.
            let settings = ["training.steps": "4000", "notifications.levels.service": "off"]
            var service = try await town.serveAndPair(settings)
            var ordered: Int64 = 0
            var deaths: [String: Int] = [:]
            for _ in 0..<Self.kills {
                if try town.stored({ try $0.activeCycle() }) == nil, try town.stored({ try $0.lastCycle() }) == ordered
                {
                    await town.sends("/train")
                    ordered += 1
                }
                try await Task.sleep(for: .milliseconds(.random(in: 0...900)))
                try await service.killAtOnce()
                deaths[try town.moment(ordered: ordered), default: 0] += 1
                service = try town.serve(settings)
            }
            print(
                "killed in:", deaths.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))

            _ = try await town.waitForEnd(of: ordered, timeout: .seconds(60))
            try await eventually("everything to be told", .seconds(600)) {
                try town.stored {
                    try $0.position(of: "notifier") == $0.lastEventId() && $0.outboxDepth() == 0 ? () : nil
                }
            }
            try await everythingIsTold(ordered, in: town)
            try everythingIsWhole(ordered, in: town)
            #expect(await town.telegram.violations.isEmpty)
            try await service.waitForLog(containing: "HTTP listens")
            #expect(try await service.terminate().status == 0)
        }
    }

    private func everythingIsTold(_ ordered: Int64, in town: Town) async throws {
        let messages = await town.telegram.messages(in: Town.admin).filter { $0.from == town.telegram.botID }
        for cycle in 1...ordered {
            let copies = messages.filter { $0.text.contains("Cycle \(cycle) took ") }
            #expect(!copies.isEmpty, "nobody was told of the end of cycle \(cycle)")
            let unmarked = copies.filter { !$0.text.contains("may be a repeat") }
            #expect(unmarked.count <= 1, "cycle \(cycle) was told twice without a word")
            let answers = messages.filter {
                $0.text.contains("Cycle \(cycle) queued") || $0.text.hasPrefix("Cycle \(cycle): ")
                    || $0.text.hasPrefix("⏳ Cycle \(cycle) ")
            }
            #expect(!answers.isEmpty, "the order of cycle \(cycle) was not answered")
        }
        let repeats = messages.filter { $0.text.contains("may be a repeat") }.count
        print("\(ordered) cycles, \(messages.count) messages, \(repeats) marked as possible repeats")
    }

    private func everythingIsWhole(_ ordered: Int64, in town: Town) throws {
        let store = try town.database()
        #expect(try store.integrity() == "ok")
        try store.read { transaction in
            let cycles = try transaction.cycles(limit: 10_000)
            #expect(cycles.count == Int(ordered), "each order is one cycle")
            #expect(cycles.allSatisfy { $0.state.isFinished })
            let ends = try transaction.events(after: 0, limit: 1_000_000).filter { $0.kind == "cycle.finished" }
            #expect(ends.compactMap { $0.cycleId }.sorted() == Array(1...ordered))
            let policies = try transaction.policies(limit: 10_000)
            #expect(policies.allSatisfy { $0.state != .pending })
            #expect(Set(policies.map(\.cycleId)).count == policies.count, "a cycle publishes once")
            let judged = cycles.filter(\.state.isSuccess).map(\.id)
            #expect(Set(policies.compactMap(\.cycleId)) == Set(judged))
            let champion = try #require(try transaction.policy(in: .champion))
            #expect(try town.champion() == champion.name)
            let outcomes = Dictionary(grouping: cycles, by: \.state.rawValue).mapValues(\.count)
            print(
                "outcomes:", outcomes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            )
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: town.policies.path)
        #expect(files.allSatisfy { !$0.hasSuffix(".partial") }, "\(files)")
    }

    @Test("SIGTERM ends a training process within two seconds, and the next start goes on with the same cycle")
    func gracefulStop() async throws {
        try await Town.visit { town in
            let first = try await town.serveAndPair()
            try await town.asks("/train 3000000", expecting: "queued")
            try await eventually("training") { try town.cycle(1)?.step == "train" ? () : nil }
            try await Task.sleep(for: .milliseconds(300))
            let end = try await first.terminate()
            #expect(end.status == 0)
            #expect(end.took < .seconds(2))
            #expect(try town.cycle(1)?.state == .running, "it is put by, not ended")

            let second = try town.serve()
            try await eventually("the same cycle") { try town.cycle(1)?.attempt == 2 ? () : nil }
            try await town.asks("/stop", expecting: "Stopping cycle 1")
            #expect(try await town.waitForEnd(of: 1).state == .cancelled)
            #expect(try await second.terminate().status == 0)
        }
    }

    @Test("a version that was half written before is written anew")
    func halfWrittenVersion() async throws {
        try await Town.visit { town in
            for name in [".RL-Agent-v1.partial", "RL-Agent-v1"] {
                let folder = town.policies.appendingPathComponent(name)
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try Data("half".utf8).write(to: folder.appendingPathComponent("weights.mfp"))
            }
            _ = try await town.serveAndPair()
            try await town.asks("/train", expecting: "queued")
            #expect(try await town.waitForEnd(of: 1).state == .promoted)
            #expect(try town.champion() == "RL-Agent-v1")
            let partial = town.policies.appendingPathComponent(".RL-Agent-v1.partial").path
            #expect(!FileManager.default.fileExists(atPath: partial))
        }
    }

    @Test("a cycle that its process does not survive three times ends as interrupted, and says so once")
    func interrupted() async throws {
        try await Town.visit { town in
            var service = try await town.serveAndPair()
            try await town.asks("/train 500000000", expecting: "queued")
            for attempt in 1...3 {
                try await eventually("attempt \(attempt)") {
                    let cycle = try town.cycle(1)
                    return cycle?.step == "train" && cycle?.attempt == attempt ? () : nil
                }
                try await service.killAtOnce()
                service = try town.serve()
            }
            #expect(try await town.waitForEnd(of: 1).state == .interrupted)
            let notice = try await town.reads("⚠️ Cycle 1 was interrupted in “train”")
            #expect(notice.text.contains("the process ended 3 times during “train”"))
            try await town.asks("/train", expecting: "Cycle 2 queued")
            #expect(try await town.waitForEnd(of: 2).state == .promoted)
        }
    }
}

extension Town {
    /// Where the process was when it died.
    fileprivate func moment(ordered: Int64) throws -> String {
        guard let cycle = try cycle(ordered) else { return "before the order was stored" }
        if cycle.state == .queued { return "queued" }
        if cycle.state.isFinished {
            return try stored { try $0.outboxDepth() } > 0 ? "telling" : "idle"
        }
        return cycle.step ?? "running"
    }
}

extension Transaction {
    fileprivate func lastCycle() throws -> Int64 { try cycles(limit: 1).first?.id ?? 0 }
}
