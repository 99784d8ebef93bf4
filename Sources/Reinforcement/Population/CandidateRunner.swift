/// Where the candidates of a cycle are trained and scored: this process's threads, or machines elsewhere.
public protocol CandidateRunner: Sendable {
    /// Results in the order of `candidates`; a candidate that failed or was never begun is missing. Blocks until all are done
    /// or `shouldStop`, after which running ones are expected to stop by the same closure.
    ///
    /// - Parameter work: Trains and scores one candidate; called once each, possibly at once on different threads.
    func run(
        _ candidates: [Candidate], shouldStop: @escaping @Sendable () -> Bool,
        work: @escaping @Sendable (Candidate) throws -> CandidateResult
    ) throws -> [CandidateResult]
}
