#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Who is listened to, and how much: weights of the active models, which sum to 1 and keep their bounds, and the models in the
/// shadow, whose word is scored but not followed.
///
/// Each trade moves every weight by what the model's own word on it would have earned: exponentiated gradient (Kivinen &
/// Warmuth 1997) with the gain of a coin of the same exposure taken off, so that activity without skill moves nothing on
/// average; a pull to the configured weights (fixed share, Herbster & Warmuth 1998); and a projection onto the bounds.
public struct EnsembleWeights: Sendable, Hashable, Codable {
    public internal(set) var members: [EnsembleMember]
    public let parameters: LearningParameters
    /// While frozen, trades are scored but move no weight.
    public internal(set) var isFrozen = false

    private var typical = TypicalResult()
    private var adaptive = AdaptiveRate()

    /// - Parameter priors: name and weight of each model in the order they are shown; the weights sum to 1, and 0 means that
    ///   a model begins in the shadow.
    /// - Throws: ``WeightError`` for weights that no bounds allow.
    public init(_ priors: [(name: String, weight: Double)], parameters: LearningParameters) throws(WeightError) {
        let active = priors.count { $0.weight > 0 }
        guard active > 0 else { throw .noActiveModel }
        let (least, most) = (parameters.minWeight, parameters.maxWeight)
        guard active == 1 || (Double(active) * least <= 1 + 1e-12 && Double(active) * most >= 1 - 1e-12) else {
            throw .infeasible(active: active, minimum: least, maximum: most)
        }
        let sum = priors.reduce(0) { $0 + $1.weight }
        guard abs(sum - 1) < 1e-6 else { throw .sum(sum) }
        for prior in priors where !(prior.weight >= 0 && prior.weight <= 1) {
            throw .outOfRange(model: prior.name, value: prior.weight)
        }
        members = priors.map { EnsembleMember(name: $0.name, prior: $0.weight) }
        self.parameters = parameters
        fit()
    }

    /// What was stored, under today's configuration: as it was while the configured weights are the same, else begun anew.
    /// Models that came in beside the configured ones stay in the shadow.
    ///
    /// - Throws: ``WeightError`` as the first initialiser does.
    public static func reconciled(
        _ stored: EnsembleWeights?, priors: [(name: String, weight: Double)], parameters: LearningParameters
    ) throws(WeightError) -> EnsembleWeights {
        var fresh = try EnsembleWeights(priors, parameters: parameters)
        guard let stored else { return fresh }
        let isSame = priors.allSatisfy { prior in
            stored[prior.name].map { $0.prior == prior.weight } ?? (prior.weight == 0)
        }
        guard isSame, stored.members.contains(where: { $0.state == .active }) else {
            for member in stored.members where fresh[member.name] == nil { fresh.enlist(member.name) }
            return fresh
        }
        var kept = EnsembleWeights(copying: stored, parameters: parameters)
        kept.isFrozen = stored.isFrozen
        for prior in priors { kept.enlist(prior.name) }
        kept.fit()
        return kept
    }

    /// Takes a model in, in the shadow, unless it is there already.
    public mutating func enlist(_ name: String) {
        if self[name] == nil { members.append(EnsembleMember(name: name, prior: 0)) }
    }

    /// `earlier` with other parameters.
    init(copying earlier: EnsembleWeights, parameters: LearningParameters) {
        members = earlier.members
        self.parameters = parameters
        typical = earlier.typical
        adaptive = earlier.adaptive
    }

    public subscript(_ name: String) -> EnsembleMember? { members.first { $0.name == name } }

    /// By name; shadows have 0.
    public var table: [String: Double] { Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.weight) }) }

    var active: [Int] { members.indices.filter { members[$0].state == .active } }

    var bounds: ClosedRange<Double> { CappedSimplex.bounds(parameters, count: active.count) }

    /// Lets a closed trade move the weights, and lets models in from the shadow that have proved themselves.
    ///
    /// - Returns: a row for each weight that was looked at; none while frozen.
    /// - Throws: ``WeightError/notFinite(trade:)``; nothing is changed then.
    public mutating func learn(_ score: TradeScore) throws(WeightError) -> [WeightChange] {
        guard score.longReturn.isFinite, score.shortReturn.isFinite else { throw .notFinite(trade: score.trade) }
        typical.add(score)
        let gains = members.map { Gain(score, score.votes[$0.name], typical: typical.value, parameters) }
        for (index, gain) in gains.enumerated() where (score.votes[members[index].name]?.side ?? .flat) != .flat {
            members[index].record.add(gain.centred)
        }
        guard !isFrozen else { return [] }
        var changes = step(gains, trade: score.trade)
        for member in members where member.state == .shadow && member.remembered == nil && member.record.provesSkill {
            let reason = "\(member.record.trades) trades in the shadow, mean gain above a coin's at 90 %"
            changes += try admit(member.name, reason: reason)
        }
        return changes
    }

    private mutating func step(_ gains: [Gain], trade: String) -> [WeightChange] {
        let active = active
        guard active.count > 1 else { return [] }
        let old = active.map { members[$0].weight }
        let centred = active.map { gains[$0].centred }
        var rate = parameters.learningRate
        if parameters.isAdaptive {
            rate = adaptive.rate(models: active.count, configured: parameters.learningRate)
            adaptive.observe(weights: old, gains: centred, rate: rate)
        }
        let top = centred.max() ?? 0
        let stepped = zip(old, centred).map { $0 * exp(rate * ($1 - top)) }
        let sum = stepped.reduce(0, +)
        let pull = priors(of: active)
        let raw = zip(stepped, pull).map { $0 / sum * (1 - parameters.weightDecay) + $1 * parameters.weightDecay }
        let projected = CappedSimplex.projection(of: raw, onto: bounds)
        var changes: [WeightChange] = []
        for (place, index) in active.enumerated() {
            members[index].weight = projected[place]
            let gain = gains[index]
            changes.append(
                WeightChange(
                    model: members[index].name, state: .active,
                    cause: gain.centred > 0 ? .reward : (gain.centred < 0 ? .punishment : .balance), reason: "",
                    old: old[place], raw: raw[place], projected: projected[place], quality: gain.quality,
                    gain: gain.centred, baseline: gain.baseline, rate: rate, trade: trade))
        }
        return changes
    }

    /// The configured weights of `indices`, summing to 1. One that came in from the shadow has the least weight for its prior.
    private func priors(of indices: [Int]) -> [Double] {
        let weights = indices.map { max(members[$0].prior, bounds.lowerBound, 1e-9) }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    /// Brings the active weights within their bounds, ratios kept.
    mutating func fit() {
        let active = active
        let projected = CappedSimplex.projection(of: active.map { max(members[$0].weight, 1e-9) }, onto: bounds)
        for (place, index) in active.enumerated() { members[index].weight = projected[place] }
    }
}
