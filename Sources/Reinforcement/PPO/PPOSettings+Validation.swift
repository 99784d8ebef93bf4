extension PPOSettings {
    /// Throws ``TrainingError/setting(name:value:allowed:)`` for the first value that cannot work.
    public func validate() throws(TrainingError) {
        try require("copies", copies, "1...65,536", (1...65_536).contains(copies))
        try require("rolloutSteps", rolloutSteps, "1...1,048,576", (1...1_048_576).contains(rolloutSteps))
        try require(
            "copies × rolloutSteps", rolloutSize, "2...16,777,216", (2...16_777_216).contains(rolloutSize))
        let smallest = normalisesAdvantages ? 2 : 1
        try require(
            "minibatchSize", minibatchSize, "\(smallest)...copies × rolloutSteps, here \(rolloutSize)",
            minibatchSize >= smallest && minibatchSize <= rolloutSize)
        // A last minibatch of one sample has no deviation to normalise by.
        try require(
            "minibatchSize", minibatchSize, "one that does not leave a single sample of \(rolloutSize) over",
            !(normalisesAdvantages && rolloutSize % minibatchSize == 1))
        try require("epochs", epochs, "1...1,000", (1...1000).contains(epochs))
        try require("discount", discount, "0...1", (0...1).contains(discount))
        try require("gaeLambda", gaeLambda, "0...1", (0...1).contains(gaeLambda))
        try require("clipRange", clipRange, "above 0, at most 1", clipRange > 0 && clipRange <= 1)
        if let valueClipRange {
            try require(
                "valueClipRange", valueClipRange, "above 0 and finite", valueClipRange > 0 && valueClipRange.isFinite)
        }
        try require("entropyCoefficient", entropyCoefficient, "0...10", (0...10).contains(entropyCoefficient))
        try require("valueCoefficient", valueCoefficient, "0...100", (0...100).contains(valueCoefficient))
        if let targetKL {
            try require("targetKL", targetKL, "above 0 and finite", targetKL > 0 && targetKL.isFinite)
        }
        try require("learningRate", learningRate, "above 0, at most 1", learningRate > 0 && learningRate <= 1)
        try require("adamEpsilon", adamEpsilon, "above 0, at most 1", adamEpsilon > 0 && adamEpsilon <= 1)
        try require("weightDecay", weightDecay, "0...1", (0...1).contains(weightDecay))
        try require(
            "maximumGradientNorm", maximumGradientNorm, "above 0 and finite",
            maximumGradientNorm > 0 && maximumGradientNorm.isFinite)
        try require(
            "initialWeightsCoefficient", initialWeightsCoefficient, "0...10",
            (0...10).contains(initialWeightsCoefficient))
        try require(
            "dormantResetInterval", dormantResetInterval, "0...1,000,000",
            (0...1_000_000).contains(dormantResetInterval))
        try require("perturbedShare", perturbedShare, "0...1", (0...1).contains(perturbedShare))
        if let memoryUnits {
            try require(
                "memoryUnits", memoryUnits, "a multiple of 16 up to 1,024",
                (16...1024).contains(memoryUnits) && memoryUnits % 16 == 0)
            try validateSequences()
        }
        try require(
            "normalisationClip", normalisationClip, "above 0 and finite",
            normalisationClip > 0 && normalisationClip.isFinite)
        for (name, widths) in [("policyLayers", policyLayers), ("valueLayers", valueLayers)] {
            try require(
                name, widths, "at most 8 layers of 1...4,096",
                widths.count <= 8 && widths.allSatisfy { (1...4096).contains($0) })
        }
    }

    /// What a policy with memory needs besides.
    func validateSequences() throws(TrainingError) {
        try require("sequenceLength", sequenceLength, "1...1,024", (1...1024).contains(sequenceLength))
        try require(
            "sequenceLength", sequenceLength, "a divisor of rolloutSteps, here \(rolloutSteps)",
            rolloutSteps % sequenceLength == 0)
        try require(
            "minibatchSize", minibatchSize, "a multiple of sequenceLength, here \(sequenceLength)",
            minibatchSize % sequenceLength == 0)
    }

    private func require<Value>(
        _ name: String, _ value: Value, _ allowed: String, _ holds: Bool
    ) throws(TrainingError) {
        guard holds else { throw .setting(name: name, value: "\(value)", allowed: allowed) }
    }
}
