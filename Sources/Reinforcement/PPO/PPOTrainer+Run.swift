import CKernels
import Neural

extension PPOTrainer {
    /// Trains until `steps` environment steps have been done since the beginning of training, those before a checkpoint
    /// included, in whole rollouts. A learning-rate schedule runs over the same `steps`.
    ///
    /// Throws ``TrainingError`` for `steps` below 1, what `onCheckpoint` throws, and what the environment throws when it is
    /// taken back to a boundary.
    public func run(steps: Int, control: TrainingControl = TrainingControl()) throws -> TrainingOutcome {
        guard steps > 0 else { throw TrainingError.setting(name: "steps", value: "\(steps)", allowed: "1 or more") }
        let started = control.clock()
        let stepsBefore = state.steps
        let rollouts = (steps + settings.rolloutSize - 1) / settings.rolloutSize
        let total = rollouts * settings.rolloutSize
        shouldStop = control.shouldStop
        defer { shouldStop = { false } }
        let crew = try WorkerCrew(count: threads, niceness: niceness) { [unowned self] in work($0) }
        defer { crew.end() }
        var history = TrainingHistory()
        var latestCheckpoint = started

        func outcome(_ ending: TrainingOutcome.Ending) -> TrainingOutcome {
            TrainingOutcome(
                ending: ending, policy: policy, steps: self.steps, seconds: control.clock() - started,
                history: history.entries)
        }

        if settings.normalisesObservations, state.normaliser?.count == 0, state.steps < total {
            if let ending = primeNormaliser(crew) {
                try returnToBoundary()
                return outcome(ending)
            }
        }
        while state.steps < total {
            let rate = settings.learningRateSchedule.rate(
                initial: settings.learningRate, done: Double(state.steps) / Double(total))
            let measures: LearningMeasures
            switch iterate(crew, rate: rate) {
            case .learned(let learned): measures = learned
            case .ended(let ending):
                try returnToBoundary()
                return outcome(ending)
            }
            let plasticity = try careForPlasticity(isLast: state.steps >= total)
            captureBoundary()
            let now = control.clock()
            var progress = progress(
                measures, total: total, rate: rate,
                stepsPerSecond: Double(state.steps - stepsBefore) / max(now - started, 1e-9))
            progress.policyPlasticity = plasticity.policy
            progress.valuePlasticity = plasticity.value
            history.append(progress)
            control.onProgress(progress)
            if let onCheckpoint = control.onCheckpoint, now - latestCheckpoint >= control.checkpointInterval {
                try onCheckpoint(checkpoint())
                latestCheckpoint = now
            }
        }
        return outcome(.completed)
    }

    enum Iteration {
        case learned(LearningMeasures)
        case ended(TrainingOutcome.Ending)
    }

    /// One rollout and what is learned from it.
    private func iterate(_ crew: WorkerCrew, rate: Float) -> Iteration {
        if let ending = collect(crew) { return .ended(ending) }
        state.episodes.take(rollout.rewards.base, ends: rollout.ends, steps: rollout.steps)
        if let learnerRewards {
            state.rewardNormaliser?.apply(
                rollout.rewards.base, ends: rollout.ends, steps: rollout.steps, to: learnerRewards.base)
        }
        rollout.estimateAdvantages(
            rewards: (learnerRewards ?? rollout.rewards).base, discount: settings.discount, lambda: settings.gaeLambda)
        let iteration = learn(crew, rate: rate)
        if case .learned = iteration {
            absorbStatistics()
            advanceObservations()
            state.steps += settings.rolloutSize
        }
        return iteration
    }

    /// Fills the rollout; returns how the run ends when it cannot go on.
    private func collect(_ crew: WorkerCrew) -> TrainingOutcome.Ending? {
        phase = .collect
        crew.perform()
        if samplers.contains(where: \.wasStopped) { return .stopped }
        guard mf_sum_of_squares(rollout.observations.base, rollout.observations.count).isFinite else {
            return .diverged(reason: "an observation was not a finite number")
        }
        guard rollout.meanReward.isFinite else { return .diverged(reason: "a reward was not a finite number") }
        return nil
    }

    /// Gives a new normaliser its first statistics from one rollout that is not learned from.
    private func primeNormaliser(_ crew: WorkerCrew) -> TrainingOutcome.Ending? {
        if let ending = collect(crew) { return ending }
        absorbStatistics()
        advanceObservations()
        captureBoundary()
        return nil
    }

    private func absorbStatistics() {
        guard settings.normalisesObservations else { return }
        for sampler in samplers where sampler.statisticsCount > 0 { sampler.mergeStatistics(into: &state.normaliser) }
    }

    /// One worker's part of the present piece of work, on whichever thread.
    private func work(_ worker: Int) {
        switch phase {
        case .collect:
            guard !samplers[worker].range.isEmpty else { return }
            samplers[worker].collect(
                into: rollout, environment: environment, parameters: parameters.base, streams: streams,
                normaliser: state.normaliser, raw: rawObservations.base, finalObservations: finalObservations.base,
                shouldStop: shouldStop)
        case .learn:
            guard worker < activeWorkers else { return }
            // In whole sequences.
            let length = rollout.sequenceLength
            let sequences = minibatchRange.count / length
            let first = sequences * worker / activeWorkers * length
            gradientWorkers[worker].run(
                rollout, samples: order + minibatchRange.lowerBound + first,
                count: sequences * (worker + 1) / activeWorkers * length - first, minibatch: minibatch,
                parameters: parameters.base,
                transposedPolicy: transposedPolicy, transposedValue: transposedValue)
        }
    }
}
