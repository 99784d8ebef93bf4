/// One member of a population: what is tried.
public struct Candidate: Sendable, Equatable, Codable {
    /// From 0, in the order of ``Population/candidates(base:variations:seeds:seed:)``.
    public let index: Int
    public let settings: PPOSettings
    public let seed: UInt64

    public init(index: Int, settings: PPOSettings, seed: UInt64) {
        self.index = index
        self.settings = settings
        self.seed = seed
    }
}

/// What became of a candidate.
public struct CandidateResult: Sendable {
    public let candidate: Candidate
    public let outcome: TrainingOutcome
    /// On data that no candidate was trained on and that the final gate does not use; higher is better.
    public let validationScore: Double

    public init(candidate: Candidate, outcome: TrainingOutcome, validationScore: Double) {
        self.candidate = candidate
        self.outcome = outcome
        self.validationScore = validationScore
    }
}
