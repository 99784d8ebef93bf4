import Foundation
import Market
import Policies
import Reinforcement
import Simulation
import Synchronization

extension LearningCycle {
    /// Trains the cycle's candidates and takes the one that does best on bars that none of them learned from and that the gate
    /// does not use. A candidate that is finished stays finished, whatever happens to the process.
    func trainCandidates(_ data: CycleData, parent: PublishedPolicy?, _ job: CycleJob) throws -> Training {
        let plan = configuration.training
        let (learning, selection) = data.keepingForSelection(
            plan.selectionShare, purgeBars: configuration.validation.purgeBars,
            interval: configuration.market.interval)
        for (whole, series) in zip(data.series, learning.trainingSeries) where series.count < Self.leastTrainingBars {
            throw CycleError.tooFewToChoose(
                symbol: whole.symbol, learned: series.count, need: Self.leastTrainingBars)
        }
        let windows = try trainingWindows(learning, job)
        let judged = try data.trainingSeries.map { try MarketTables($0, layout: Self.layout) }
        let candidates = try candidates(job)
        let board = CandidateBoard(candidates.count, progress: progress)
        let stop = job.stop
        let results = try LocalCandidateRunner(threads: min(plan.threads, candidates.count)).run(
            candidates, shouldStop: { stop.isRaised },
            work: { candidate in
                if let finished = self.finished(candidate, job) { return finished }
                let outcome = try self.train(candidate, windows, parent, job, board)
                guard case .completed = outcome.ending else {
                    // A stopped one goes on later; a diverged one has no score to be chosen by.
                    return CandidateResult(candidate: candidate, outcome: outcome, validationScore: -.infinity)
                }
                let score = try self.score(outcome.policy, on: judged, selection, stop)
                try self.store(outcome, score: score, of: candidate, job)
                return CandidateResult(candidate: candidate, outcome: outcome, validationScore: score)
            })
        try job.stop.check()
        guard let (best, tries) = Population.best(results) else { throw CycleError.allDiverged(candidates.count) }
        return Training(
            outcome: best.outcome, resumed: board.resumed, trainedOn: learning.trainedOn,
            candidates: CycleReport.Candidates(
                count: tries, chosen: best.candidate.index + 1,
                scores: results.map { $0.validationScore.isFinite ? $0.validationScore : nil },
                from: Date(milliseconds: selection.lowerBound), to: Date(milliseconds: selection.upperBound)))
    }

    /// As many as the plan asks for: hyper-parameters as set, then with half and twice the learning rate and with more
    /// exploration, each with as many seeds as it takes.
    private func candidates(_ job: CycleJob) throws -> [Candidate] {
        let count = configuration.training.candidates
        let variations: [@Sendable (inout PPOSettings) -> Void] = [
            { _ in },
            { $0.learningRate /= 2 },
            { $0.learningRate = min(1, 2 * $0.learningRate) },
            { $0.entropyCoefficient += 0.005 },
        ]
        let used = Array(variations.prefix(count))
        let all = try Population.candidates(
            base: configuration.training.settings, variations: used,
            seeds: (count + used.count - 1) / used.count, seed: job.seed)
        return Array(all.prefix(count))
    }

    private func train(
        _ candidate: Candidate, _ windows: [TradingWindow], _ parent: PublishedPolicy?, _ job: CycleJob,
        _ board: CandidateBoard
    ) throws -> TrainingOutcome {
        let file = candidateFile(candidate, job, "checkpoint")
        let environment = try trainingEnvironment(windows, candidate.settings, seed: candidate.seed)
        let (trainer, resumed) = try makeTrainer(
            environment, settings: candidate.settings, seed: candidate.seed, threads: 1, parent: parent,
            checkpoint: file)
        if resumed { board.noteResumption() }
        let events = eventFile("cycle-\(job.record.id)/candidate-\(candidate.index + 1)", candidate.settings)
        let stop = job.stop
        return try trainer.run(
            steps: job.record.steps,
            control: TrainingControl(
                shouldStop: { stop.isRaised },
                onProgress: { step in
                    events?.append(step)
                    self.showSpeed(board.show(step, of: candidate))
                },
                checkpointInterval: configuration.training.checkpointSeconds, onCheckpoint: checkpointWriter(file)))
    }

