import CKernels
import Neural

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Learning from stored experience without a world: advantage-weighted regression (Peng et al. 2019).
///
/// The value net learns r + γV(s′) with V(s′) frozen for an epoch; the policy learns the stored actions, each weighted by
/// exp(A/β) of its normalised advantage. It therefore never leaves what was done, which is what keeps offline learning sound.
public struct OfflineRetraining: Sendable {
    public let policy: ActorCritic
    public let experience: Experience
    public let settings: OfflineSettings
    public let seed: UInt64

    /// Refuses experience or settings that cannot be used.
    public init(
        policy: ActorCritic, experience: Experience, settings: OfflineSettings = OfflineSettings(), seed: UInt64
    ) throws(TrainingError) {
        try settings.validate()
        guard policy.memoryNet == nil else {
            throw .policy(
                reason: "it has a memory, and stored experience is single steps without what came before them")
        }
        try experience.validate(for: policy.architecture)
        self.policy = policy
        self.experience = experience
        self.settings = settings
        self.seed = seed
    }

    /// What one epoch showed.
    public struct Progress: Sendable, Equatable, Codable {
        /// From 1.
        public let epoch: Int
        /// Weighted negative log likelihood of the stored actions.
        public let policyLoss: Double
        /// Mean squared error of the values.
        public let valueLoss: Double
        /// Mean log likelihood of the stored actions, not weighted.
        public let logLikelihood: Double
    }

    public struct Outcome: Sendable {
        public let ending: TrainingOutcome.Ending
        /// Of the last whole epoch.
        public let policy: ActorCritic
        public let history: [Progress]
    }

    /// Computes until done; `shouldStop` is asked between minibatches.
    public func run(
        shouldStop: @Sendable () -> Bool = { false }, onProgress: (Progress) -> Void = { _ in }
    ) -> Outcome {
        let learner = OfflineLearner(self)
        var learned = policy
        var history: [Progress] = []
        for epoch in 1...settings.epochs {
            switch learner.epoch(epoch, shouldStop: shouldStop) {
            case .success(let progress):
                learned.parameters = learner.parameters.array
                history.append(progress)
                onProgress(progress)
            case .failure(let cut):
                return Outcome(ending: cut.ending, policy: learned, history: history)
            }
        }
        return Outcome(ending: .completed, policy: learned, history: history)
    }
}

/// Why an epoch was not finished.
struct OfflineCut: Error {
    let ending: TrainingOutcome.Ending
}

/// The buffers of a run.
final class OfflineLearner {
    private static let tile = GradientWorker.tile

    let parameters: FloatBuffer
    private let plan: OfflineRetraining
    private let count: Int
    private let size: Int
    private let dimensions: Int
    private let choices: [Int32]
    private let observations: FloatBuffer
    private let nextObservations: FloatBuffer
    private let targets: FloatBuffer
    private let weights: FloatBuffer
    private let gradients: FloatBuffer
    private let input: FloatBuffer
    private let probabilities: FloatBuffer
    private let adam: Adam
    private let policyWork: MLPWorkspace
    private let valueWork: MLPWorkspace
    private let transposedPolicy: TransposedWeights
    private let transposedValue: TransposedWeights
    private var order: [Int32]
    private var random: RandomStream

    init(_ plan: OfflineRetraining) {
        self.plan = plan
        let policy = plan.policy
        count = plan.experience.count
        size = policy.observationSize
        dimensions = policy.actionChoices.count
        choices = policy.actionChoices.map(Int32.init)
        parameters = FloatBuffer(policy.parameters)
        observations = FloatBuffer(plan.experience.observations)
        nextObservations = FloatBuffer(plan.experience.nextObservations)
        if let normaliser = policy.normaliser {
            normaliser.apply(observations.base, to: observations.base, rows: count)
            normaliser.apply(nextObservations.base, to: nextObservations.base, rows: count)
        }
        targets = FloatBuffer(count: count)
        weights = FloatBuffer(count: count)
        gradients = FloatBuffer(count: policy.parameters.count)
        input = FloatBuffer(count: Self.tile * size)
        probabilities = FloatBuffer(count: Self.tile * policy.choiceCount)
        adam = Adam(count: policy.parameters.count, epsilon: 1e-5)
        policyWork = MLPWorkspace(policy.policyNet, capacity: Self.tile, learns: true)
        valueWork = MLPWorkspace(policy.valueNet, capacity: Self.tile, learns: true)
        transposedPolicy = TransposedWeights(policy.policyNet)
        transposedValue = TransposedWeights(policy.valueNet)
        order = (0..<Int32(count)).map { $0 }
        random = RandomStream(seed: plan.seed).split("offline")
    }

