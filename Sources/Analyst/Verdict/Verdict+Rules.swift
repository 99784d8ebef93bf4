/// The rules, from evidence to causes. Thresholds stand in `docs/metrics.md`.
extension Verdict {
    /// Costs are a cause above this share of the loss.
    static let costShare = 0.5
    /// A timing or regime effect counts when at most this share of the losing simulated paths shows as much.
    static let chance = 0.02
    /// And when it recovers at least this share of the loss.
    static let recoveredShare = 0.25
    static let lossProbability = 0.6
    /// A state is unlike the training data from this distance on (standard deviations, root mean square over the inputs).
    static let farDistance = 2.5
    static let knownDistance = 1.75
    static let knownPercentile = 0.995
    /// Results between these percentiles of the simulated paths are ordinary.
    static let ordinary = 0.005...0.995

    /// The causes of a loss; none for a trade that did not lose.
    public init(_ evidence: LossEvidence) {
        let net = evidence.net
        guard net < 0 else {
            self.init(causes: [])
            return
        }
        let rules = Rules(evidence: evidence, loss: -net)
        let found = [
            rules.outOfDistribution, rules.badDecision, rules.regimeChange, rules.exit, rules.entry, rules.costs,
        ].compactMap { $0 }
        // Of equals the rule listed first comes first: it explains the others.
        let ranked = found.enumerated().sorted {
            ($0.element.recovered ?? 0, -$0.offset) > ($1.element.recovered ?? 0, -$1.offset)
        }.map(\.element)
        let causes = ranked + [rules.ordinaryVariance(besides: ranked.first)].compactMap { $0 }
        self.init(
            causes: causes.isEmpty ? [Cause(.unknown, evidence: [EvidenceKind.split.id], recovered: nil)] : causes)
    }
}

private struct Rules {
    let evidence: LossEvidence
    /// Above 0.
    let loss: Double

    var costs: Cause? {
        guard let costs = evidence[.split]?.number("costs"), -costs > Verdict.costShare * loss else { return nil }
        return Cause(.costs, evidence: [EvidenceKind.split.id], recovered: -costs)
    }

    var entry: Cause? {
        guard let timing = evidence[.entryTiming], let recovered = material(timing) else { return nil }
        return Cause(.entry, evidence: ids(.entryTiming, .path, .luck), recovered: recovered)
    }

    /// Too late: it was ahead by more than an average true range and gave it back. Too early: it would have turned round.
    var exit: Cause? {
        guard let timing = evidence[.exitTiming], let recovered = material(timing),
            let shift = timing.number("best_shift")
        else { return nil }
        guard shift > 0 || (evidence[.path]?.number("mfe_atr") ?? 0) > 1 else { return nil }
        return Cause(.exit, evidence: ids(.exitTiming, .path, .stops, .luck), recovered: recovered)
    }

    var regimeChange: Cause? {
        guard let regime = evidence[.regime], let turned = regime.number("net_at_turn"),
            let chance = regime.number("chance"), chance <= Verdict.chance,
            turned + loss >= Verdict.recoveredShare * loss
        else { return nil }
        return Cause(.regimeChange, evidence: ids(.regime, .conditions, .luck), recovered: turned + loss)
    }

    var badDecision: Cause? {
        var reasons: [EvidenceKind] = []
        if let odds = evidence[.luck]?.number("gross_loss_probability"), odds > Verdict.lossProbability {
            reasons.append(.luck)
        }
        if let past = evidence[.neighbours], let high = past.number("win_share_high"),
            let base = past.number("base_rate"), high < base
        {
            reasons.append(.neighbours)
        }
        guard !reasons.isEmpty else { return nil }
        return Cause(.badDecision, evidence: reasons.map(\.id) + ids(.policy, .alternatives), recovered: loss)
    }

    var outOfDistribution: Cause? {
        guard let item = evidence[.distance], let distance = item.number("distance") else { return nil }
        let isRare = (item.number("percentile") ?? 0) >= Verdict.knownPercentile && distance >= Verdict.knownDistance
        guard distance >= Verdict.farDistance || isRare else { return nil }
        return Cause(.outOfDistribution, evidence: ids(.distance, .policy, .alternatives), recovered: loss)
    }

    /// What is left to chance once the strongest other cause is taken out.
    func ordinaryVariance(besides strongest: Cause?) -> Cause? {
        guard let luck = evidence[.luck], let percentile = luck.number("percentile"),
            let median = luck.number("median"), Verdict.ordinary.contains(percentile)
        else { return nil }
        let left = median + loss - (strongest?.recovered ?? 0)
        guard left > 0 || strongest == nil else { return nil }
        return Cause(.ordinaryVariance, evidence: ids(.luck), recovered: left > 0 ? left : nil)
    }

    private func material(_ timing: EvidenceItem) -> Double? {
        guard let recovered = timing.number("recovered"), let chance = timing.number("chance"),
            chance <= Verdict.chance, recovered >= Verdict.recoveredShare * loss
        else { return nil }
        return recovered
    }

    /// Ids of those that are not missing.
    private func ids(_ kinds: EvidenceKind...) -> [EvidenceID] { kinds.filter { evidence[$0] != nil }.map(\.id) }
}
