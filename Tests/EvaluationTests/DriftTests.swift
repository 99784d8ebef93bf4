import Evaluation
import Testing

/// Expected values by numpy and scipy: quantile edges, searchsorted from the left, shares of at least 1e-4.
struct DriftTests {
    private static let reference = (1...100).map { Double($0) / 100 }

    @Test("the population stability index is numpy's")
    func populationStability() throws {
        let stability = try PopulationStability(reference: Self.reference)
        #expect(try stability.index(of: Self.reference) == 0)
        #expect(abs(try stability.index(of: Self.reference.map { $0 * $0 }) - 0.40356379976766327) < 1e-12)
        #expect(abs(try stability.index(of: Self.reference.map { $0 + 5 }) - 8.283089355027482) < 1e-12)
        #expect(abs(try stability.index(of: Self.reference.map { $0 * 0.9 }) - 0.7013559978905406) < 1e-12)
    }

    @Test("a feature that was constant has drifted when it moves, to either side")
    func constant() throws {
        let stability = try PopulationStability(reference: Array(repeating: 3, count: 50))
        #expect(try stability.index(of: [3, 3]) == 0)
        // All mass from one bin to another: 2 · (1 − 10⁻⁴) · ln(10⁴).
        for moved in [2.0, 4.0] { #expect(abs(try stability.index(of: [moved]) - 18.418838675877973) < 1e-9) }
    }

    @Test("a report names the features that moved and how much")
    func report() throws {
        let rows = (1...100).map { Float($0) / 100 }
        let report = try DriftReport(
            names: ["steady", "scaled", "squared"], reference: rows.flatMap { [$0, $0, $0] },
            current: rows.flatMap { [$0, $0 * 0.98, $0 * $0] })
        #expect(report.features.map(\.name) == ["steady", "scaled", "squared"])
        #expect(report.features[0].psi == 0 && report.features[0].level == .steady)
        #expect(report.features[2].level == .action)
        #expect(report.worst?.name == "squared" && report.level == .action)
    }

    @Test("tables that do not fit are refused, and a bad value names its feature")
    func refused() {
        #expect(throws: EvaluationError.self) {
            try DriftReport(names: ["a", "b"], reference: [1, 2, 3], current: [1, 2])
        }
        #expect(throws: EvaluationError.self) { try DriftReport(names: [], reference: [], current: []) }
        let error = #expect(throws: EvaluationError.self) {
            try DriftReport(names: ["rsi"], reference: Array(repeating: 0, count: 20), current: [.nan])
        }
        #expect(error?.description.contains("rsi") == true)
        #expect(throws: EvaluationError.self) { try PopulationStability(reference: [1, 2, 3]) }
        #expect(throws: EvaluationError.self) { try PopulationStability(reference: [1, 2, 3], bins: 1) }
    }

    @Test("policy drift is the mean Jensen–Shannon divergence of scipy, squared distance in base 2")
    func policyDrift() throws {
        let first: [Float] = [0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 1, 0, 0]
        let second: [Float] = [0.5, 0.3, 0.2, 0.1, 0.8, 0.1, 0, 0.5, 0.5]
        #expect(abs(try PolicyDrift.jensenShannon(first, second, actions: 3) - 0.3438655740958225) < 1e-7)
        #expect(try PolicyDrift.jensenShannon(first, first, actions: 3) == 0)
        #expect(try PolicyDrift.jensenShannon([1, 0], [0, 1], actions: 2) == 1)
    }

    @Test("probabilities that are none are refused with their row")
    func badProbabilities() {
        #expect(throws: EvaluationError.notProbabilities(series: "the second policy", row: 1)) {
            try PolicyDrift.jensenShannon([1, 0, 1, 0], [1, 0, .nan, 0], actions: 2)
        }
        #expect(throws: EvaluationError.notProbabilities(series: "the first policy", row: 0)) {
            try PolicyDrift.jensenShannon([2, -1], [1, 0], actions: 2)
        }
        #expect(throws: EvaluationError.self) { try PolicyDrift.jensenShannon([0, 0], [1, 0], actions: 2) }
        #expect(throws: EvaluationError.self) { try PolicyDrift.jensenShannon([1], [1, 0], actions: 1) }
        #expect(throws: EvaluationError.self) { try PolicyDrift.jensenShannon([1, 0, 0], [1, 0, 0], actions: 2) }
        #expect(throws: EvaluationError.self) { try PolicyDrift.jensenShannon([], [], actions: 3) }
    }

    @Test("learning is as stable as the share of its last fifty updates that are healthy")
    func learningStability() {
        let healthy = LearningStability.Update(
            loss: 0.1, approximateKL: 0.01, explainedVariance: 0.4, entropy: 0.9, clipFraction: 0.1)
        func stability(_ updates: [LearningStability.Update]) -> LearningStability {
            LearningStability(updates: updates, targetKL: 0.02)
        }
        var faulty = Array(repeating: healthy, count: 5)
        faulty[0].loss = .nan
        faulty[1].approximateKL = 0.0401
        faulty[2].explainedVariance = 0
        faulty[3].entropy = 0.01
        faulty[4].clipFraction = 0.3
        let result = stability(faulty + Array(repeating: healthy, count: 45))
        #expect(result.share == 0.9 && result.updates == 50)
        #expect(result.faults == ["not_finite": 1, "kl": 1, "value": 1, "entropy": 1, "clipping": 1])
        #expect(stability(faulty + Array(repeating: healthy, count: 60)).share == 1)
        #expect(stability(Array(repeating: healthy, count: 3)).share == 1)
        #expect(stability([]).share == 0)
    }
}
