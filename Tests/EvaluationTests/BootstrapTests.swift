import Evaluation
import Neural
import Testing

struct BootstrapTests {
    /// AR(1) with coefficient 0.6 around 0.03, from a linear congruential generator that Python repeats exactly.
    static let series: [Double] = {
        var state: UInt64 = 12345
        var value = 0.0
        return (0..<500).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            value = 0.6 * value + (Double(state >> 33) / Double(1 << 31) - 0.5)
            return value + 0.03
        }
    }()

    @Test("the spread of resampled means is the one Politis and Romano derive")
    func spread() throws {
        var stream = RandomStream(seed: 7)
        let result = try StationaryBootstrap(meanBlock: 20, resamples: 20_000).mean(of: Self.series, stream: &stream)
        #expect(abs(result.mean - 0.013472489661367682) < 1e-12)
        // Lemma 1 of the paper, with circular autocovariances, by numpy.
        #expect(abs(result.standardError - 0.026248031484732853) < 0.0006)
        // Quantiles and share of a plain bootstrap with 40,000 draws in numpy; tolerance four standard errors of both.
        #expect(abs(result.low - -0.02936319) < 0.002)
        #expect(abs(result.high - 0.05712469) < 0.002)
        #expect(abs(result.probabilityNotPositive - 0.302975) < 0.016)
    }

    @Test("blocks of one draw values independently")
    func independent() throws {
        var stream = RandomStream(seed: 8)
        let result = try StationaryBootstrap(meanBlock: 1, resamples: 20_000).mean(of: Self.series, stream: &stream)
        #expect(abs(result.standardError - 0.01587400953825103) < 0.0004)
    }

    @Test("the same stream gives the same answer")
    func deterministic() throws {
        let bootstrap = StationaryBootstrap(meanBlock: 30)
        var first = RandomStream(seed: 1)
        var second = first
        #expect(
            try bootstrap.mean(of: Self.series, stream: &first) == bootstrap.mean(of: Self.series, stream: &second))
        #expect(first == second)
    }

    @Test("a constant has no spread, whatever its blocks")
    func constant() throws {
        var stream = RandomStream(seed: 3)
        for block in [1.0, 5, 1e6] {
            let result = try StationaryBootstrap(meanBlock: block, resamples: 200)
                .mean(of: Array(repeating: 0.25, count: 40), stream: &stream)
            #expect(result.low == 0.25 && result.high == 0.25 && result.standardError == 0)
            #expect(result.probabilityNotPositive == 0 && result.probabilityNotNegative == 1)
        }
    }

    @Test("paired drawdowns of one series with itself are equal, and near the series' own on average")
    func drawdowns() throws {
        var stream = RandomStream(seed: 5)
        let returns = Self.series.map { $0 / 50 }
        let pairs = try StationaryBootstrap(meanBlock: 20, resamples: 500).drawdowns(returns, returns, stream: &stream)
        #expect(pairs.count == 500)
        #expect(pairs.allSatisfy { $0.first == $0.second && $0.first > 0 && $0.first < 1 })
        // A rising line never falls, in whatever order its parts come.
        let rising = try StationaryBootstrap(meanBlock: 3, resamples: 50)
            .drawdowns(returns, returns.map { abs($0) }, stream: &stream)
        #expect(rising.allSatisfy { $0.second == 0 })
    }

    @Test("what cannot be resampled is refused")
    func refused() {
        var stream = RandomStream(seed: 5)
        let bootstrap = StationaryBootstrap(meanBlock: 20)
        #expect(throws: EvaluationError.self) { try bootstrap.mean(of: [1], stream: &stream) }
        #expect(throws: EvaluationError.self) { try bootstrap.mean(of: [1, .nan], stream: &stream) }
        #expect(throws: EvaluationError.self) { try bootstrap.drawdowns([1, 2], [1, 2, 3], stream: &stream) }
        #expect(throws: EvaluationError.self) { try bootstrap.mean(of: [1, 2], confidence: 1, stream: &stream) }
        for block in [0, -1, .nan, Double.infinity] {
            #expect(throws: EvaluationError.self) {
                try StationaryBootstrap(meanBlock: block).mean(of: [1, 2], stream: &stream)
            }
        }
        #expect(throws: EvaluationError.self) {
            try StationaryBootstrap(meanBlock: 2, resamples: 0).mean(of: [1, 2], stream: &stream)
        }
    }
}
