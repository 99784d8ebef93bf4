import Neural

/// Remedies for nets that were trained so long that they stopped learning; apply before a warm start.
extension ActorCritic {
    /// Every parameter times `share`, plus `noise` times that of a fresh net (Ash & Adams 2020, "shrink and perturb"; they use
    /// 0.4 and 0.1 of the fresh weights for a change of data, and weaker for a slow one). Both 0...1.
    public func shrunkAndPerturbed(
        share: Float, noise: Float, random: RandomStream
    ) throws(TrainingError) -> ActorCritic {
        for (name, value) in [("share", share), ("noise", noise)] where !(0...1).contains(value) {
            throw .setting(name: "shrink-and-perturb \(name)", value: "\(value)", allowed: "0...1")
        }
        let fresh = try ActorCritic(architecture, random: random)
        var result = self
        for index in parameters.indices {
            result.parameters[index] = share * parameters[index] + noise * fresh.parameters[index]
        }
        return result
    }

    /// Hidden units that are dormant over `observations` `[count × observationSize]` get fresh incoming weights and outgoing
    /// weights of zero, so that what the nets compute hardly changes (Sokar et al. 2023, "ReDo"). Returns how many there were.
    public mutating func resetDormantUnits(observations: [Float], random: RandomStream) throws(TrainingError) -> Int {
        let revival = try revival(inputs: netInputs(observations), random: random)
        for (index, value) in revival.parameters { parameters[index] = value }
        return revival.units
    }

    /// The parameters that reset the units that are dormant over `inputs`, and how many units those are. With layer norm the
    /// units beside a revived one shift a little.
    func revival(
        inputs: [Float], random: RandomStream
    ) throws(TrainingError) -> (parameters: [(index: Int, value: Float)], units: Int) {
        let fresh = try ActorCritic(architecture, random: random)
        let dormant = dormantUnits(inputs: inputs)
        var changes: [(index: Int, value: Float)] = []
        for (net, units) in [(policyNet, dormant.policy), (valueNet, dormant.value)] {
            for (index, unit) in units {
                let (layer, next) = (net.layers[index], net.layers[index + 1])
                var incoming = (0...layer.inputs).map { layer.offset + $0 * layer.width + unit }
                if index < net.norms.count {
                    let norm = net.norms[index]
                    incoming += [norm.offset + unit, norm.offset + norm.width + unit]
                }
                changes += incoming.map { ($0, fresh.parameters[$0]) }
                changes += (0..<next.width).map { (next.offset + unit * next.width + $0, 0) }
            }
        }
        return (changes, dormant.policy.count + dormant.value.count)
    }
}
