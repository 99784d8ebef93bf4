import Ensemble
import Foundation
import Market
import Neural
import Testing

private let start: [(name: String, weight: Double)] = [
    ("trading_ai", 0.25), ("lava_ai", 0.35), ("lgbm_ai", 0.40), ("mistral_ai", 0),
]

private func weights(
    _ priors: [(name: String, weight: Double)] = start, _ change: (inout LearningParameters) -> Void = { _ in }
) throws -> EnsembleWeights {
    var parameters = LearningParameters()
    change(&parameters)
    return try EnsembleWeights(priors, parameters: parameters)
}

private func values(_ weights: EnsembleWeights) -> [Double] { weights.members.map(\.weight) }

private func isNear(_ left: [Double], _ right: [Double], _ tolerance: Double = 1e-8) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { abs($0 - $1) <= tolerance }
}

private let mixed = TradeScore(
    trade: "trade 1", longReturn: 0.01, shortReturn: -0.012,
    votes: ["trading_ai": .init(.long, confidence: 1), "lava_ai": .init(.short, confidence: 0.5)])

struct WeightStepTests {
    @Test("a trade moves the weights as worked out by hand: gain, baseline, step, decay, bounds")
    func byHand() throws {
        var one = try weights()
        let changes = try one.learn(mixed)
        #expect(isNear(values(one), [0.25250684, 0.34782501, 0.39966815, 0]))
        #expect(changes.map(\.model) == ["trading_ai", "lava_ai", "lgbm_ai"])
        #expect(changes.map(\.cause) == [.reward, .punishment, .balance])
        #expect(isNear(changes.map(\.quality), [0.9090909090909092, -0.5, 0]))
        #expect(isNear(changes.map(\.baseline), [0.28181818181818186, 0.14090909090909093, 0]))
        #expect(isNear(changes.map(\.gain), [1.081818181818182, -0.540909090909091, 0]))
        #expect(changes.allSatisfy { $0.trade == "trade 1" && $0.rate == 0.01 })
        #expect(changes.map(\.old) == [0.25, 0.35, 0.40])
    }

    @Test("a step beyond the bounds is projected, the ratio of the free weights kept")
    func projected() throws {
        var one = try weights { $0.learningRate = 0.9 }
        _ = try one.set(["trading_ai": 0.69, "lava_ai": 0.26, "lgbm_ai": 0.05], by: "a test")
        let changes = try one.learn(mixed)
        #expect(isNear(changes.map(\.raw), [0.89634301, 0.07873086, 0.02492613]))
        #expect(isNear(changes.map(\.projected), [0.7, 0.22785976, 0.07214024]))
    }

    @Test("while frozen no weight moves and no row is written, but shadows are still scored")
    func frozen() throws {
        var one = try weights()
        one.freeze(true)
        var score = mixed
        score.votes["mistral_ai"] = .init(.long, confidence: 1)
        #expect(try one.learn(score).isEmpty)
        #expect(values(one) == [0.25, 0.35, 0.40, 0])
        #expect(one["mistral_ai"]?.record.trades == 1)
    }

    @Test("a result that is no number moves nothing and is refused", arguments: [Double.nan, .infinity])
    func notFinite(result: Double) throws {
        var one = try weights()
        #expect(throws: WeightError.notFinite(trade: "x")) {
            _ = try one.learn(TradeScore(trade: "x", longReturn: result, shortReturn: 0, votes: [:]))
        }
        #expect(values(one) == [0.25, 0.35, 0.40, 0])
    }

    @Test("weights that no bounds allow are refused, with what to change")
    func infeasible() {
        #expect(throws: WeightError.infeasible(active: 3, minimum: 0.4, maximum: 0.7)) {
            _ = try weights { $0.minWeight = 0.4 }
        }
        #expect(throws: WeightError.infeasible(active: 3, minimum: 0.05, maximum: 0.3)) {
            _ = try weights { $0.maxWeight = 0.3 }
        }
        #expect(throws: WeightError.noActiveModel) { _ = try weights([("a", 0)]) }
        #expect(throws: WeightError.sum(0.75)) { _ = try weights([("a", 0.25), ("b", 0.5)]) }
    }
}

struct WeightPropertyTests {
    /// Random scores with results as large as numbers get.
    private func score(_ stream: inout RandomStream, _ names: [String]) -> TradeScore {
        func result() -> Double {
            let size = [1e-300, 1e-4, 0.01, 1, 1e300, Double.greatestFiniteMagnitude][stream.below(6)]
            return (stream.uniform() - 0.5) * 2 * size
        }
        var votes: [String: TradeScore.Vote] = [:]
        for name in names where stream.below(4) > 0 {
            votes[name] = .init(Exposure.allCases[stream.below(3)], confidence: stream.uniform())
        }
        return TradeScore(trade: "t", longReturn: result(), shortReturn: result(), votes: votes)
    }

