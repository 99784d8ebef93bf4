import Evaluation
import Foundation
import Neural
import Testing

struct PromotionGateTests {
    private static func noise(_ name: String, count: Int, mean: Double, scale: Double) -> [Double] {
        var stream = RandomStream(seed: 42).split(name)
        return (0..<count).map { _ in mean + scale * stream.normal() }
    }

    private static let champion = noise("market", count: 2000, mean: 0, scale: 0.002)

    private static func input(gain: Double, worlds: [GateInput.World] = [], tries: Int = 1) -> GateInput {
        let own = noise("own", count: 2000, mean: gain, scale: 0.0005)
        return GateInput(
            challenger: zip(champion, own).map { $0 + $1 }, champion: champion, interval: .fifteenMinutes, trades: 60,
            worlds: worlds, tries: tries)
    }

    private static func judge(_ input: GateInput, _ change: (inout GateThresholds) -> Void = { _ in }) throws
        -> GateVerdict
    {
        var thresholds = GateThresholds()
        thresholds.resamples = 400
        change(&thresholds)
        return try PromotionGate(thresholds).judge(input, stream: RandomStream(seed: 9))
    }

    private static func failures(_ verdict: GateVerdict) -> [GateReason.ID] { verdict.failures.map(\.id) }

    @Test("a challenger that clearly earns more is promoted, with every rule on record")
    func promoted() throws {
        let verdict = try Self.judge(Self.input(gain: 0.0002))
        #expect(verdict.promoted)
        #expect(verdict.reasons.map(\.id) == [.figures, .bars, .trades, .improvement, .drawdown])
    }

    @Test("a challenger that trades worse is not promoted, nor one that is the champion itself")
    func worse() throws {
        #expect(Self.failures(try Self.judge(Self.input(gain: -0.0002))).contains(.improvement))
        let twin = GateInput(
            challenger: Self.champion, champion: Self.champion, interval: .fifteenMinutes, trades: 60)
        #expect(Self.failures(try Self.judge(twin)) == [.improvement])
    }

    @Test("a gain within luck passes about as seldom as alpha says")
    func luck() throws {
        var passed = 0
        for index in 0..<200 {
            var stream = RandomStream(seed: 100).split(index)
            let champion = Array(Self.champion.prefix(480))
            let input = GateInput(
                challenger: champion.map { $0 + 0.0005 * stream.normal() }, champion: champion, interval: .oneHour,
                trades: 60)
            let verdict = try Self.judge(input) { $0.resamples = 200 }
            if verdict.reasons.first(where: { $0.id == .improvement })?.passed == true { passed += 1 }
        }
        // Binomial(200, 0.1) lies in 6…37 with probability 0.9998; resampling 20 blocks makes the test a little liberal.
        #expect((6...45).contains(passed))
    }

    @Test("who has tried often must show more")
    func tries() throws {
        let once = try Self.judge(Self.input(gain: 0.00002))
        let often = try Self.judge(Self.input(gain: 0.00002, tries: 28))
        let limits = [once, often].compactMap { $0.reasons.first { $0.id == .improvement }?.figures["limit"] }
        #expect(limits == [0.10, 0.10 / 28])
        let unadjusted = try Self.judge(Self.input(gain: 0.00002, tries: 28)) { $0.adjustsForTries = false }
        #expect(unadjusted.reasons.first { $0.id == .improvement }?.figures["limit"] == 0.10)
    }

    @Test("earning more by betting three times as much is stopped by the drawdown")
    func drawdown() throws {
        let input = GateInput(
            challenger: Self.champion.map { 3 * $0 + 0.001 }, champion: Self.champion.map { $0 * 3 / 3 },
            interval: .fifteenMinutes, trades: 60)
        let calm = try Self.judge(input)
        #expect(calm.promoted)
        let wild = GateInput(
            challenger: Self.champion.map { 6 * $0 + 0.0002 }, champion: Self.champion, interval: .fifteenMinutes,
            trades: 60)
        #expect(Self.failures(try Self.judge(wild)).contains(.drawdown))
    }

    @Test("a challenger that is worse in one world is not promoted, and the world is named")
    func worlds() throws {
        let same = Self.noise("bull", count: 20, mean: 0, scale: 0.001)
        let noisy = zip(same, Self.noise("luck", count: 20, mean: 0, scale: 0.0001)).map { $0 + $1 }
        let bull = GateInput.World(name: "bull", challenger: noisy, champion: same)
        #expect(try Self.judge(Self.input(gain: 0.0002, worlds: [bull])).promoted)
        let stress = GateInput.World(name: "stress", challenger: same.map { $0 - 0.0005 }, champion: same)
        let verdict = try Self.judge(Self.input(gain: 0.0002, worlds: [bull, stress]))
        #expect(verdict.failures.map(\.subject) == ["stress"])
        let few = GateInput.World(name: "bear", challenger: [0, 0], champion: [0, 0])
        #expect(try Self.judge(Self.input(gain: 0.0002, worlds: [few])).failures.map(\.subject) == ["bear"])
    }

    @Test("too few bars or trades prove nothing")
    func tooLittle() throws {
        #expect(Self.failures(try Self.judge(Self.input(gain: 0.0002)) { $0.minimumBars = 2001 }) == [.bars])
        #expect(Self.failures(try Self.judge(Self.input(gain: 0.0002)) { $0.minimumTrades = 61 }) == [.trades])
    }

