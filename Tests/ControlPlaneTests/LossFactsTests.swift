import ControlPlane
import Market
import Store
import Testing

/// Why a trade ended as it did, worked by hand.
struct LossFactsTests {
    private func facts(
        net: Double = -0.0124, gross: Double = -0.01, best: Double = 0.0, probabilities: [Double] = [0.2, 0.5, 0.3]
    ) throws -> LossFacts {
        let detail = TradeDetail(
            probabilities: probabilities, value: 0, inputs: [], layout: "trading-1", adverseExcursion: -0.02,
            favourableExcursion: best)
        return try LossFacts(.made(net: net, gross: gross, detail: JSON.text(detail)))
    }

    private func isNear(_ value: Double?, _ expected: Double) -> Bool { abs((value ?? .nan) - expected) < 1e-12 }

    @Test("costs of 0.24 % are 0.24/1.24 of a loss of 1.24 %")
    func costShare() throws { #expect(isNear(try facts().costShareOfLoss, 0.24 / 1.24)) }

    @Test("where the price moved for the position, costs are more than the whole loss")
    func costsAteTheGain() throws {
        #expect(isNear(try facts(net: -0.0014, gross: 0.001).costShareOfLoss, 0.24 / 0.14))
    }

    @Test("costs below a tenth of the loss explain nothing, nor do those of a profit")
    func noShare() throws {
        #expect(try facts(net: -0.0524, gross: -0.05).costShareOfLoss == nil)
        #expect(try facts(net: 0.0176, gross: 0.02).costShareOfLoss == nil)
    }

    @Test("the opposite position earns the opposite move and pays the same costs")
    func opposite() throws {
        #expect(isNear(try facts().opposite, 0.01 - 0.0024))
        #expect(isNear(try facts(net: 0.0176, gross: 0.02).opposite, -0.0224))
    }

    @Test("ahead by more than its costs and closed behind: given back; never ahead: a wrong entry; between: neither")
    func timing() throws {
        #expect(try facts(best: 0.003).timing == .gaveBack(best: 0.003))
        #expect(try facts(best: 0.002).timing == nil)
        #expect(try facts(best: 0).timing == .neverAhead)
        #expect(try facts(net: 0.01, gross: 0.0124, best: 0.05).timing == nil)
    }

    @Test("the two likeliest actions are named, and a lead of twenty points is sure")
    func certainty() throws {
        let unsure = try #require(try facts(probabilities: [0.30, 0.45, 0.25]).certainty)
        #expect(unsure.top.exposure == .long && unsure.top.probability == 0.45)
        #expect(unsure.second.exposure == .flat && unsure.second.probability == 0.30)
        #expect(!unsure.isSure)
        #expect(try facts(probabilities: [0.1, 0.2, 0.7]).certainty?.isSure == true)
        #expect(try facts(probabilities: []).certainty == nil)
    }

    @Test("a trade that came without detail still has its costs and its opposite")
    func withoutDetail() throws {
        let facts = try LossFacts(.made())
        #expect(facts.timing == nil && facts.certainty == nil)
        #expect(isNear(facts.costShareOfLoss, 0.24 / 1.24))
    }
}
