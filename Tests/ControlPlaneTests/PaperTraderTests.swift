import ControlPlane
import Foundation
import Market
import Neural
import Policies
import Reinforcement
import Simulation
import Store
import Testing

/// The champion's paper trades on new candles.
struct PaperTraderTests {
    /// A champion with fresh weights: it changes its mind every few bars.
    private func champion(_ workshop: Workshop, seed: UInt64 = 3, memoryUnits: Int? = nil) throws {
        let architecture = ActorCritic.Architecture(
            observationSize: ObservationLayout.trading1.size, actionChoices: [3], policyLayers: [16], valueLayers: [16],
            memoryUnits: memoryUnits)
        let configuration = workshop.control.configuration
        let manifest = try workshop.control.registry.publish(
            ActorCritic(architecture, random: RandomStream(seed: seed)),
            manifest: PolicyManifest(
                version: 1, parent: nil, createdAt: workshop.clock.now, symbols: configuration.market.symbols,
                interval: configuration.market.interval, synthetic: true, trainedOn: 0..<1, validatedOn: 1..<2, seed: 1,
                steps: 0, costs: configuration.costs, layout: ObservationLayout.trading1.version, metrics: [:]))
        let text = String(decoding: try manifest.encoded(), as: UTF8.self)
        try workshop.write {
            try $0.save(
                PolicyRecord(
                    version: 1, state: .champion, cycleId: nil, parent: nil, createdAt: workshop.clock.now,
                    sha256: manifest.files["weights.mfp"] ?? "", manifest: text))
        }
    }

    private func trades(_ workshop: Workshop) throws -> [TradeRow] {
        try workshop.store.read { try $0.trades(limit: 10_000) }.reversed()
    }

    /// Candles up to now, walked.
    private func walk(_ workshop: Workshop) async throws -> Int {
        _ = try await workshop.control.ingestor.ingest()
        return try workshop.control.paper.walk()
    }

    @Test("without a champion or without candles nothing is traded")
    func nothing() async throws {
        let workshop = try Workshop()
        #expect(try workshop.control.paper.walk() == 0)
        try champion(workshop)
        #expect(try workshop.control.paper.walk() == 0)
    }

    @Test("the first walk takes the newest bar alone, later ones each new bar once")
    func onceEach() async throws {
        let workshop = try Workshop()
        try champion(workshop)
        #expect(try await walk(workshop) == 1)
        #expect(try await walk(workshop) == 0)
        workshop.clock.advance(5 * 3600 + 1800)
        #expect(try await walk(workshop) == 5)
        #expect(try await walk(workshop) == 0)
    }

    @Test(
        "walked in pieces with restarts between, the trades are those of one walk, with a memory as well",
        arguments: [nil, 32])
    func restarts(memoryUnits: Int?) async throws {
        let whole = try Workshop()
        try champion(whole, memoryUnits: memoryUnits)
        _ = try await walk(whole)
        whole.clock.advance(400 * 3600)
        #expect(try await walk(whole) == 400)

        let folder = try Folder()
        let clock = Clock()
        try champion(Workshop(folder: folder, clock: clock), memoryUnits: memoryUnits)
        for hours in [0, 1, 2, 97, 100, 200] {
            clock.advance(Double(hours) * 3600)
            let restarted = try Workshop(folder: folder, clock: clock)
            #expect(try await walk(restarted) == max(1, hours))
        }
        let (one, many) = try (trades(whole), trades(Workshop(folder: folder, clock: clock)))
        #expect(one.count >= 10)
        #expect(one.map(\.entryAt) == many.map(\.entryAt))
        #expect(one.map(\.exitAt) == many.map(\.exitAt))
        #expect(one.map(\.side) == many.map(\.side))
        #expect(one.map(\.netReturn) == many.map(\.netReturn))
        #expect(one.map(\.detail) == many.map(\.detail))
    }