    @Test("figures that are no numbers reject instead of crashing")
    func badFigures() throws {
        var broken = Self.input(gain: 0.0002)
        broken.challenger[7] = .nan
        #expect(Self.failures(try Self.judge(broken)) == [.figures])
        broken = Self.input(gain: 0.0002)
        broken.champion?.removeLast()
        #expect(Self.failures(try Self.judge(broken)) == [.figures])
        broken = Self.input(gain: 0.0002, worlds: [.init(name: "bull", challenger: [.infinity], champion: [0])])
        #expect(Self.failures(try Self.judge(broken)) == [.figures])
        #expect(
            Self.failures(try Self.judge(GateInput(challenger: [], champion: nil, interval: .oneHour, trades: 0))) == [
                .figures
            ])
    }

    @Test("the first model is accepted unless it is shown to lose, or loses half of the money")
    func firstModel() throws {
        func first(_ returns: [Double]) throws -> GateVerdict {
            try Self.judge(GateInput(challenger: returns, champion: nil, interval: .fifteenMinutes, trades: 0))
        }
        #expect(try first(Self.champion).promoted)
        #expect(try first(Array(repeating: 0, count: 500)).promoted)
        // exp(−0.7) leaves 49.7 %, exp(−0.69) leaves 50.2 %.
        #expect(Self.failures(try first(Array(repeating: -0.7 / 500, count: 500))) == [.flat, .firstModelDrawdown])
        #expect(Self.failures(try first(Array(repeating: -0.69 / 500, count: 500))) == [.flat])
        #expect(try first((0..<500).map { ($0 / 100).isMultiple(of: 2) ? 0.001 : -0.0016 }).promoted)
        #expect(Self.failures(try first(Array(repeating: 0, count: 100))) == [.bars])
    }

    @Test("a challenger may follow a champion that does not trade")
    func flatChampion() throws {
        let input = GateInput(
            challenger: Self.noise("steady", count: 2000, mean: 0.0001, scale: 0.0005),
            champion: Array(repeating: 0, count: 2000), interval: .fifteenMinutes, trades: 40)
        #expect(try Self.judge(input).promoted)
    }

    @Test("the deflated Sharpe ratio is asked for only when configured")
    func deflatedSharpe() throws {
        var input = Self.input(gain: 0.0002, tries: 10)
        input.sharpeDeviationOfTries = 0.2
        #expect(Self.failures(try Self.judge(input) { $0.minimumDeflatedSharpe = 0.95 }).contains(.deflatedSharpe))
        input.sharpeDeviationOfTries = 0
        input.challenger = input.challenger.map { $0 + 0.001 }
        #expect(try Self.judge(input) { $0.minimumDeflatedSharpe = 0.95 }.promoted)
    }

    @Test("a verdict survives storage and reads in both languages")
    func stored() throws {
        let worlds = [GateInput.World(name: "bull", challenger: [0, 1], champion: [0, 1])]
        let verdict = try Self.judge(Self.input(gain: 0.0002, worlds: worlds, tries: 3)) {
            $0.minimumDeflatedSharpe = 0.9
        }
        let copy = try JSONDecoder().decode(GateVerdict.self, from: JSONEncoder().encode(verdict))
        #expect(copy == verdict)
        for reason in verdict.reasons {
            let english = reason.sentence(in: .english)
            let russian = reason.sentence(in: .russian)
            #expect(english.hasSuffix(".") && russian.hasSuffix(".") && english != russian)
            #expect(!english.contains("nan") && !english.contains("inf "))
        }
        let improvement = GateReason(
            .improvement, passed: true,
            figures: [
                "mean": 0.000042, "low": 0.00001, "high": 0.000075, "probability": 0.021, "limit": 0.1, "tries": 1,
            ])
        #expect(
            improvement.sentence(in: .english)
                == "Better than the champion: +0.420 bp a bar (90% interval +0.100 … +0.750), chance of no gain 2.1%, limit 10.0%."
        )
        #expect(
            improvement.sentence(in: .russian)
                == "Лучше чемпиона: +0.420 б. п. на свечу (90% интервал +0.100 … +0.750), вероятность отсутствия выигрыша 2.1%, предел 10.0%."
        )
    }

    @Test("thresholds out of range are refused, absent ones keep their defaults")
    func thresholds() throws {
        let read = try JSONDecoder().decode(GateThresholds.self, from: Data(#"{"alpha": 0.05, "min_bars": 500}"#.utf8))
        var expected = GateThresholds()
        expected.alpha = 0.05
        expected.minimumBars = 500
        #expect(read == expected)
        for change: (inout GateThresholds) -> Void in [
            { $0.alpha = 0 }, { $0.alpha = .nan }, { $0.drawdownRatio = 0.9 }, { $0.minimumBars = 1 },
            { $0.resamples = 10 },
            { $0.firstModelDrawdown = 1.5 }, { $0.minimumDeflatedSharpe = 1 },
        ] {
            var thresholds = GateThresholds()
            change(&thresholds)
            #expect(throws: EvaluationError.self) { try PromotionGate(thresholds) }
        }
    }
}