    func epoch(_ number: Int, shouldStop: () -> Bool) -> Result<OfflineRetraining.Progress, OfflineCut> {
        weigh()
        random.shuffle(&order, count: count)
        var sums = (policy: 0.0, value: 0.0, likelihood: 0.0)
        for first in stride(from: 0, to: count, by: plan.settings.minibatchSize) {
            if shouldStop() { return .failure(OfflineCut(ending: .stopped)) }
            let last = min(first + plan.settings.minibatchSize, count)
            gradients.clear()
            transposedPolicy.refresh(parameters.base)
            transposedValue.refresh(parameters.base)
            for tile in stride(from: first, to: last, by: Self.tile) {
                learn(tile..<min(tile + Self.tile, last), scale: 1 / Float(last - first), sums: &sums)
            }
            let norm = adam.step(
                parameters: parameters, gradients: gradients, rate: plan.settings.learningRate,
                maximumNorm: plan.settings.maximumGradientNorm)
            guard norm.isFinite else {
                return .failure(OfflineCut(ending: .diverged(reason: "the gradient was not a finite number")))
            }
        }
        let scale = 1 / Double(count)
        return .success(
            OfflineRetraining.Progress(
                epoch: number, policyLoss: sums.policy * scale, valueLoss: sums.value * scale,
                logLikelihood: sums.likelihood * scale))
    }

    /// Targets r + γV(s′) and weights exp(A/β) with the present value net.
    private func weigh() {
        let values = FloatBuffer(count: count)
        evaluate(nextObservations, into: targets)
        evaluate(observations, into: values)
        var mean = 0.0
        for row in 0..<count {
            let after = plan.experience.terminal[row] ? 0 : targets.base[row]
            targets.base[row] = plan.experience.rewards[row] + plan.settings.discount * after
            weights.base[row] = targets.base[row] - values.base[row]
            mean += Double(weights.base[row]) / Double(count)
        }
        var variance = 0.0
        for row in 0..<count {
            let distance = Double(weights.base[row]) - mean
            variance += distance * distance / Double(count)
        }
        let scale = 1 / (variance.squareRoot() + 1e-8) / Double(plan.settings.temperature)
        for row in 0..<count {
            let advantage = (Double(weights.base[row]) - mean) * scale
            weights.base[row] = min(Float(exp(min(advantage, 80))), plan.settings.maximumWeight)
        }
    }

    private func evaluate(_ observations: FloatBuffer, into values: FloatBuffer) {
        let width = plan.policy.valueNet.outputWidth
        for first in stride(from: 0, to: count, by: Self.tile) {
            let rows = min(Self.tile, count - first)
            let output = valueWork.forward(
                parameters: parameters.base, x: observations.base + first * size, xStride: size, rows: rows)
            for row in 0..<rows { values.base[first + row] = output[row * width] }
        }
    }

    /// Adds the gradients of one tile of the shuffled transitions.
    private func learn(
        _ range: Range<Int>, scale: Float, sums: inout (policy: Double, value: Double, likelihood: Double)
    ) {
        let rows = range.count
        order.withUnsafeBufferPointer { order in
            guard let base = order.baseAddress else { return }
            mf_gather_rows(observations.base, size, base + range.lowerBound, rows, input.base)
        }
        let policyNet = plan.policy.policyNet
        let (width, valueWidth) = (policyNet.outputWidth, plan.policy.valueNet.outputWidth)
        let logits = policyWork.forward(parameters: parameters.base, x: input.base, xStride: size, rows: rows)
        let values = valueWork.forward(parameters: parameters.base, x: input.base, xStride: size, rows: rows)
        mf_softmax(logits, width, rows, choices, dimensions, probabilities.base)
        for row in 0..<rows {
            let sample = Int(order[range.lowerBound + row])
            let weight = weights.base[sample]
            let p = probabilities.base + row * policyNet.outputs
            var offset = 0
            var likelihood = 0.0
            for dimension in 0..<dimensions {
                let action = Int(plan.experience.actions[sample * dimensions + dimension])
                likelihood += Double(log(max(p[offset + action], .leastNormalMagnitude)))
                for choice in 0..<Int(choices[dimension]) {
                    logits[row * width + offset + choice] =
                        weight * scale * (p[offset + choice] - (choice == action ? 1 : 0))
                }
                offset += Int(choices[dimension])
            }
            for column in offset..<width { logits[row * width + column] = 0 }
            let error = values[row * valueWidth] - targets.base[sample]
            values[row * valueWidth] = 2 * plan.settings.valueCoefficient * scale * error
            for column in 1..<valueWidth { values[row * valueWidth + column] = 0 }
            sums.policy -= Double(weight) * likelihood
            sums.value += Double(error) * Double(error)
            sums.likelihood += likelihood
        }
        policyWork.backward(
            transposed: transposedPolicy, x: input.base, xStride: size, outputGradient: logits, into: gradients.base,
            rows: rows)
        valueWork.backward(
            transposed: transposedValue, x: input.base, xStride: size, outputGradient: values, into: gradients.base,
            rows: rows)
    }
}
