import Neural
import Reinforcement
import Synchronization
import Testing

@Suite("A population of candidates")
struct PopulationTests {
    private func candidates() throws -> [Candidate] {
        try Population.candidates(
            base: smallSettings(), variations: [{ _ in }, { $0.learningRate = 1e-3 }], seeds: 2, seed: 7)
    }

    private static func train(_ candidate: Candidate) throws -> CandidateResult {
        let environment = CopiesOf<OrnsteinUhlenbeck>(copies: candidate.settings.copies, seed: 1)
        let outcome = try PPOTrainer(
            environment: environment, settings: candidate.settings, seed: candidate.seed
        ).run(steps: 2048)
        return CandidateResult(
            candidate: candidate, outcome: outcome, validationScore: [0.1, 0.4, 0.4, .nan][candidate.index])
    }

    @Test("every variation is tried with every seed, all seeds different")
    func members() throws {
        let members = try candidates()
        #expect(members.map(\.index) == [0, 1, 2, 3])
        #expect(members.map(\.settings.learningRate) == [3e-4, 3e-4, 1e-3, 1e-3])
        #expect(Set(members.map(\.seed)).count == 4)
        #expect(throws: TrainingError.self) {
            try Population.candidates(base: smallSettings(), variations: [{ $0.epochs = 0 }], seeds: 1, seed: 1)
        }
    }

    @Test("the local runner gives the same results on one thread and on three", arguments: [1, 3])
    func local(threads: Int) throws {
        let results = try LocalCandidateRunner(threads: threads).run(
            candidates(), shouldStop: { false }, work: Self.train)
        #expect(results.map(\.candidate.index) == [0, 1, 2, 3])
        let alone = try Self.train(candidates()[2])
        #expect(results[2].outcome.policy == alone.outcome.policy)
    }

    @Test("the best validation score wins, the first of equals, and all tries are counted")
    func selection() throws {
        let results = try LocalCandidateRunner().run(candidates(), shouldStop: { false }, work: Self.train)
        let best = try #require(Population.best(results))
        #expect(best.result.candidate.index == 1)
        #expect(best.tries == 4)
        #expect(Population.best([]) == nil)
    }

    @Test("a candidate's error ends the run and reaches the caller; a stop begins no more")
    func failure() throws {
        struct NoData: Error {}
        #expect(throws: NoData.self) {
            try LocalCandidateRunner(threads: 2).run(candidates(), shouldStop: { false }, work: { _ in throw NoData() })
        }
        let begun = Atomic(0)
        let results = try LocalCandidateRunner().run(
            candidates(), shouldStop: { begun.load(ordering: .relaxed) >= 2 },
            work: { candidate in
                begun.add(1, ordering: .relaxed)
                return try Self.train(candidate)
            })
        #expect(results.count == 2)
    }
}
