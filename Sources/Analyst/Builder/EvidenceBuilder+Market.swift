import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the price did around the trade.
extension EvidenceBuilder {
    func excursions(_ path: PricePath) -> EvidenceItem {
        let excursions = Excursions(path)
        var values: [String: EvidenceValue] = [
            "mae": .number(excursions.adverse, .fraction), "mfe": .number(excursions.favourable, .fraction),
            "mae_bar": .number(Double(excursions.adverseBar), .bars),
            "mfe_bar": .number(Double(excursions.favourableBar), .bars),
            "bars": .number(Double(path.bars), .bars),
            "given_back": .number(max(0, excursions.favourable - trade.grossReturn), .fraction),
            "net_at_best": .number((1 + excursions.favourable) * trade.costRatio - 1, .fraction),
            "net_at_worst": .number((1 + excursions.adverse) * trade.costRatio - 1, .fraction),
        ]
        let span = excursions.favourable - excursions.adverse
        if span > 0 {
            let kept = (trade.grossReturn - excursions.adverse) / span
            values["exit_efficiency"] = .number(min(1, max(0, kept)), .share)
        }
        if excursions.adverse < 0 {
            values["edge_ratio"] = .number(excursions.favourable / -excursions.adverse, .ratio)
        }
        if let range = path.averageTrueRange, range > 0 {
            values["atr"] = .number(range, .share)
            values["mae_atr"] = .number(excursions.adverse / range, .atr)
            values["mfe_atr"] = .number(excursions.favourable / range, .atr)
        }
        return EvidenceItem(.path, values)
    }

    func regime(_ path: PricePath) -> EvidenceItem {
        guard let before = Regime(path.candles, at: path.entry), let after = Regime(path.candles, at: path.exit) else {
            return EvidenceItem(.regime, missing: .tooFew)
        }
        var values: [String: EvidenceValue] = [
            "entry_trend": .text(before.trend.rawValue), "exit_trend": .text(after.trend.rawValue),
            "entry_t": .number(before.t, .ratio), "exit_t": .number(after.t, .ratio),
            "changed": .text(before.trend == after.trend ? "no" : "yes"),
        ]
        if let turn = Self.turn(path) {
            values["turn_bar"] = .number(Double(turn - path.entry), .bars)
            values["net_at_turn"] = .number(path.net(from: path.entry, to: turn, side: path.side), .fraction)
        }
        if let luck { values["chance"] = .number(luck.chance(ofTrend: after.t), .share) }
        return EvidenceItem(.regime, values)
    }

    /// The first bar before the exit whose trend went against the position, if it did not at entry.
    private static func turn(_ path: PricePath) -> Int? {
        func opposes(_ bar: Int) -> Bool {
            guard let trend = Regime(path.candles, at: bar)?.trend else { return false }
            return path.side == .long ? trend == .down : trend == .up
        }
        guard !opposes(path.entry), opposes(path.exit) else { return nil }
        return (path.entry + 1..<path.exit).first(where: opposes)
    }

    func conditions(_ path: PricePath) -> EvidenceItem {
        let candles = path.candles
        func volatility(_ bar: Int) -> Double? {
            guard bar >= Regime.window else { return nil }
            let returns = LogReturns.of(candles, bar - Regime.window + 1...bar)
            return (returns.reduce(0) { $0 + $1 * $1 } / Double(returns.count)).squareRoot()
        }
        func volume(_ bar: Int) -> Double? { candles[bar].volume }
        var values: [String: EvidenceValue] = [:]
        for (name, bar) in [("entry", path.entry), ("exit", path.exit)] {
            if let rank = TrailingRank.of(bar, among: Self.trailing, volatility) {
                values["\(name)_volatility"] = .number(rank, .share)
                values["\(name)_activity"] = .text(Regime.activity(percentile: rank).rawValue)
            }
            if let rank = TrailingRank.of(bar, among: Self.trailing, volume) {
                values["\(name)_volume"] = .number(rank, .share)
            }
        }
        return values.isEmpty ? EvidenceItem(.conditions, missing: .tooFew) : EvidenceItem(.conditions, values)
    }

    /// Bars a volatility or volume is compared with.
    private static let trailing = 480

    func luckItem(_ path: PricePath) -> EvidenceItem {
        guard let luck else { return EvidenceItem(.luck, missing: .tooFew) }
        return EvidenceItem(
            .luck,
            [
                "paths": .number(Double(luck.results.count), .count),
                "loss_probability": .number(luck.share { $0.net < 0 }, .share),
                "gross_loss_probability": .number(luck.share { $0.gross < 0 }, .share),
                "percentile": .number(luck.percentile(of: trade.netReturn), .share),
                "median": .number(luck.quantile(0.5), .fraction),
                "low": .number(luck.quantile(0.05), .fraction), "high": .number(luck.quantile(0.95), .fraction),
            ])
    }
}
