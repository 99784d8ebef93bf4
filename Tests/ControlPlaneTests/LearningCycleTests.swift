import ControlPlane
import Foundation
import Market
import MarketData
import Policies
import Store
import Testing

/// Real cycles on the synthetic market.
struct LearningCycleTests {
    @Test("a first cycle ends once, publishes a proven version, draws its chart and says so once")
    func first() async throws {
        let workshop = try Workshop()
        let record = try await workshop.cycle()
        #expect(record.state == .promoted, "\(record.reason ?? "")")
        #expect(record.finishedAt != nil && record.startedAt != nil)
        #expect(try workshop.kinds() == ["cycle.started", "cycle.finished"])
        #expect(
            try workshop.store.read { try $0.steps(of: record.id) }.map(\.step).sorted()
                == CycleStep.allCases.map(\.rawValue).sorted())

        let report = try record.decodedReport()
        guard case .cycleFinished(let told) = try #require(workshop.events().last) else {
            Issue.record("the last event is not the end of the cycle")
            return
        }
        #expect(told == report)
        #expect(report.serving == "RL-Agent-v1" && report.challenger == "RL-Agent-v1" && report.endedIn == nil)
        #expect(report.training?.steps ?? 0 >= 2_000)
        #expect(report.market?.synthetic == true && report.market?.bars == 1_440 && report.market?.missingBars == 0)

        let name = try #require(report.chart)
        let chart = try #require(FileManager.default.contents(atPath: workshop.control.path(ofChart: name)))
        #expect(chart.prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))

        let published = try workshop.control.verifiedPolicy(1)
        let row = try #require(try workshop.store.read { try $0.policy(in: .champion) })
        #expect(published.manifest.files["weights.mfp"] == published.sha256)
        #expect(row.version == 1 && row.sha256 == published.sha256 && row.cycleId == record.id && row.parent == nil)
        #expect(try PolicyManifest(decoding: Data(row.manifest.utf8)) == published.manifest)
        #expect(workshop.control.registry.championLink == 1)
        #expect(try workshop.folder.names("checkpoints").isEmpty)
        #expect(workshop.control.progress.snapshot == nil)
    }

    @Test("the bars judged on were never trained on, with the purged gap between")
    func purged() async throws {
        let workshop = try Workshop()
        _ = try await workshop.cycle()
        let manifest = try workshop.control.verifiedPolicy(1).manifest
        let hour: Int64 = 3_600_000
        let now = workshop.clock.now.milliseconds
        #expect(manifest.validatedOn == now - 10 * 24 * hour..<now)
        #expect(manifest.trainedOn == now - 60 * 24 * hour..<now - (10 * 24 + 10) * hour)
    }

    @Test("the next cycle continues from the champion, gathers its experience, and is judged against it")
    func second() async throws {
        // More trades than there are bars.
        let workshop = try Workshop { $0.gate.minimumTrades = 1_000_000 }
        _ = try await workshop.cycle()
        workshop.clock.advance(6 * 3600)
        let record = try await workshop.cycle()
        let report = try record.decodedReport()
        #expect(report.training?.parent == 1)
        #expect(report.validation?.champion != nil && report.drift?.policy != nil)
        #expect(report.market?.newBars == 6)
        #expect(try workshop.store.read { try $0.experienceCount() } == 50)
        #expect(record.state == .rejected)
        #expect(record.reason != nil && report.reasons.contains { !$0.passed })
        let row = try #require(try workshop.store.read { try $0.policy(2) })
        #expect(row.state == .rejected && row.parent == 1 && row.reason == record.reason)
        #expect(try workshop.store.read { try $0.policy(in: .champion) }?.version == 1)
        #expect(workshop.control.registry.championLink == 1)
        #expect(try workshop.control.verifiedPolicy(2).manifest.parent == 1)
    }

    @Test(
        "a challenger that learned longer than a champion that hardly did passes the gate, and the old one is the fallback"
    )
    func promoted() async throws {
        let workshop = try Workshop {
            $0.training.settings.learningRate = 0.002
            $0.training.settings.epochs = 4
            // It learns to trade little: ten days are few for ten trades.
            $0.gate.minimumTrades = 3
        }
        _ = try await workshop.cycle(steps: 256, seed: 3)
        let record = try await workshop.cycle(steps: 40_000)
        let report = try record.decodedReport()
        #expect(record.state == .promoted, "\(record.reason ?? "")")
        #expect(report.reasons.allSatisfy(\.passed) && report.serving == "RL-Agent-v2")
        let (challenger, champion) = (try #require(report.validation?.challenger), report.validation?.champion)
        #expect(challenger.totalReturn > (try #require(champion)).totalReturn)
        let states = try workshop.store.read { try $0.policies(limit: 3) }.map(\.state)
        #expect(states == [.champion, .fallback])
        let fallback = workshop.folder.url.appendingPathComponent("policies/fallback").path
        #expect(workshop.control.registry.championLink == 2)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: fallback) == "RL-Agent-v1")
    }

    @Test("a first version that loses is kept out with the reason, and the next one learns on from it")
    func keptOut() async throws {
        let workshop = try Workshop { $0.gate.firstModelAlpha = 0.5 }
        let first = try await workshop.cycle()
        #expect(first.state == .rejected && first.reason?.hasPrefix("First model, worse than not trading") == true)
        #expect(try workshop.store.read { try $0.policy(in: .champion) } == nil)
        #expect(workshop.control.registry.championLink == nil)
        #expect(try first.decodedReport().serving == nil)
        #expect(try await workshop.cycle().decodedReport().training?.parent == 1)
    }

    @Test("same seed, same candles: the same weights, bit for bit; another seed: others")
    func deterministic() async throws {
        var hashes: [String] = []
        for seed: UInt64 in [5, 5, 6] {
            let workshop = try Workshop()
            _ = try await workshop.cycle(seed: seed)
            hashes.append(try workshop.control.verifiedPolicy(1).sha256)
        }
        #expect(hashes[0] == hashes[1] && hashes[0] != hashes[2])
    }

    @Test("versions beyond the number kept lose their files, champion and fallback never")
    func pruned() async throws {
        let workshop = try Workshop {
            $0.keepPolicies = 2
            $0.gate.minimumTrades = 1_000_000
        }
        for _ in 0..<4 { _ = try await workshop.cycle(steps: 1_000) }
        let states = try workshop.store.read { try $0.policies(limit: 10) }.map(\.state)
        #expect(states == [.rejected, .rejected, .pruned, .champion])
        let folders = try workshop.folder.names("policies").filter { !$0.hasPrefix(".") }
        #expect(folders == ["RL-Agent-v1", "RL-Agent-v3", "RL-Agent-v4", "champion"])
    }

    // MARK: Orders

    @Test("a second cycle is not queued while one is; a known key gives the known one")
    func oneAtATime() async throws {
        let workshop = try Workshop()
        let first = try #require(try workshop.request(key: "a").queued)
        #expect(try workshop.request(key: "b").busy?.id == first.id)
        #expect(try workshop.request().busy?.id == first.id)
        #expect(try workshop.request(key: "a").known?.id == first.id)
        await workshop.control.runQueuedCycles()
        #expect(try workshop.request(key: "a").known?.state.isFinished == true)
        #expect(try workshop.request(key: "b").queued != nil)
    }

    @Test("a cycle that has ended is not run again")
    func ranOnce() async throws {
        let workshop = try Workshop()
        _ = try await workshop.cycle(steps: 1_000)
        await workshop.control.runQueuedCycles()
        #expect(try workshop.kinds() == ["cycle.started", "cycle.finished"])
    }

    // MARK: Stopping

    @Test("a queued cycle is withdrawn before it does anything")
    func withdrawn() async throws {
        let workshop = try Workshop()
        let id = try #require(try workshop.request().queued).id
        #expect(try workshop.write { try workshop.control.cycles.stop(id, in: $0) } == .withdrawn)
        await workshop.control.runQueuedCycles()
        let record = try #require(try workshop.store.read { try $0.cycle(id) })
        #expect(record.state == .cancelled && record.startedAt == nil && !record.stopRequested)
        #expect(try workshop.kinds() == ["cycle.finished"])
        #expect(try workshop.store.read { try $0.steps(of: id) }.isEmpty)
        #expect(try workshop.write { try workshop.control.cycles.stop(id, in: $0) } == nil)
    }

    @Test("a training that is stopped ends as cancelled; its checkpoint goes and the champion stays")
    func stoppedTraining() async throws {
        let workshop = try Workshop { $0.training.checkpointSeconds = 0 }
        _ = try await workshop.cycle()
        let before = try workshop.control.verifiedPolicy(1).sha256
        let id = try #require(try workshop.request(steps: 1_000_000_000).queued).id
        async let run: Void = workshop.control.runQueuedCycles()
        try await eventually { try workshop.folder.names("checkpoints") == ["cycle-\(id).checkpoint"] }
        #expect(try workshop.write { try workshop.control.cycles.stop(id, in: $0) } == .stopping(.train))
        workshop.control.cycles.obeyStop(of: id)
        #expect(workshop.control.progress.snapshot?.stopRequested != false)
        await run
        let record = try #require(try workshop.store.read { try $0.cycle(id) })
        let report = try record.decodedReport()
        #expect(record.state == .cancelled && report.endedIn == "train" && report.serving == "RL-Agent-v1")
        #expect(try workshop.folder.names("checkpoints").isEmpty)
        #expect(try workshop.control.verifiedPolicy(1).sha256 == before)
        #expect(try workshop.store.read { try $0.policies(limit: 9) }.map(\.state) == [.champion])
        #expect(try workshop.kinds().filter { $0 == "cycle.finished" }.count == 2)
    }

    @Test("an order to stop that comes while the result is published is too late, and the cycle ends as judged")
    func tooLate() async throws {
        let workshop = try Workshop()
        let id = try #require(try workshop.request().queued).id
        let answers = Answers()
        workshop.clock.watch {
            guard workshop.control.progress.snapshot?.step == .deploy, answers.isFirst else { return }
            answers.add { try workshop.write { try workshop.control.cycles.stop(id, in: $0) } }
        }
        await workshop.control.runQueuedCycles()
        workshop.clock.watch {}
        #expect(answers.all == [.tooLate(.deploy)])
        #expect(try workshop.store.read { try $0.cycle(id) }?.state == .promoted)
    }

    // MARK: Failing

    @Test("a source that fails ends the cycle as failed with its reason, and the champion stays")
    func failing() async throws {
        let workshop = try Workshop()
        _ = try await workshop.cycle()
        let broken = try Workshop(folder: workshop.folder, clock: workshop.clock, source: BrokenSource())
        let record = try await broken.cycle()
        #expect(record.state == .failed && record.reason == "the exchange answers 451")
        let report = try record.decodedReport()
        #expect(report.endedIn == "ingest" && report.serving == "RL-Agent-v1" && report.chart == nil)
        #expect(report.reasons.map(\.english) == ["the exchange answers 451"])
        #expect(try broken.kinds().suffix(2) == ["cycle.started", "cycle.finished"])
        #expect(try broken.store.read { try $0.policy(in: .champion) }?.version == 1)
        #expect(try broken.control.verifiedPolicy(1).manifest.version == 1)
    }

    @Test("a source without candles says what to do")
    func noCandles() async throws {
        let record = try await Workshop(source: EmptySource()).cycle()
        #expect(record.state == .failed)
        #expect(record.reason?.hasPrefix("there are no candles of BTCUSDT 1h to learn from. Import some") == true)
    }

    @Test("too short a history says how much is needed")
    func tooFewCandles() async throws {
        let record = try await Workshop { $0.market.historyDays = 20 }.cycle()
        #expect(record.state == .failed)
        #expect(record.reason?.hasPrefix("there are 480 candles of BTCUSDT to learn from, ") == true)
    }

    @Test("after a failure the next cycle runs as if nothing had been")
    func recovers() async throws {
        let folder = try Folder()
        _ = try await Workshop(folder: folder, source: BrokenSource()).cycle()
        #expect(try await Workshop(folder: folder).cycle().state == .promoted)
    }
}

struct BrokenSource: CandleSource {
    struct Failure: Error, CustomStringConvertible { let description = "the exchange answers 451" }

    let name = "broken"
    let isSynthetic = true

    func batches(symbol: Symbol, interval: Interval, since: Int64?) -> AsyncThrowingStream<[Candle], any Error> {
        AsyncThrowingStream { $0.finish(throwing: Failure()) }
    }
}

struct EmptySource: CandleSource {
    let name = "empty"
    let isSynthetic = true

    func batches(symbol: Symbol, interval: Interval, since: Int64?) -> AsyncThrowingStream<[Candle], any Error> {
        AsyncThrowingStream { $0.finish() }
    }
}
