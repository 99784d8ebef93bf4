import Neural

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension PPOTrainer {
    func progress(
        _ measures: LearningMeasures, total: Int, rate: Float, stepsPerSecond: Double
    ) -> TrainingProgress {
        let count = Double(max(1, measures.minibatches))
        var progress = TrainingProgress(
            step: state.steps, totalSteps: total, updates: state.updates, stepsPerSecond: stepsPerSecond,
            meanEpisodeReward: state.episodes.meanReturn, meanEpisodeLength: state.episodes.meanLength,
            meanStepReward: rollout.meanReward, policyLoss: measures.policyLoss / count,
            valueLoss: measures.valueLoss / count, entropy: measures.entropy / count,
            approximateKL: measures.approximateKL, oldApproximateKL: measures.oldApproximateKL,
            clipFraction: measures.clipFraction / count,
            explainedVariance: rollout.explainedVariance(), gradientNorm: measures.gradientNorm / count,
            learningRate: Double(rate), epochs: measures.epochs, warnings: [])
        let highestEntropy = template.actionChoices.reduce(0) { $0 + log(Double($1)) }
        if progress.approximateKL > 0.1 { progress.warnings.append(.largePolicyStep) }
        if progress.clipFraction > 0.5 { progress.warnings.append(.mostSamplesClipped) }
        if highestEntropy > 0, progress.entropy < 0.01 * highestEntropy { progress.warnings.append(.entropyCollapsed) }
        if let explained = progress.explainedVariance, explained < -1 { progress.warnings.append(.valuesMisleading) }
        return progress
    }
}

/// Every rollout's progress, thinned to every second, fourth, … one when a run gets long.
struct TrainingHistory {
    private static let limit = 4096
    private(set) var entries: [TrainingProgress] = []
    private var stride = 1
    private var seen = 0

    mutating func append(_ progress: TrainingProgress) {
        if seen % stride == 0 {
            if entries.count == Self.limit {
                entries = entries.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
                stride *= 2
            }
            if seen % stride == 0 { entries.append(progress) }
        }
        seen += 1
    }
}