    /// Mean net log return a bar of the greedy policy, symbols in equal parts.
    private func score(
        _ policy: ActorCritic, on tables: [MarketTables], _ selection: Range<Int64>, _ stop: StopFlag
    ) throws -> Double {
        let evaluator = PolicyEvaluator(policy)
        let walks = try tables.map { tables in
            let first = tables.openTimes.firstIndex { $0 >= selection.lowerBound } ?? tables.count
            evaluator.forget()
            return try Backtest.run(
                tables, bars: max(first, tables.usableBars.lowerBound)..<tables.count, costs: configuration.costs,
                protection: configuration.protection
            ) { observation in
                try stop.check()
                return evaluator.decide(observation)
            }
        }
        let returns = EqualWeights(walks).netLogReturns
        return returns.reduce(0, +) / Double(returns.count)
    }

    // MARK: What a finished candidate leaves

    private struct Finished: Codable {
        let sha256: String
        let score: Double
        let steps: Int
        let seconds: Double
        let history: [TrainingProgress]
    }

    private func store(_ outcome: TrainingOutcome, score: Double, of candidate: Candidate, _ job: CycleJob) throws {
        let weights = outcome.policy.encoded()
        let finished = Finished(
            sha256: sha256(weights), score: score, steps: outcome.steps, seconds: outcome.seconds,
            history: outcome.history)
        try DurableFile.write(weights, to: candidateFile(candidate, job, "policy"))
        // Last: a candidate is finished once this is there.
        try DurableFile.write(Data(try JSON.text(finished).utf8), to: candidateFile(candidate, job, "json"))
    }

    private func finished(_ candidate: Candidate, _ job: CycleJob) -> CandidateResult? {
        guard let text = FileManager.default.contents(atPath: candidateFile(candidate, job, "json").path),
            let weights = FileManager.default.contents(atPath: candidateFile(candidate, job, "policy").path)
        else { return nil }
        do {
            let finished = try JSON.value(String(decoding: text, as: UTF8.self), as: Finished.self)
            guard sha256(weights) == finished.sha256 else { return nil }
            let outcome = TrainingOutcome(
                ending: .completed, policy: try ActorCritic(decoding: weights), steps: finished.steps,
                seconds: finished.seconds, history: finished.history)
            return CandidateResult(candidate: candidate, outcome: outcome, validationScore: finished.score)
        } catch {
            logger.warning("a candidate is trained again", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func candidateFile(_ candidate: Candidate, _ job: CycleJob, _ kind: String) -> URL {
        configuration.checkpointsFolder.appendingPathComponent(
            "\(candidatePrefix(of: job.record.id))\(candidate.index + 1).\(kind)")
    }

    func candidatePrefix(of cycle: Int64) -> String { "cycle-\(cycle).candidate-" }
}

/// How far all candidates are together, for the live progress.
private final class CandidateBoard: Sendable {
    private struct State {
        var steps: [Int]
        var stepsHere: [Int]
        var rewards: [Double?]
        var resumed = false
    }

    private let state: Mutex<State>
    private let progress: LiveProgress
    private let started = TrainingControl.monotonicSeconds()

    init(_ count: Int, progress: LiveProgress) {
        state = Mutex(
            State(
                steps: Array(repeating: 0, count: count), stepsHere: Array(repeating: 0, count: count),
                rewards: Array(repeating: nil, count: count)))
        self.progress = progress
    }

    var resumed: Bool { state.withLock { $0.resumed } }

    func noteResumption() { state.withLock { $0.resumed = true } }

    /// Returns the steps a second of all together.
    func show(_ step: TrainingProgress, of candidate: Candidate) -> Double {
        let seconds = max(TrainingControl.monotonicSeconds() - started, 1e-9)
        let (done, count, best, rate) = state.withLock { state in
            state.steps[candidate.index] = step.step
            state.stepsHere[candidate.index] += candidate.settings.rolloutSize
            state.rewards[candidate.index] = step.meanStepReward
            return (
                state.steps.reduce(0, +), state.steps.count, state.rewards.compactMap { $0 }.max(),
                Double(state.stepsHere.reduce(0, +)) / seconds
            )
        }
        progress.update {
            $0.trainedSteps = done
            $0.totalSteps = count * step.totalSteps
            $0.fraction = Double(done) / Double(max(1, count * step.totalSteps))
            $0.stepsPerSecond = rate
            $0.meanReward = best
        }
        return rate
    }
}
