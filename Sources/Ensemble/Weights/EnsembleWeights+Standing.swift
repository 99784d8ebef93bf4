/// Who is in and who is out.
extension EnsembleWeights {
    /// Lets a model in from the shadow: with the weight it had when it left, else with the least one. The others shrink.
    ///
    /// - Throws: ``WeightError`` for an unknown model.
    public mutating func admit(_ name: String, reason: String) throws(WeightError) -> [WeightChange] {
        let index = try index(of: name)
        guard members[index].state == .shadow else { return [] }
        let before = members
        members[index].state = .active
        members[index].reason = reason
        members[index].record = GainRecord()
        let entry = min(max(members[index].remembered ?? 0, bounds.lowerBound), bounds.upperBound)
        members[index].remembered = nil
        place(index, at: entry)
        return changes(since: before, cause: .admitted, of: name, reason: reason)
    }

    /// Puts a model into the shadow, its weight remembered; the others grow in their ratios.
    ///
    /// - Parameter comesBack: false for a model that has to prove itself anew before it is let in.
    /// - Throws: ``WeightError`` for an unknown model, and for the last active one.
    public mutating func withdraw(
        _ name: String, reason: String, comesBack: Bool = true
    ) throws(WeightError) -> [WeightChange] {
        let index = try index(of: name)
        guard members[index].state == .active else {
            members[index].reason = reason
            return []
        }
        guard active.count > 1 else { throw .noActiveModel }
        let before = members
        members[index].state = .shadow
        members[index].remembered = comesBack ? members[index].weight : nil
        members[index].weight = 0
        members[index].reason = reason
        members[index].record = GainRecord()
        fit()
        return changes(since: before, cause: .withdrawn, of: name, reason: reason)
    }

    /// Takes a model in the shadow out altogether, with its record. An active one stays: withdraw it first.
    public mutating func dismiss(_ name: String) { members.removeAll { $0.name == name && $0.state == .shadow } }

    /// Sets the weights by hand; a weight of 0 sends a model into the shadow, one above it lets it in. Models that are not
    /// named keep theirs.
    ///
    /// - Throws: ``WeightError`` for weights that do not sum to 1 or leave the bounds; nothing is changed then.
    public mutating func set(_ weights: [String: Double], by actor: String) throws(WeightError) -> [WeightChange] {
        let before = members
        var after = members
        for (name, weight) in weights {
            let index = try index(of: name)
            guard weight >= 0, weight <= 1 else { throw .outOfRange(model: name, value: weight) }
            let state: EnsembleMember.State = weight > 0 ? .active : .shadow
            if state != after[index].state {
                after[index].record = GainRecord()
                after[index].remembered = nil
            }
            after[index].state = state
            after[index].weight = weight
            after[index].reason = "set by \(actor)"
        }
        let active = after.filter { $0.state == .active }
        guard !active.isEmpty else { throw .noActiveModel }
        let sum = after.reduce(0) { $0 + $1.weight }
        guard abs(sum - 1) < 1e-6 else { throw .sum(sum) }
        let bounds = CappedSimplex.bounds(parameters, count: active.count)
        for member in active
        where member.weight < bounds.lowerBound - 1e-9 || member.weight > bounds.upperBound + 1e-9 {
            throw .outOfRange(model: member.name, value: member.weight)
        }
        members = after
        fit()
        return changes(since: before, cause: .ordered, of: nil, reason: "set by \(actor)")
    }

    /// Back to the members and weights of `earlier`; what was learned since is given up.
    public mutating func restore(_ earlier: EnsembleWeights, reason: String) -> [WeightChange] {
        let before = members
        let wasFrozen = isFrozen
        let kept = parameters
        self = EnsembleWeights(copying: earlier, parameters: kept)
        isFrozen = wasFrozen
        fit()
        return changes(since: before, cause: .ordered, of: nil, reason: reason)
    }

    public mutating func freeze(_ isFrozen: Bool) { self.isFrozen = isFrozen }

    /// Takes the newcomer's weight from the others in proportion, within their bounds.
    private mutating func place(_ index: Int, at entry: Double) {
        let others = active.filter { $0 != index }
        guard !others.isEmpty else {
            members[index].weight = 1
            return
        }
        // The newcomer's weight stands; the others are fitted into what is left.
        let rest = 1 - entry
        let bounds = (bounds.lowerBound / rest)...max(bounds.upperBound / rest, 1 / Double(others.count))
        let projected = CappedSimplex.projection(of: others.map { members[$0].weight }, onto: bounds)
        for (position, other) in others.enumerated() { members[other].weight = projected[position] * rest }
        members[index].weight = entry
    }

    private func index(of name: String) throws(WeightError) -> Int {
        guard let index = members.firstIndex(where: { $0.name == name }) else {
            throw .unknownModel(name, known: members.map(\.name))
        }
        return index
    }

    private func changes(
        since before: [EnsembleMember], cause: WeightChange.Cause, of name: String?, reason: String
    ) -> [WeightChange] {
        members.compactMap { member in
            let old = before.first { $0.name == member.name }
            guard old?.weight != member.weight || old?.state != member.state else { return nil }
            let isCause = name == nil || name == member.name
            return WeightChange(
                model: member.name, state: member.state, cause: isCause ? cause : .balance, reason: reason,
                old: old?.weight ?? 0, raw: member.weight, projected: member.weight, quality: 0, gain: 0, baseline: 0,
                rate: 0, trade: "")
        }
    }
}
