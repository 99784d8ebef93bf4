import Neural

/// A missing key keeps its default, so that settings written by an older version still read.
extension PPOSettings {
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func read<T: Decodable>(_ key: CodingKeys, _ path: WritableKeyPath<PPOSettings, T>) throws {
            if let value = try values.decodeIfPresent(T.self, forKey: key) { self[keyPath: path] = value }
        }
        func readOptional<T: Decodable>(_ key: CodingKeys, _ path: WritableKeyPath<PPOSettings, T?>) throws {
            self[keyPath: path] = try values.decodeIfPresent(T.self, forKey: key)
        }
        self.init()
        try read(.copies, \.copies)
        try read(.rolloutSteps, \.rolloutSteps)
        try read(.minibatchSize, \.minibatchSize)
        try read(.epochs, \.epochs)
        try read(.discount, \.discount)
        try read(.gaeLambda, \.gaeLambda)
        try read(.clipRange, \.clipRange)
        try readOptional(.valueClipRange, \.valueClipRange)
        try read(.entropyCoefficient, \.entropyCoefficient)
        try read(.valueCoefficient, \.valueCoefficient)
        try readOptional(.targetKL, \.targetKL)
        try read(.normalisesAdvantages, \.normalisesAdvantages)
        try read(.learningRate, \.learningRate)
        try read(.learningRateSchedule, \.learningRateSchedule)
        try read(.adamEpsilon, \.adamEpsilon)
        try read(.weightDecay, \.weightDecay)
        try read(.maximumGradientNorm, \.maximumGradientNorm)
        try read(.initialWeightsCoefficient, \.initialWeightsCoefficient)
        try read(.normalisesObservations, \.normalisesObservations)
        try read(.normalisesRewards, \.normalisesRewards)
        try read(.normalisationClip, \.normalisationClip)
        try read(.policyLayers, \.policyLayers)
        try read(.valueLayers, \.valueLayers)
        try read(.activation, \.activation)
        try read(.dormantResetInterval, \.dormantResetInterval)
        try read(.perturbedShare, \.perturbedShare)
        try read(.normalisesLayers, \.normalisesLayers)
        try readOptional(.memoryUnits, \.memoryUnits)
        try read(.sequenceLength, \.sequenceLength)
    }
}
