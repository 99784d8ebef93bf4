import Neural

/// Several candidates of one cycle, and the choice among them.
public enum Population {
    /// Every variation of `base` with `seeds` seeds each, all split from one seed. A variation that `validate` refuses throws.
    public static func candidates(
        base: PPOSettings, variations: [@Sendable (inout PPOSettings) -> Void] = [{ _ in }], seeds: Int, seed: UInt64
    ) throws(TrainingError) -> [Candidate] {
        guard (1...1000).contains(seeds) else {
            throw .setting(name: "population seeds", value: "\(seeds)", allowed: "1...1,000")
        }
        let random = RandomStream(seed: seed).split("population")
        var candidates: [Candidate] = []
        for variation in variations {
            var settings = base
            variation(&settings)
            try settings.validate()
            for _ in 0..<seeds {
                var stream = random.split(candidates.count)
                candidates.append(Candidate(index: candidates.count, settings: settings, seed: stream.next()))
            }
        }
        return candidates
    }

    /// The best finished candidate by validation score, the earlier one of equals, and how many were tried: the gate must know
    /// how many draws the winner is the best of. Nil when none finished with a finite score.
    public static func best(_ results: [CandidateResult]) -> (result: CandidateResult, tries: Int)? {
        let finished = results.filter { $0.outcome.ending == .completed && $0.validationScore.isFinite }
        guard var best = finished.first else { return nil }
        for result in finished where result.validationScore > best.validationScore { best = result }
        return (best, results.count)
    }
}