    @Test("a trade keeps what the policy saw and answered, and its bookkeeping adds up")
    func stored() async throws {
        let workshop = try Workshop()
        try champion(workshop)
        _ = try await walk(workshop)
        workshop.clock.advance(300 * 3600)
        _ = try await walk(workshop)
        let rows = try trades(workshop)
        #expect(rows.count >= 10)
        let policy = try workshop.control.verifiedPolicy(1).policy
        for row in rows {
            let detail = try #require(try row.decodedDetail())
            #expect(detail.inputs.count == ObservationLayout.trading1.size && detail.layout == "trading-1")
            let answer = policy.evaluate(observations: detail.inputs)
            #expect(zip(answer.probabilities, detail.probabilities).allSatisfy { abs(Double($0) - $1) < 1e-6 })
            let side = try #require(Exposure.allCases.first { $0.description == row.side })
            #expect(detail.probabilities[side.rawValue] == detail.probabilities.max())
            #expect(abs(row.netReturn - (row.grossReturn - row.fees - row.slippage)) < 1e-12)
            // Ten and two basis points a side, on equity near 1.
            #expect(abs(row.fees + row.slippage - 2 * 0.0012) < 0.0012 * 0.2, "\(row.fees + row.slippage)")
            let move = (row.exitPrice / row.entryPrice - 1) * side.sign
            #expect(abs(row.grossReturn - move) < 0.01 + abs(move) * 0.1)
            #expect(detail.adverseExcursion <= 0 && detail.favourableExcursion >= 0)
            #expect(row.synthetic && row.source == "paper" && row.policyVersion == 1)
            #expect(row.exitAt.timeIntervalSince(row.entryAt) == Double(row.bars) * 3600)
        }
    }

    @Test("each closed trade is told once, and notable only above the threshold")
    func told() async throws {
        let workshop = try Workshop { $0.lossThreshold = 0.005 }
        try champion(workshop)
        _ = try await walk(workshop)
        workshop.clock.advance(300 * 3600)
        _ = try await walk(workshop)
        let notices = try workshop.events().compactMap { if case .tradeClosed(let notice) = $0 { notice } else { nil } }
        let rows = try trades(workshop)
        #expect(notices.map(\.trade) == rows.map(\.id))
        #expect(notices.map(\.isNotable) == rows.map { $0.netReturn <= -0.005 })
        #expect(Set(notices.map(\.isNotable)).count == 2)
    }

    @Test("the average reward is the mean of the last day's paper trades, others left out")
    func averageReward() throws {
        let workshop = try Workshop()
        let now = workshop.clock.now
        for (hours, source, net) in [(1.0, "paper", 0.03), (23, "paper", -0.01), (25, "paper", 0.5), (1, "mybot", 0.7)]
        {
            let exit = now.addingTimeInterval(-hours * 3600)
            let row = TradeRow.made(source: source, net: net, entry: exit.addingTimeInterval(-3600), exit: exit)
            try workshop.write { _ = try $0.insert(row) }
        }
        let metrics = try workshop.store.read { try LearningMetrics($0, now: now) }
        #expect(metrics.rewardedTrades == 2)
        #expect(abs((metrics.averageReward ?? 0) - 0.01) < 1e-15)
        #expect(metrics.modelDrift == nil)
    }
}

extension TradeRow {
    static func made(
        source: String = "paper", net: Double = -0.0124, gross: Double = -0.01, fees: Double = 0.002,
        slippage: Double = 0.0004,
        detail: String = "{}", entry: Date = Date(milliseconds: 0), exit: Date = Date(milliseconds: 3_600_000)
    ) -> TradeRow {
        TradeRow(
            source: source, policyVersion: 1, symbol: "BTCUSDT", interval: "1h", synthetic: true, side: "long",
            entryAt: entry, exitAt: exit, entryPrice: 100, exitPrice: 99, grossReturn: gross, fees: fees,
            slippage: slippage, netReturn: net, bars: 1, exitReason: "signal", detail: detail, recordedAt: exit)
    }
}
