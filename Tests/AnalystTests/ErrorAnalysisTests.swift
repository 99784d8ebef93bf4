import Analyst
import Foundation
import Neural
import Testing

@Suite("Where it loses")
struct ErrorAnalysisTests {
    private func samples(_ count: Int, seed: UInt64, _ change: (inout TradeSample) -> Void = { _ in }) -> [TradeSample]
    {
        var random = RandomStream(seed: seed)
        return (0..<count).map { index in
            var sample = TradeSample(
                netReturn: 0.01 * random.normal(), symbol: ["BTCUSDT", "ETHUSDT"][random.below(2)],
                entryTime: Int64(index) * 13 * 3_600_000, bars: 1 + random.below(50),
                exitReason: ["signal", "flip"][random.below(2)], margin: random.uniform() / 2,
                regime: ["up", "sideways", "down"][random.below(3)])
            change(&sample)
            return sample
        }
    }

    @Test("a planted bad hour is found with its size, and nothing else is accused")
    func planted() throws {
        let analysis = ErrorAnalysis(
            samples(600, seed: 1) { if $0.entryTime / 3_600_000 % 24 == 14 { $0.netReturn -= 0.02 } })
        let found = try #require(analysis.significant.first)
        #expect(analysis.significant.count == 1 && found.factor == .hour && found.level == "14")
        #expect(found.count == 25)
        #expect(abs(found.mean - found.others + 0.02) < 0.006 && found.effect < -1)
        #expect(ErrorText(analysis, in: .english).plain.contains("hour 14:00: mean −"))
        #expect(ErrorText(analysis, in: .russian).plain.contains("час 14:00: в среднем −"))
    }

    @Test("results without a pattern accuse something at most as often as the level says")
    func nothing() {
        // The family-wise rate is at most 5 %: of 40 ledgers more than 6 would be a chance of 0.3 %.
        let accused = (0..<40).filter { !ErrorAnalysis(samples(200, seed: 100 + UInt64($0))).significant.isEmpty }
        #expect(accused.count <= 6, "\(accused.count)")
    }

    @Test("nothing significant is an answer, and so are too few trades")
    func text() {
        let nothing = ErrorAnalysis(samples(200, seed: 3))
        #expect(nothing.significant.isEmpty)
        #expect(ErrorText(nothing, in: .english).findings.first?.hasPrefix("Nothing significant") == true)
        #expect(ErrorText(ErrorAnalysis(samples(20, seed: 3)), in: .english).findings[0].hasPrefix("Too few trades"))
        #expect(ErrorText(ErrorAnalysis([]), in: .russian).findings[0].hasPrefix("Слишком мало"))
    }

    @Test("the p-value of a small ledger is that of all its permutations")
    func exact() throws {
        // Eight lose 1 % and eight win 1 %: all losers in one symbol is one of 16!/(8!8!) = 12,870 ways.
        let ledger = (0..<16).map { index in
            TradeSample(
                netReturn: index < 8 ? -0.01 : 0.01, symbol: index < 8 ? "BTCUSDT" : "ETHUSDT",
                entryTime: Int64(index) * 86_400_000, bars: 1, exitReason: "signal", margin: nil, regime: nil)
        }
        let analysis = ErrorAnalysis(ledger)
        let bad = try #require(analysis.groups.first { $0.level == "BTCUSDT" })
        #expect(bad.p <= 4.0 / 10_000 && bad.mean == -0.01 && bad.others == 0.01 && abs(bad.effect + 2) < 1e-12)
        let good = try #require(analysis.groups.first { $0.level == "ETHUSDT" })
        #expect(good.p == 1 && good.corrected == 1)
        // Two groups are large enough; Holm multiplies the smaller by two.
        #expect(analysis.groups.count == 2 && abs(bad.corrected - 2 * bad.p) < 1e-15)
    }
}