    @Test("after whatever happens the weights sum to 1 and active ones keep their bounds", arguments: 0..<20)
    func bounds(seed: Int) throws {
        var stream = RandomStream(seed: UInt64(seed))
        var one = try weights {
            $0.learningRate = [0.01, 0.3, 1][seed % 3]
            $0.isAdaptive = seed % 2 == 0
        }
        let names = one.members.map(\.name)
        for round in 0..<400 {
            _ = try one.learn(score(&stream, names))
            switch round % 97 {
            case 40: _ = try one.withdraw("lava_ai", reason: "ill")
            case 60: _ = try one.admit("lava_ai", reason: "well")
            case 80: _ = try one.admit("mistral_ai", reason: "order")
            default: break
            }
            let active = one.members.filter { $0.state == .active }.map(\.weight)
            #expect(abs(active.reduce(0, +) - 1) < 1e-12)
            #expect(active.allSatisfy { $0 >= 0.05 - 1e-12 && $0 <= 0.70 + 1e-12 })
            #expect(one.members.allSatisfy { $0.state == .active || $0.weight == 0 })
        }
    }

    @Test("the order in which models are named changes nothing")
    func permutation() throws {
        var stream = RandomStream(seed: 5)
        var one = try weights()
        var other = try weights(start.reversed())
        let names = one.members.map(\.name)
        for _ in 0..<200 {
            let score = score(&stream, names)
            _ = try one.learn(score)
            _ = try other.learn(score)
        }
        #expect(isNear(values(one), values(other).reversed(), 1e-12))
    }

    @Test("a model whose word earned more gets no less weight")
    func monotone() throws {
        var last = 0.0
        for result in stride(from: -0.03, through: 0.03, by: 0.001) {
            // A past that settles what is typical, so that only this trade differs.
            var one = try weights { $0.learningRate = 0.3 }
            for _ in 0..<60 {
                _ = try one.learn(TradeScore(trade: "p", longReturn: 0.02, shortReturn: -0.02, votes: [:]))
            }
            _ = try one.learn(
                TradeScore(
                    trade: "t", longReturn: result, shortReturn: -result,
                    votes: ["trading_ai": .init(.long, confidence: 0.8)]))
            let weight = try #require(one["trading_ai"]).weight
            #expect(weight >= last - 1e-12)
            last = weight
        }
        #expect(last > 0.26)
    }

    @Test("to a model without an edge the mean gain is nothing, whatever its exposure and the shape of its results")
    func zeroEdge() throws {
        // Each pair of results comes with its mirror image, as a market without direction brings them; the logarithms of the
        // weights then sum up to what they began with, decay aside.
        for (up, down) in [(0.02, -0.01), (0.003, -0.03), (-0.01, -0.012)] {
            var one = try weights { $0.weightDecay = 0 }
            for index in 0..<200 {
                let isMirrored = index % 2 == 1
                _ = try one.learn(
                    TradeScore(
                        trade: "t", longReturn: isMirrored ? down : up, shortReturn: isMirrored ? up : down,
                        votes: ["lava_ai": .init(.long, confidence: 1), "lgbm_ai": .init(.short, confidence: 0.4)]))
            }
            #expect(isNear(values(one), [0.25, 0.35, 0.40, 0], 1e-9))
        }
    }
}

struct StandingTests {
    @Test("a model admitted by order enters with the least weight, and the others shrink in their ratios")
    func admission() throws {
        var one = try weights()
        let changes = try one.admit("mistral_ai", reason: "order")
        #expect(isNear(values(one), [0.2375, 0.3325, 0.38, 0.05], 1e-12))
        #expect(changes.first { $0.model == "mistral_ai" }?.cause == .admitted)
        #expect(changes.filter { $0.cause == .balance }.count == 3)
    }

    @Test("a withdrawn model has weight 0, is remembered, and comes back with what it had")
    func withdrawal() throws {
        var one = try weights()
        _ = try one.withdraw("lgbm_ai", reason: "no library")
        #expect(isNear(values(one), [0.25 / 0.6, 0.35 / 0.6, 0, 0], 1e-12))
        #expect(one["lgbm_ai"]?.remembered == 0.40)
        #expect(one["lgbm_ai"]?.reason == "no library")
        _ = try one.admit("lgbm_ai", reason: "library found")
        #expect(isNear(values(one), [0.25, 0.35, 0.40, 0], 1e-12))
    }

    @Test("with one active model the cap is lifted, with two the cap of one is the floor of the other")
    func few() throws {
        var one = try weights { $0.learningRate = 1 }
        _ = try one.withdraw("lgbm_ai", reason: "x")
        for _ in 0..<200 { _ = try one.learn(mixed) }
        #expect(isNear(values(one), [0.70, 0.30, 0, 0], 1e-9))
        _ = try one.withdraw("lava_ai", reason: "x")
        #expect(values(one) == [1, 0, 0, 0])
        #expect(throws: WeightError.noActiveModel) { _ = try one.withdraw("trading_ai", reason: "x") }
    }

