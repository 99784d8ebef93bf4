import Analyst
import Foundation
import Market
import Neural
import Reinforcement
import Simulation
import Testing

@Suite("Attributions")
struct AttributionTests {
    @Test("the glove game: who holds the one left glove gets two thirds, each of the right ones a sixth")
    func gloves() {
        // Players 0 (left), 1 and 2 (right); a pair is worth 1. Worked in Shapley's own terms: 0 completes a pair in 4 of 6 orders.
        let values = Shapley.values(players: 3) { $0 & 1 != 0 && $0 & 6 != 0 ? 1 : 0 }
        for (value, expected) in zip(values, [2.0 / 3, 1.0 / 6, 1.0 / 6]) { #expect(abs(value - expected) < 1e-15) }
    }

    @Test("an additive game gives each player what it adds, and one who adds nothing gets nothing")
    func additive() {
        let own = [3.0, -1, 0, 0.5, 2, 7, 0, -4]
        let values = Shapley.values(players: 8) { coalition in
            own.indices.reduce(1) { $0 + (coalition & (1 << UInt($1)) != 0 ? own[$1] : 0) }
        }
        for (value, expected) in zip(values, own) { #expect(abs(value - expected) < 1e-12) }
    }

    @Test("values of any game sum to what all win over none")
    func efficiency() {
        var random = RandomStream(seed: 3)
        for players in 1...8 {
            let worths = (0..<(1 << players)).map { _ in random.normal() }
            let values = Shapley.values(players: players) { worths[Int($0)] }
            #expect(abs(values.reduce(0, +) - (worths[worths.count - 1] - worths[0])) < 1e-12)
        }
    }

    @Test("integrated gradients of a product worked by hand: x²y at (3, 2) gives 12 to x and 6 to y")
    func product() {
        // ∫ 2·3α·2α·3 dα = 12, ∫ 9α²·2 dα = 6; the midpoint rule with 64 steps is 1/(4·64²) short of α² by a third.
        let result = IntegratedGradients(
            at: [3, 2], value: { $0[0] * $0[0] * $0[1] }, gradient: { [2 * $0[0] * $0[1], $0[0] * $0[0]] })
        #expect(abs(result.values[0] - 12) < 1e-3 && abs(result.values[1] - 6) < 1e-3)
        #expect(result.gap < 1e-4)
    }

    @Test("a function with a jump shows its gap")
    func jump() {
        let result = IntegratedGradients(
            at: [1], value: { $0[0] > 0.5 ? 1 : 0 }, gradient: { _ in [0] })
        #expect(result.gap == 1 && result.gap > IntegratedGradients.largestGap)
    }

    private func evidence(_ inputs: [Float], policy: ActorCritic) throws -> LossEvidence {
        var tradeCase = try Plant.plainVariance.trade(0)
        tradeCase.trade.inputs = inputs
        tradeCase.policy = policy
        return EvidenceBuilder.evidence(of: tradeCase)
    }

    @Test("groups of either attribution sum to the change of the log probability, as the policy itself gives it")
    func complete() throws {
        let policy = try States.policy
        var random = RandomStream(seed: 8)
        for _ in 0..<20 {
            let inputs = States.draw(&random)
            let evidence = try evidence(inputs, policy: policy)
            let at = policy.evaluate(observations: inputs).probabilities[Exposure.long.rawValue]
            let mean = [Float](repeating: 0, count: States.size)
            let base = policy.evaluate(observations: mean).probabilities[Exposure.long.rawValue]
            let expected = log(Double(at)) - log(Double(base))
            for kind in [EvidenceKind.shapley, .integratedGradients] {
                let item = try #require(evidence[kind])
                let sum = item.values.filter { $0.key.hasPrefix("group_") }.compactMap(\.value.number).reduce(0, +)
                let tolerance = kind == .shapley ? 1e-5 : 0.05 * max(abs(expected), 0.01)
                #expect(abs(sum - expected) < tolerance, "\(kind) \(sum) \(expected)")
            }
        }
    }

    @Test("a group the policy does not look at gets nothing")
    func dummy() throws {
        let policy = try States.policy
        let clock = try #require(ObservationLayout.trading1.ranges.first { $0.name == "clock" }).range
        var tensors = policy.tensors
        let first = try #require(tensors.firstIndex { $0.name == "policy.0.weight" })
        let width = tensors[first].shape[1]
        var weights = try #require(tensors[first].floats)
        for row in clock { for column in 0..<width { weights[row * width + column] = 0 } }
        tensors[first] = Tensor(name: "policy.0.weight", shape: tensors[first].shape, floats: weights)
        let form = String(decoding: try JSONEncoder().encode(policy.architecture), as: UTF8.self)
        let blind = try ActorCritic(
            decoding: TensorArchive(
                kind: "marketflow.policy", metadata: #"{"architecture":\#(form),"normaliser":{"count":9,"clip":10}}"#,
                tensors: tensors
            ).encoded())
        var random = RandomStream(seed: 12)
        let evidence = try evidence(States.draw(&random), policy: blind)
        #expect(evidence[.shapley]?.number("group_clock") == 0)
        #expect(evidence[.integratedGradients]?.number("group_clock") == 0)
    }

    @Test("with inputs that say nothing of the decision, attributions fall to noise")
    func permuted() throws {
        let policy = try States.policy
        var random = RandomStream(seed: 15)
        func meanAttribution(_ draw: () -> [Float]) throws -> Double {
            let sums = try (0..<60).map { _ in
                let item = try #require(try evidence(draw(), policy: policy)[.shapley])
                return try #require(item.number("group_returns"))
            }
            return sums.reduce(0, +) / 60
        }
        // States on which the policy is sure of going long …
        var sure: [[Float]] = []
        var all: [[Float]] = []
        while sure.count < 60 {
            let state = States.draw(&random)
            all.append(state)
            let answer = policy.evaluate(observations: state).probabilities
            if answer[Exposure.long.rawValue] > 0.8 { sure.append(state) }
        }
        var next = 0
        let real = try meanAttribution {
            next += 1
            return sure[next - 1]
        }
        // … and each input permuted over all states, so that nothing but chance is left of the decision.
        let noise = try meanAttribution { (0..<States.size).map { all[random.below(all.count)][$0] } }
        #expect(real > 0.2)
        #expect(abs(noise) < real / 2, "\(noise) against \(real)")
    }

    @Test("without the policy, its training figures or the inputs the item says so")
    func missing() throws {
        var tradeCase = try Plant.plainVariance.trade(0)
        func reason(_ kind: EvidenceKind) -> MissingEvidence? {
            EvidenceBuilder.evidence(of: tradeCase).items.first { $0.kind == kind }?.missing
        }
        tradeCase.policy = nil
        #expect(reason(.shapley) == .modelGone && reason(.integratedGradients) == .modelGone)
        let bare = try ActorCritic(try States.policy.architecture, random: RandomStream(seed: 1))
        tradeCase.policy = bare
        #expect(reason(.shapley) == .noTrainingFigures && reason(.distance) == .noTrainingFigures)
        tradeCase.trade.inputs = []
        #expect(reason(.shapley) == .noInputs && reason(.neighbours) == .noInputs)
    }
}
