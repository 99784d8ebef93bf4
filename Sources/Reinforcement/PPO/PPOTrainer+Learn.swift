import CKernels
import Neural

/// Sums of what a rollout's gradient steps showed.
struct LearningMeasures {
    var policyLoss = 0.0
    var valueLoss = 0.0
    var entropy = 0.0
    var clipFraction = 0.0
    var gradientNorm = 0.0
    var minibatches = 0
    /// Mean over the last epoch's minibatches.
    var approximateKL = 0.0
    /// Likewise.
    var oldApproximateKL = 0.0
    var epochs = 0
}

extension PPOTrainer {
    /// Fewer samples than this per worker are not worth waking one.
    private static let fewestSamplesPerWorker = 256

    /// The epochs over the rollout at hand.
    func learn(_ crew: WorkerCrew, rate: Float) -> Iteration {
        var measures = LearningMeasures()
        let samples = settings.rolloutSize
        for sample in 0..<samples { order[sample] = Int32(sample) }
        for _ in 0..<settings.epochs {
            shuffle()
            var divergenceSum = 0.0
            var oldDivergenceSum = 0.0
            var divergenceCount = 0
            var movedTooFar = false
            for first in stride(from: 0, to: samples, by: settings.minibatchSize) {
                if shouldStop() { return .ended(.stopped) }
                let sums = gradients(crew, first..<min(first + settings.minibatchSize, samples))
                let count = Double(minibatchRange.count)
                guard (sums.policy_loss + sums.value_loss + sums.entropy).isFinite else {
                    return .ended(.diverged(reason: "the loss was not a finite number"))
                }
                let divergence = sums.approximate_kl / count
                divergenceSum += divergence
                oldDivergenceSum += sums.old_approximate_kl / count
                divergenceCount += 1
                measures.policyLoss += sums.policy_loss / count
                measures.valueLoss += sums.value_loss / count
                measures.entropy += sums.entropy / count
                measures.clipFraction += sums.clipped / count
                measures.minibatches += 1
                if let target = settings.targetKL, divergence > 1.5 * Double(target) {
                    movedTooFar = true
                    break
                }
                let norm = adam.step(
                    parameters: parameters, gradients: gradientWorkers[0].gradients, rate: rate,
                    maximumNorm: settings.maximumGradientNorm)
                guard norm.isFinite else {
                    return .ended(.diverged(reason: "the gradient was not a finite number"))
                }
                measures.gradientNorm += norm
                state.updates += 1
                transposedPolicy.refresh(parameters.base)
                transposedValue.refresh(parameters.base)
            }
            measures.approximateKL = divergenceSum / Double(divergenceCount)
            measures.oldApproximateKL = oldDivergenceSum / Double(divergenceCount)
            if movedTooFar { break }
            measures.epochs += 1
        }
        guard mf_sum_of_squares(parameters.base, parameters.count).isFinite, measures.approximateKL.isFinite else {
            return .ended(.diverged(reason: "the weights were not finite numbers"))
        }
        return .learned(measures)
    }

    /// Puts the samples into a new order; those of a sequence stay together, in time.
    private func shuffle() {
        let length = rollout.sequenceLength
        guard length > 1 else { return state.shuffle.shuffle(order, count: rollout.samples) }
        let sequences = rollout.samples / length
        for sequence in 0..<sequences { order[sequence] = Int32(sequence) }
        state.shuffle.shuffle(order, count: sequences)
        // From the end, so that each entry is read before its place is taken.
        for place in stride(from: sequences - 1, through: 0, by: -1) {
            let (round, copy) = Int(order[place]).quotientAndRemainder(dividingBy: rollout.copies)
            for step in 0..<length {
                order[place * length + step] = Int32((round * length + step) * rollout.copies + copy)
            }
        }
    }

    /// The gradient of one minibatch's loss, summed over workers in their order into the first one's buffer.
    private func gradients(_ crew: WorkerCrew, _ range: Range<Int>) -> mf_ppo_sums {
        minibatchRange = range
        let (mean, scale) = advantageScaling(range)
        minibatch = GradientWorker.Minibatch(
            coefficients: mf_ppo_coefficients(
                clip: settings.clipRange, value_clip: settings.valueClipRange ?? -1,
                entropy_coefficient: settings.entropyCoefficient, value_coefficient: settings.valueCoefficient,
                scale: 1 / Float(range.count)),
            advantageMean: mean, advantageScale: scale)
        activeWorkers = range.count >= threads * Self.fewestSamplesPerWorker ? threads : 1
        phase = .learn
        if activeWorkers == 1 { crew.performAlone() } else { crew.perform() }
        let total = gradientWorkers[0].gradients
        var sums = gradientWorkers[0].sums
        for worker in 1..<max(1, activeWorkers) {
            mf_add(total.base, gradientWorkers[worker].gradients.base, total.count)
            let other = gradientWorkers[worker].sums
            sums.policy_loss += other.policy_loss
            sums.value_loss += other.value_loss
            sums.entropy += other.entropy
            sums.approximate_kl += other.approximate_kl
            sums.old_approximate_kl += other.old_approximate_kl
            sums.clipped += other.clipped
        }
        if settings.initialWeightsCoefficient > 0 {
            mf_add_pull(
                total.base, parameters.base, initialParameters.base, settings.initialWeightsCoefficient, total.count)
        }
        return sums
    }

    /// Mean and 1/(deviation + 1e-8) of a minibatch's advantages (torch's unbiased deviation).
    private func advantageScaling(_ range: Range<Int>) -> (mean: Float, scale: Float) {
        guard settings.normalisesAdvantages else { return (0, 1) }
        let advantages = rollout.advantages.base
        var sum = 0.0
        for index in range { sum += Double(advantages[Int(order[index])]) }
        let mean = sum / Double(range.count)
        var squares = 0.0
        for index in range {
            let distance = Double(advantages[Int(order[index])]) - mean
            squares += distance * distance
        }
        let deviation = (squares / Double(range.count - 1)).squareRoot()
        return (Float(mean), Float(1 / (deviation + 1e-8)))
    }
}
