import Evaluation
import Market
import Simulation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the policy saw and thought.
extension EvidenceBuilder {
    func policyItem() -> EvidenceItem {
        let probabilities = trade.probabilities
        guard probabilities.count == Exposure.allCases.count else { return EvidenceItem(.policy, missing: .noInputs) }
        let ranked = zip(Exposure.allCases, probabilities).sorted { $0.1 > $1.1 }
        let entropy = -probabilities.filter { $0 > 0 }.reduce(0) { $0 + $1 * log($1) }
        return EvidenceItem(
            .policy,
            [
                "flat": .number(probabilities[0], .share), "long": .number(probabilities[1], .share),
                "short": .number(probabilities[2], .share), "value": .number(trade.value, .ratio),
                "entropy": .number(entropy, .nats), "top": .side(ranked[0].0), "second": .side(ranked[1].0),
                "top_probability": .number(ranked[0].1, .share), "second_probability": .number(ranked[1].1, .share),
                "margin": .number(ranked[0].1 - ranked[1].1, .share),
            ])
    }

    /// Shapley values, integrated gradients and the distance from the training data: what needs the inputs and the policy.
    func attributionItems() -> [EvidenceItem] {
        let kinds: [EvidenceKind] = [.shapley, .integratedGradients, .distance]
        func missing(_ reason: MissingEvidence) -> [EvidenceItem] { kinds.map { EvidenceItem($0, missing: reason) } }
        guard let layout else { return missing(.noInputs) }
        guard let policy = tradeCase.policy else { return missing(.modelGone) }
        guard let function = PolicyFunction(policy), function.size == layout.size else {
            return missing(.noTrainingFigures)
        }
        let z = function.normalised(trade.inputs)
        return [
            shapley(function, z, layout), integratedGradients(function, z, layout), distance(function, layout),
        ]
    }

    private func shapley(_ function: PolicyFunction, _ z: [Double], _ layout: ObservationLayout) -> EvidenceItem {
        let groups = layout.ranges
        guard groups.count <= Shapley.maximum else { return EvidenceItem(.shapley, missing: .tooFew) }
        let worth = { (coalition: UInt) -> Double in
            var mixed = [Double](repeating: 0, count: z.count)
            for (index, group) in groups.enumerated() where coalition & (1 << UInt(index)) != 0 {
                for input in group.range { mixed[input] = z[input] }
            }
            return function.logProbability(of: trade.side.rawValue, mixed)
        }
        let values = Shapley.values(players: groups.count, worth: worth)
        var named: [String: EvidenceValue] = [
            "baseline": .number(worth(0), .nats), "full": .number(worth((1 << UInt(groups.count)) - 1), .nats),
        ]
        for (group, value) in zip(groups, values) { named["group_\(group.name)"] = .number(value, .nats) }
        if let most = zip(groups, values).max(by: { $0.1 < $1.1 }), most.1 > 0 {
            named["most"] = .text(most.0.name)
            named["most_value"] = .number(most.1, .nats)
        }
        return EvidenceItem(.shapley, named)
    }

    private func integratedGradients(
        _ function: PolicyFunction, _ z: [Double], _ layout: ObservationLayout
    ) -> EvidenceItem {
        let action = trade.side.rawValue
        let result = IntegratedGradients(
            at: z, value: { function.logProbability(of: action, $0) }, gradient: { function.gradient(of: action, $0) })
        guard result.gap <= IntegratedGradients.largestGap else {
            return EvidenceItem(.integratedGradients, missing: .incomplete)
        }
        var named: [String: EvidenceValue] = ["gap": .number(result.gap, .share)]
        for group in layout.ranges {
            named["group_\(group.name)"] = .number(result.values[group.range].reduce(0, +), .nats)
        }
        let names = layout.features
        let ranked = result.values.indices.sorted { abs(result.values[$0]) > abs(result.values[$1]) }
        for (place, index) in ranked.prefix(3).enumerated() {
            named["input_\(place + 1)"] = .text(names[index])
            named["input_\(place + 1)_value"] = .number(result.values[index], .nats)
        }
        return EvidenceItem(.integratedGradients, named)
    }

    /// In standard deviations of the training data, without clipping; the position's own state is not compared.
    private func distance(_ function: PolicyFunction, _ layout: ObservationLayout) -> EvidenceItem {
        let compared = layout.ranges.filter { $0.name != "state" }.flatMap(\.range)
        let own = function.deviations(trade.inputs)
        let size = { (z: [Double]) in
            (compared.reduce(0) { $0 + z[$1] * z[$1] } / Double(compared.count)).squareRoot()
        }
        let names = layout.features
        let furthest = compared.max { abs(own[$0]) < abs(own[$1]) } ?? 0
        var values: [String: EvidenceValue] = [
            "distance": .number(size(own), .ratio), "furthest_input": .text(names[furthest]),
            "furthest_deviation": .number(own[furthest], .ratio),
            "outside": .number(Double(compared.filter { abs(own[$0]) > 3 }.count) / Double(compared.count), .share),
        ]
        let known = tradeCase.knownStates.filter { $0.count == layout.size }
        if known.count >= 100 {
            let mine = size(own)
            let nearer = known.filter { size(function.deviations($0)) < mine }.count
            values["percentile"] = .number(Double(nearer) / Double(known.count), .share)
            values["known_states"] = .number(Double(known.count), .count)
        }
        return EvidenceItem(.distance, values)
    }

    /// The nearest past entries by Euclidean distance of their states, each input over its spread.
    func neighbours() -> EvidenceItem {
        guard layout != nil else { return EvidenceItem(.neighbours, missing: .noInputs) }
        let past = tradeCase.pastEntries.filter { $0.state.count == trade.inputs.count }
        guard past.count >= Self.fewestPastEntries else { return EvidenceItem(.neighbours, missing: .tooFew) }
        let nearest = Neighbours.nearest(Self.neighbourCount, to: trade.inputs, in: past)
        let wins = nearest.filter { $0.entry.netReturn > 0 }.count
        let interval = WilsonInterval(successes: wins, trials: nearest.count)
        let base = Double(past.filter { $0.netReturn > 0 }.count) / Double(past.count)
        var values: [String: EvidenceValue] = [
            "count": .number(Double(nearest.count), .count), "wins": .number(Double(wins), .count),
            "win_share": .number(Double(wins) / Double(nearest.count), .share),
            "win_share_low": .number(interval.low, .share), "win_share_high": .number(interval.high, .share),
            "base_rate": .number(base, .share), "base_count": .number(Double(past.count), .count),
            "mean_net": .number(nearest.reduce(0) { $0 + $1.entry.netReturn } / Double(nearest.count), .fraction),
        ]
        for (place, found) in nearest.prefix(3).enumerated() {
            values["trade_\(place + 1)"] = .number(Double(found.entry.trade), .trade)
        }
        return EvidenceItem(.neighbours, values)
    }

    static let neighbourCount = 20
    /// With fewer, the nearest are hardly nearer than the rest.
    static let fewestPastEntries = 60
}
