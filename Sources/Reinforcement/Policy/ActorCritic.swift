import Neural

/// A policy and its value function: two separate nets over the same observation, as SB3's `MlpPolicy`, and the observation
/// normaliser they were trained with. With a memory, a recurrent layer reads the observation first, and both nets read its state
/// beside the observation.
public struct ActorCritic: Sendable, Equatable {
    public struct Architecture: Sendable, Equatable {
        /// Floats in one observation.
        public var observationSize: Int
        /// Choices of each action dimension; their sum is at most 64.
        public var actionChoices: [Int]
        /// Widths of the hidden layers.
        public var policyLayers: [Int]
        public var valueLayers: [Int]
        public var activation: Activation
        /// Units of the gated recurrent layer that both nets share, a multiple of 16; nil for a policy without memory.
        public var memoryUnits: Int?
        /// Layer norm between a hidden layer's sums and its activation.
        public var normalisesLayers: Bool

        public init(
            observationSize: Int, actionChoices: [Int], policyLayers: [Int] = [64, 64], valueLayers: [Int] = [64, 64],
            activation: Activation = .tanh, memoryUnits: Int? = nil, normalisesLayers: Bool = false
        ) {
            self.observationSize = observationSize
            self.actionChoices = actionChoices
            self.policyLayers = policyLayers
            self.valueLayers = valueLayers
            self.activation = activation
            self.memoryUnits = memoryUnits
            self.normalisesLayers = normalisesLayers
        }

        /// Numbers that both nets read: the memory's state, then the observation.
        var netInputs: Int { (memoryUnits ?? 0) + observationSize }
    }

    public let architecture: Architecture
    /// Nil when observations go into the nets as they are.
    public internal(set) var normaliser: ObservationNormaliser?
    /// The flat arena of both nets, padded as ``Neural/Dense`` says.
    public internal(set) var parameters: [Float]
    /// Where each net's parameters lie in ``parameters``.
    public let policyNet: MLP
    public let valueNet: MLP
    /// What carries a state from one step to the next; nil for a policy without memory.
    public let memoryNet: GRU?

    /// A fresh one: orthogonal weights with gain √2 in hidden layers, 0.01 in the policy's head and 1 in the value's and in the
    /// memory, zero biases (SB3 `ortho_init`).
    public init(_ architecture: Architecture, random: RandomStream) throws(TrainingError) {
        try self.init(blank: architecture)
        var policyStream = random.split("policy")
        var valueStream = random.split("value")
        var memoryStream = random.split("memory")
        let (policyNet, valueNet, memoryNet) = (policyNet, valueNet, memoryNet)
        parameters.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            let gain = 2.0.squareRoot()
            policyNet.initialiseOrthogonal(base, hiddenGain: gain, outputGain: 0.01, random: &policyStream)
            valueNet.initialiseOrthogonal(base, hiddenGain: gain, outputGain: 1, random: &valueStream)
            memoryNet?.initialiseOrthogonal(base, random: &memoryStream)
        }
    }

    /// All parameters zero.
    init(blank architecture: Architecture) throws(TrainingError) {
        try architecture.validate()
        self.architecture = architecture
        let size = architecture.netInputs
        policyNet = MLP(
            sizes: [size] + architecture.policyLayers + [architecture.actionChoices.reduce(0, +)],
            activation: architecture.activation, normalisesLayers: architecture.normalisesLayers)
        valueNet = MLP(
            sizes: [size] + architecture.valueLayers + [1], activation: architecture.activation,
            offset: policyNet.parameterRange.upperBound, normalisesLayers: architecture.normalisesLayers)
        let end = valueNet.parameterRange.upperBound
        memoryNet = architecture.memoryUnits.map {
            GRU(inputs: architecture.observationSize, units: $0, offset: end)
        }
        parameters = Array(repeating: 0, count: memoryNet?.parameterRange.upperBound ?? end)
    }

    public var observationSize: Int { architecture.observationSize }
    public var actionChoices: [Int] { architecture.actionChoices }
    /// Sum of the choices of all action dimensions: the policy net's outputs.
    public var choiceCount: Int { policyNet.outputs }
    /// Numbers that are carried from one step to the next; 0 for a policy without memory.
    public var memoryUnits: Int { architecture.memoryUnits ?? 0 }
}

extension ActorCritic.Architecture {
    func validate() throws(TrainingError) {
        func check(_ holds: Bool, _ reason: String) throws(TrainingError) {
            guard holds else { throw .policy(reason: reason) }
        }
        try check(
            (1...1_048_576).contains(observationSize),
            "its observation has \(observationSize) numbers, not 1...1,048,576")
        try check(!actionChoices.isEmpty, "it has no action dimension")
        try check(actionChoices.allSatisfy { (1...64).contains($0) }, "an action dimension needs 1...64 choices")
        try check(
            actionChoices.reduce(0, +) <= 64, "its action dimensions have more than 64 choices together")
        if let memoryUnits {
            try check(
                (16...1024).contains(memoryUnits) && memoryUnits % 16 == 0,
                "its memory has \(memoryUnits) units; allowed are multiples of 16 up to 1,024")
        }
        for widths in [policyLayers, valueLayers] {
            try check(
                widths.count <= 8 && widths.allSatisfy { (1...4096).contains($0) },
                "its hidden layers are \(widths); allowed are at most 8 of 1...4,096")
        }
    }
}
