import Synchronization

/// Trains candidates on threads of this process, each candidate on one thread.
public struct LocalCandidateRunner: CandidateRunner {
    /// Candidates in work at once. 1...256.
    public let threads: Int
    /// Of threads made here; with one, the caller's is used as it is. 0...19.
    public let niceness: Int

    public init(threads: Int = 1, niceness: Int = 0) throws(TrainingError) {
        guard (1...256).contains(threads) else {
            throw .setting(name: "threads", value: "\(threads)", allowed: "1...256")
        }
        guard (0...19).contains(niceness) else {
            throw .setting(name: "niceness", value: "\(niceness)", allowed: "0...19")
        }
        self.threads = threads
        self.niceness = niceness
    }

    private struct Board {
        var next = 0
        var results: [CandidateResult] = []
        var failure: (any Error)?
    }

    /// The first error thrown by `work` ends the run: no further candidate is begun and the error is thrown on.
    public func run(
        _ candidates: [Candidate], shouldStop: @escaping @Sendable () -> Bool,
        work: @escaping @Sendable (Candidate) throws -> CandidateResult
    ) throws -> [CandidateResult] {
        let board = Mutex(Board())
        let crew = try WorkerCrew(count: min(threads, max(1, candidates.count)), niceness: niceness) { _ in
            while !shouldStop() {
                let mine: Candidate? = board.withLock { board in
                    guard board.failure == nil, board.next < candidates.count else { return nil }
                    board.next += 1
                    return candidates[board.next - 1]
                }
                guard let mine else { return }
                do {
                    let result = try work(mine)
                    board.withLock { $0.results.append(result) }
                } catch {
                    board.withLock { $0.failure = $0.failure ?? error }
                }
            }
        }
        defer { crew.end() }
        crew.perform()
        return try board.withLock { board in
            if let failure = board.failure { throw failure }
            return board.results.sorted { $0.candidate.index < $1.candidate.index }
        }
    }
}
