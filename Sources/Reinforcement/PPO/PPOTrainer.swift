import CKernels
import Neural

/// Proximal policy optimisation (Schulman et al. 2017) of an ``ActorCritic`` in an ``Environment``.
///
/// A trainer belongs to one thread at a time, most often one of its own: `run` computes until it is done. Between rollouts its
/// whole state is a *boundary*; a run that is stopped or diverges goes back to the latest one, and a checkpoint is one, so a
/// resumed run continues bit for bit. The same seed, settings, environment, thread count and kernel level give the same weights.
public final class PPOTrainer {
    public let settings: PPOSettings
    public let seed: UInt64
    /// Workers, the calling thread among them. Another count sums gradients in another order and so gives other last bits.
    public let threads: Int

    let environment: any Environment
    let niceness: Int
    /// The nets' shapes; the parameters that move are in `parameters`.
    let template: ActorCritic
    let parameters: FloatBuffer
    /// What the penalty pulls towards.
    let initialParameters: FloatBuffer
    let adam: Adam
    let transposedPolicy: TransposedWeights
    let transposedValue: TransposedWeights
    let rollout: Rollout
    /// Rewards as the learner sees them, when they are normalised.
    let learnerRewards: FloatBuffer?
    /// What the world shows, when it is normalised, and truncated episodes' last observations; `[copies × observationSize]`.
    let rawObservations: FloatBuffer
    let finalObservations: FloatBuffer
    let order: UnsafeMutablePointer<Int32>
    /// One stream per copy for its actions.
    let streams: UnsafeMutablePointer<RandomStream>
    let samplers: [Sampler]
    let gradientWorkers: [any GradientSource]
    /// What each copy's policy remembers between rollouts, `[copies × memoryUnits]`.
    let memory: FloatBuffer
    var state: RunState
    var boundary: Boundary

    // What the workers do now; set before a piece of work begins, read only during it.
    var phase = Phase.collect
    var shouldStop: @Sendable () -> Bool = { false }
    var minibatch = GradientWorker.Minibatch(
        coefficients: mf_ppo_coefficients(), advantageMean: 0, advantageScale: 1)
    var minibatchRange = 0..<0
    var activeWorkers = 1

    enum Phase { case collect, learn }

    /// A fresh run. The environment is reset; it must have `settings.copies` copies.
    ///
    /// - Parameters:
    ///   - threads: 1...256 workers. With one, no thread is made.
    ///   - niceness: 0...19, of the threads made here; the caller's own is the caller's (``lowerPriorityOfThisThread(_:)``).
    ///   - policy: A policy to go on from. Its net shapes and observation normaliser take the place of those in `settings`.
    public convenience init(
        environment: any Environment, settings: PPOSettings, seed: UInt64, threads: Int = 1, niceness: Int = 0,
        startingFrom policy: ActorCritic? = nil
    ) throws(TrainingError) {
        try settings.validate()
        let fresh = ActorCritic.Architecture(
            observationSize: environment.observationSize, actionChoices: environment.actionChoices,
            policyLayers: settings.policyLayers, valueLayers: settings.valueLayers, activation: settings.activation,
            memoryUnits: settings.memoryUnits, normalisesLayers: settings.normalisesLayers)
        let random = RandomStream(seed: seed)
        var start: ActorCritic
        if let policy {
            start = policy
            if settings.perturbedShare > 0 {
                start = try policy.shrunkAndPerturbed(
                    share: 1 - settings.perturbedShare, noise: settings.perturbedShare,
                    random: random.split("perturbation"))
            }
        } else {
            start = try ActorCritic(fresh, random: random.split("initial weights"))
        }
        if settings.normalisesObservations, start.normaliser == nil {
            start.normaliser = ObservationNormaliser(
                features: environment.observationSize, clip: settings.normalisationClip)
        }
        let actions = random.split("actions")
        let state = RunState(
            streams: (0..<settings.copies).map { actions.split($0) }, shuffle: random.split("shuffle"),
            normaliser: start.normaliser,
            rewardNormaliser: settings.normalisesRewards
                ? RewardNormaliser(
                    copies: settings.copies, discount: settings.discount, clip: settings.normalisationClip) : nil,
            episodes: EpisodeRecord(copies: settings.copies))
        try self.init(
            environment: environment, settings: settings, seed: seed, threads: threads, niceness: niceness,
            policy: start,
            state: state)
        if let policy, settings.initialWeightsCoefficient > 0 {
            // A pull towards what was learned would keep a net from learning on, not able to.
            let anchor = try ActorCritic(policy.architecture, random: random.split("initial weights"))
            initialParameters.copy(from: anchor.parameters)
        }
        environment.reset(observations: rawObservations.base)
        showObservations()
        captureBoundary()
    }

