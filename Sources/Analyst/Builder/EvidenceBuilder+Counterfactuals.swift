import Market
import Policies
import Reinforcement
import Simulation

/// What else could have been done on the same bars at the same costs. Every figure is a net result.
extension EvidenceBuilder {
    static let shifts = [1, 3, 6]

    func alternatives(_ path: PricePath) -> EvidenceItem {
        let opposite: Exposure = path.side == .long ? .short : .long
        return EvidenceItem(
            .alternatives,
            [
                "no_trade": .number(0, .fraction),
                "opposite": .number(path.net(from: path.entry, to: path.exit, side: opposite), .fraction),
                "half_size": .number(path.net(from: path.entry, to: path.exit, side: path.side, size: 0.5), .fraction),
            ])
    }

    func entryTiming(_ path: PricePath) -> EvidenceItem {
        let nets = Timing.entries(path)
        return timing(.entryTiming, nets, chance: luck?.chance(ofEntryRecovery:))
    }

    func exitTiming(_ path: PricePath) -> EvidenceItem {
        let nets = Timing.exits(path)
        return timing(.exitTiming, nets, chance: luck?.chance(ofExitRecovery:))
    }

    private func timing(
        _ kind: EvidenceKind, _ nets: [(shift: Int, net: Double)], chance: ((Double) -> Double)?
    ) -> EvidenceItem {
        guard let best = nets.max(by: { $0.net < $1.net }) else { return EvidenceItem(kind, missing: .tooFew) }
        var values: [String: EvidenceValue] = [:]
        for (shift, net) in nets { values[Timing.name(shift)] = .number(net, .fraction) }
        let recovered = best.net - trade.netReturn
        values["best"] = .number(best.net, .fraction)
        values["best_shift"] = .number(Double(best.shift), .bars)
        values["recovered"] = .number(recovered, .fraction)
        if let share = chance?(recovered) { values["chance"] = .number(share, .share) }
        return EvidenceItem(kind, values)
    }

    func stops(_ path: PricePath) -> EvidenceItem {
        guard let range = path.averageTrueRange, range > 0 else { return EvidenceItem(.stops, missing: .tooFew) }
        let widths = [("stop_1_atr", 1.0), ("stop_1_5_atr", 1.5), ("stop_2_atr", 2.0)].filter { $0.1 * range < 1 }
        return EvidenceItem(
            .stops,
            Dictionary(uniqueKeysWithValues: widths.map { ($0.0, .number(path.net(stop: $0.1 * range), .fraction)) }))
    }

    /// The champion before, walked over the same bars by the same trader; what it still holds at the exit is closed there.
    func previousChampion(_ path: PricePath) -> EvidenceItem {
        guard let previous = tradeCase.previous else {
            return EvidenceItem(.previousChampion, missing: trade.policyVersion == nil ? .noInputs : .noPredecessor)
        }
        guard let policy = previous.policy, let layout = ObservationLayout.named(previous.layout),
            layout.size == policy.observationSize
        else { return EvidenceItem(.previousChampion, missing: .modelGone) }
        let series = tradeCase.candles
        let start = max(0, path.entry + 1 - layout.history - 8)
        guard
            let result = try? Self.walk(policy, series[start..<path.exit + 1], layout, path.entry - start, trade.costs)
        else {
            // Too few candles before the entry for its layout, or a gap where they should be.
            return EvidenceItem(.previousChampion, missing: .tooFew)
        }
        return EvidenceItem(
            .previousChampion,
            [
                "version": .number(Double(previous.version), .version), "net": .number(result.net, .fraction),
                "side": .side(result.first),
            ])
    }

    private static func walk(
        _ policy: ActorCritic, _ series: CandleSeries, _ layout: ObservationLayout, _ entry: Int, _ costs: CostModel
    ) throws -> (net: Double, first: Exposure) {
        let tables = try MarketTables(series, layout: layout)
        let evaluator = PolicyEvaluator(policy)
        var walker = try TradeWalker(symbol: series.symbol, interval: series.interval, costs: costs)
        var first: Exposure?
        for bar in entry..<series.count - 1 {
            let step = try walker.advance(tables, bar: bar) { evaluator.decide($0) }
            first = first ?? step.exposure
        }
        _ = try walker.finish(tables, bar: series.count - 1)
        return (walker.equity - 1, first ?? .flat)
    }

    func hindsight(_ path: PricePath) -> EvidenceItem {
        let best = Hindsight(path)
        return EvidenceItem(
            .hindsight,
            [
                "best": .number(best.net, .fraction), "trades": .number(Double(best.trades), .count),
                "regret": .number(best.net - trade.netReturn, .fraction),
            ])
    }
}

/// Net results of entries and exits moved by 1, 3 and 6 bars, as far as there are bars.
enum Timing {
    static func name(_ shift: Int) -> String { shift < 0 ? "earlier_\(-shift)" : "later_\(shift)" }

    private static let shifts = [-6, -3, -1, 1, 3, 6]

    /// The exit stays where it was.
    static func entries(_ path: PricePath) -> [(shift: Int, net: Double)] {
        shifts.filter { path.entry + $0 >= 0 && path.entry + $0 < path.exit }.map {
            ($0, path.net(from: path.entry + $0, to: path.exit, side: path.side))
        }
    }

    /// The entry stays where it was.
    static func exits(_ path: PricePath) -> [(shift: Int, net: Double)] {
        shifts.filter { path.exit + $0 > path.entry && path.exit + $0 < path.candles.count }.map {
            ($0, path.net(from: path.entry, to: path.exit + $0, side: path.side))
        }
    }
}