    @Test("thirty good trades in the shadow let a model in; a coin stays out")
    func proof() throws {
        var good = try weights()
        var coin = try weights()
        for index in 0..<60 {
            let isRight = index % 5 != 0
            func score(_ isRight: Bool) -> TradeScore {
                TradeScore(
                    trade: "t\(index)", longReturn: isRight ? 0.01 : -0.01, shortReturn: isRight ? -0.01 : 0.01,
                    votes: ["mistral_ai": .init(.long, confidence: 1)])
            }
            _ = try good.learn(score(isRight))
            _ = try coin.learn(score(index % 2 == 0))
            #expect((good["mistral_ai"]?.state == .active) == (index >= 29))
        }
        #expect(coin["mistral_ai"]?.state == .shadow)
    }

    @Test("weights set by hand must sum to 1 and keep the bounds, and nothing is changed if they do not")
    func set() throws {
        var one = try weights()
        #expect(throws: WeightError.self) { _ = try one.set(["trading_ai": 0.9], by: "x") }
        #expect(throws: WeightError.outOfRange(model: "lgbm_ai", value: 0.02)) {
            _ = try one.set(["trading_ai": 0.63, "lava_ai": 0.35, "lgbm_ai": 0.02], by: "x")
        }
        #expect {
            _ = try one.set(["nobody": 1], by: "x")
        } throws: {
            "\($0)".contains("nobody") && "\($0)".contains("trading_ai")
        }
        #expect(values(one) == [0.25, 0.35, 0.40, 0])
        _ = try one.set(["trading_ai": 0.5, "lava_ai": 0.5, "lgbm_ai": 0], by: "x")
        #expect(values(one) == [0.5, 0.5, 0, 0])
        #expect(one["lgbm_ai"]?.state == .shadow)
    }

    @Test("what was stored comes back as it was")
    func coding() throws {
        var one = try weights { $0.isAdaptive = true }
        for _ in 0..<5 { _ = try one.learn(mixed) }
        let copy = try JSONDecoder().decode(EnsembleWeights.self, from: JSONEncoder().encode(one))
        #expect(copy == one)
    }
}

/// The rule's purpose, on streams where the truth is known: a model that is right 56 % of the time and trades half of the time
/// beside a coin that always trades and a coin that seldom does, from the configured start, which is against the skilled one.
struct SkillTests {
    private static let names = ["skilled", "busy", "idle"]

    /// The weights after `trades` of stream `seed`, and whether a bound was ever broken.
    static func run(_ seed: Int, trades: Int, decay: Double) throws -> (weights: [Double], isBroken: Bool) {
        var stream = RandomStream(seed: 2026).split(seed)
        var one = try weights([("skilled", 0.25), ("busy", 0.35), ("idle", 0.40)]) {
            $0.learningRate = 0.03
            $0.weightDecay = decay
        }
        var isBroken = false
        for _ in 0..<trades {
            let isUp = stream.uniform() < 0.5
            func vote(_ share: Double, _ skill: Double) -> TradeScore.Vote? {
                let (acts, isRight) = (stream.uniform() < share, stream.uniform() < skill)
                return acts ? .init(isRight == isUp ? .long : .short, confidence: 1) : nil
            }
            let votes = ["skilled": vote(0.5, 0.56), "busy": vote(1, 0.5), "idle": vote(0.1, 0.5)].compactMapValues {
                $0
            }
            _ = try one.learn(
                TradeScore(
                    trade: "", longReturn: isUp ? 0.01 : -0.01, shortReturn: isUp ? -0.01 : 0.01, votes: votes))
            let sum = values(one).reduce(0, +)
            isBroken =
                isBroken || abs(sum - 1) > 1e-12 || values(one).contains { $0 < 0.05 - 1e-12 || $0 > 0.7 + 1e-12 }
        }
        return (values(one), isBroken)
    }

    @Test("in 1,000 streams of 2,000 trades the skilled model ends first in at least 95 %, and no bound is ever broken")
    func skilledFirst() throws {
        let ends = try (0..<1000).map { try Self.run($0, trades: 2000, decay: 0) }
        let first = ends.count { $0.weights[0] == $0.weights.max() }
        #expect(first >= 950, "\(first) of 1,000")
        #expect(!ends.contains { $0.isBroken })
    }

    @Test(
        "with the configured decay, which gives up memory to follow changes, the skilled model leads on average by far")
    func withDecay() throws {
        let ends = try (0..<300).map { try Self.run($0, trades: 2000, decay: 0.001).weights }
        let means = (0..<3).map { place in ends.reduce(0) { $0 + $1[place] } / 300 }
        #expect(means[0] > 0.5 && means[1] < 0.3 && means[2] < 0.3, "\(means)")
        #expect(ends.count { $0[0] == $0.max() } >= 258)
    }
}
