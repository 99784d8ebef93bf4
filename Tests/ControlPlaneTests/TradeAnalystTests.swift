import Analyst
import ControlPlane
import Foundation
import Store
import Testing

/// Why trades ended as they did, from the stored trade to the stored answer.
struct TradeAnalystTests {
    /// A champion that learned a little, with some hundred of its paper trades.
    private func workshop(hours: Int = 400) async throws -> Workshop {
        let workshop = try Workshop { $0.training.settings.normalisesObservations = true }
        _ = try await workshop.cycle()
        _ = try workshop.control.paper.walk()
        workshop.clock.advance(Double(hours) * 3600)
        try await workshop.control.ingestAndTrade()
        return workshop
    }

    private func losses(_ workshop: Workshop) throws -> [TradeRow] {
        try workshop.store.read { try $0.trades(limit: 1_000) }.filter { $0.netReturn < 0 }
    }

    @Test("every loss has a cause with its evidence, and a split that sums to its result")
    func whole() async throws {
        let workshop = try await workshop()
        let losses = try losses(workshop)
        #expect(losses.count >= 10)
        for trade in losses {
            let analysis = try #require(try await workshop.control.analyst.analysis(of: trade.id))
            #expect(abs(analysis.evidence.split.reduce(0) { $0 + $1.value } - trade.netReturn) < 1e-12)
            for cause in analysis.verdict.causes {
                #expect(!cause.evidence.isEmpty && cause.evidence.allSatisfy { analysis.evidence[$0] != nil })
            }
            #expect(!analysis.verdict.causes.isEmpty)
            let expected: [EvidenceKind] = [.path, .conditions, .policy, .shapley, .distance, .alternatives, .luck]
            for kind in expected { #expect(analysis.evidence[kind] != nil, "\(kind)") }
        }
    }

    @Test("the answer is stored, and the same when asked again")
    func stored() async throws {
        let workshop = try await workshop()
        let trade = try #require(try losses(workshop).last)
        let first = try #require(try await workshop.control.analyst.analysis(of: trade.id))
        let row = try #require(try workshop.store.read { try $0.analysis(ofTrade: trade.id) })
        #expect(row.digest == first.digest && row.codeVersion == ControlPlane.version && row.barsAfter == 6)
        workshop.clock.advance(3600)
        #expect(try await workshop.control.analyst.analysis(of: trade.id)?.digest == first.digest)
        #expect(try workshop.store.read { try $0.analysis(ofTrade: trade.id) }?.createdAt == row.createdAt)
        #expect(try await workshop.control.analyst.analysis(of: 9_999) == nil)
    }

    @Test("new losses are analysed right after the walk that closed them")
    func afterTheWalk() async throws {
        let workshop = try await workshop()
        let newest = try #require(try losses(workshop).first)
        #expect(try workshop.store.read { try $0.analysis(ofTrade: newest.id) } != nil)
    }

    @Test("what was known while the policy was there stays known when it is gone, and later bars are still added")
    func modelGone() async throws {
        let workshop = try await workshop()
        let newest = try #require(try losses(workshop).first)
        // As it was right after the close: no bar had followed.
        var row = try #require(try workshop.store.read { try $0.analysis(ofTrade: newest.id) })
        let before = try LossEvidence(json: row.evidence)
        row.barsAfter = -1
        try workshop.write { try $0.save(row) }
        let version = try #require(newest.policyVersion)
        try FileManager.default.removeItem(at: workshop.control.registry.folder(of: version))
        workshop.clock.advance(8 * 3600)
        _ = try await workshop.control.ingestor.ingest()
        let after = try #require(try await workshop.control.analyst.analysis(of: newest.id)).evidence
        for kind in [EvidenceKind.shapley, .integratedGradients, .distance] { #expect(after[kind] == before[kind]) }
        #expect(after[.exitTiming]?.number("later_6") != nil)
        #expect(try workshop.store.read { try $0.analysis(ofTrade: newest.id) }?.barsAfter == 6)
        // A trade that was never looked at says that the policy is gone.
        let other = try #require(try losses(workshop).last)
        try workshop.write { try $0.deleteAnalysis(ofTrade: other.id) }
        let late = try #require(try await workshop.control.analyst.analysis(of: other.id)).evidence
        #expect(late.items.first { $0.kind == .shapley }?.missing == .modelGone)
        #expect(late[.luck] != nil)
    }

    @Test("only entries whose trades were closed before are compared with")
    func noLookAhead() async throws {
        let workshop = try await workshop(hours: 900)
        for trade in try losses(workshop) {
            let evidence = try #require(try await workshop.control.analyst.analysis(of: trade.id)).evidence
            let earlier = try workshop.store.read { try $0.trades(limit: 10_000) }.filter { $0.exitAt <= trade.entryAt }
            if earlier.count < 60 {
                #expect(evidence.items.first { $0.kind == .neighbours }?.missing == .tooFew)
            } else {
                let item = try #require(evidence[.neighbours])
                #expect(item.number("base_count") == Double(earlier.count))
                let base = Double(earlier.filter { $0.netReturn > 0 }.count) / Double(earlier.count)
                #expect(item.number("base_rate") == base)
                for place in 1...3 {
                    let id = Int64(try #require(item.number("trade_\(place)")))
                    #expect(earlier.contains { $0.id == id })
                }
            }
        }
    }

    @Test("a trade that came without inputs and candles has its bookkeeping, and the reasons for the rest")
    func foreign() async throws {
        let workshop = try Workshop()
        let id = try #require(try workshop.write { try $0.insert(.made(source: "mybot")) })
        let analysis = try #require(try await workshop.control.analyst.analysis(of: id))
        let reasons = Dictionary(uniqueKeysWithValues: analysis.evidence.items.map { ($0.kind, $0.missing) })
        #expect(reasons[.luck] == .noCandles && reasons[.shapley] == .noInputs && reasons[.neighbours] == .noInputs)
        #expect(reasons[.split] == .some(nil))
        #expect(analysis.text(in: .english).split == "Split: price −1.00%, fees −0.20%, slippage −0.04% = −1.24%")
    }

    @Test("a picture is drawn for a trade with candles, in either language, and none without")
    func picture() async throws {
        let workshop = try await workshop(hours: 100)
        let trade = try #require(try losses(workshop).first)
        for language in AnswerLanguage.allCases {
            let path = try #require(try await workshop.control.analyst.picture(of: trade.id, in: language))
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(data.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
            #expect(workshop.control.analyst.storedPicture(of: trade.id, in: language) == path)
        }
        let bare = try #require(try workshop.write { try $0.insert(.made(source: "mybot")) })
        #expect(try await workshop.control.analyst.picture(of: bare, in: .english) == nil)
    }
}