    init(
        environment: any Environment, settings: PPOSettings, seed: UInt64, threads: Int, niceness: Int,
        policy: ActorCritic, state: RunState
    ) throws(TrainingError) {
        try settings.validate()
        try Self.check(environment, settings, policy)
        guard (1...256).contains(threads) else {
            throw .setting(name: "threads", value: "\(threads)", allowed: "1...256")
        }
        guard (0...19).contains(niceness) else {
            throw .setting(name: "niceness", value: "\(niceness)", allowed: "0...19")
        }
        self.environment = environment
        self.settings = settings
        self.seed = seed
        self.threads = threads
        self.niceness = niceness
        template = policy
        self.state = state
        let size = environment.observationSize
        parameters = FloatBuffer(policy.parameters)
        initialParameters = FloatBuffer(policy.parameters)
        adam = Adam(
            count: policy.parameters.count, epsilon: settings.adamEpsilon, weightDecay: settings.weightDecay)
        transposedPolicy = TransposedWeights(policy.policyNet)
        transposedValue = TransposedWeights(policy.valueNet)
        rollout = Rollout(
            steps: settings.rolloutSteps, copies: settings.copies, observationSize: size,
            dimensions: policy.actionChoices.count, memoryUnits: policy.memoryUnits,
            sequenceLength: policy.memoryNet == nil ? 1 : settings.sequenceLength)
        let memory = FloatBuffer(count: settings.copies * policy.memoryUnits)
        self.memory = memory
        learnerRewards = settings.normalisesRewards ? FloatBuffer(count: settings.rolloutSize) : nil
        rawObservations = FloatBuffer(count: settings.copies * size)
        finalObservations = FloatBuffer(count: settings.copies * size)
        order = .allocate(capacity: settings.rolloutSize)
        order.initialize(repeating: 0, count: settings.rolloutSize)
        streams = .allocate(capacity: settings.copies)
        streams.initialize(from: state.streams, count: settings.copies)
        samplers = (0..<threads).map { worker in
            Sampler(
                policy, range: settings.copies * worker / threads..<settings.copies * (worker + 1) / threads,
                memory: memory)
        }
        gradientWorkers = (0..<threads).map { _ -> any GradientSource in
            SequenceGradientWorker(policy, sequenceLength: settings.sequenceLength) ?? GradientWorker(policy)
        }
        boundary = Boundary(
            state: state, parameters: policy.parameters,
            observations: Array(repeating: 0, count: settings.copies * size), memory: memory.count)
        transposedPolicy.refresh(parameters.base)
        transposedValue.refresh(parameters.base)
    }

    deinit {
        order.deallocate()
        streams.deallocate()
    }

    private static func check(
        _ environment: any Environment, _ settings: PPOSettings, _ policy: ActorCritic
    ) throws(TrainingError) {
        func require(_ what: String, _ expected: String, _ found: String) throws(TrainingError) {
            guard expected == found else { throw .environment(what: what, expected: expected, found: found) }
        }
        try require("number of copies", "\(settings.copies)", "\(environment.copies)")
        try require("observation size", "\(policy.observationSize)", "\(environment.observationSize)")
        try require("action choices", "\(policy.actionChoices)", "\(environment.actionChoices)")
        if policy.memoryNet != nil { try settings.validateSequences() }
        let floats = (settings.rolloutSize + settings.copies) * environment.observationSize
        guard floats <= 1 << 28 else {
            throw .setting(
                name: "copies × rolloutSteps", value: "\(settings.rolloutSize)",
                allowed: "\((1 << 28) / environment.observationSize) at this observation size, 1 GiB of samples")
        }
    }

    /// Environment steps of the latest boundary, since the beginning of training.
    public var steps: Int { boundary.state.steps }

    /// The policy of the latest boundary.
    public var policy: ActorCritic {
        var policy = template
        policy.parameters = boundary.parameters.array
        policy.normaliser = boundary.state.normaliser
        return policy
    }
}
