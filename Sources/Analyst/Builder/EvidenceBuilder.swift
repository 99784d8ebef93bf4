import Market
import Simulation

/// Makes the evidence of a case: pure, and the same for the same case. Takes some tens of milliseconds; not for the cooperative pool.
///
/// Formulas stand in `docs/metrics.md`.
public struct EvidenceBuilder {
    let tradeCase: TradeCase
    let trade: ClosedTrade
    let path: PricePath?
    let luck: LuckSimulation?
    let layout: ObservationLayout?

    public static func evidence(of tradeCase: TradeCase) -> LossEvidence {
        let builder = EvidenceBuilder(tradeCase)
        return LossEvidence(trade: tradeCase.trade.id, items: builder.items())
    }

    init(_ tradeCase: TradeCase) {
        self.tradeCase = tradeCase
        trade = tradeCase.trade
        path = PricePath(tradeCase.trade, tradeCase.candles)
        luck = path.flatMap { LuckSimulation($0) }
        layout = ObservationLayout.named(tradeCase.trade.layout).flatMap {
            $0.size == tradeCase.trade.inputs.count ? $0 : nil
        }
    }

    private func items() -> [EvidenceItem] {
        [tradeItem(), split(), policyItem(), neighbours()] + pathItems() + attributionItems()
    }

    /// What needs candles, or the reason why it is absent.
    private func pathItems() -> [EvidenceItem] {
        guard let path else {
            let kinds: [EvidenceKind] = [
                .path, .regime, .conditions, .alternatives, .entryTiming, .exitTiming, .stops, .previousChampion,
                .hindsight, .luck,
            ]
            return kinds.map { EvidenceItem($0, missing: .noCandles) }
        }
        return [
            excursions(path), regime(path), conditions(path), alternatives(path), entryTiming(path), exitTiming(path),
            stops(path), previousChampion(path), hindsight(path), luckItem(path),
        ]
    }

    private func tradeItem() -> EvidenceItem {
        var values: [String: EvidenceValue] = [
            "symbol": .text(tradeCase.candles.symbol.rawValue), "side": .side(trade.side),
            "market": .text(tradeCase.candles.isSynthetic ? "synthetic" : "real"),
            "entry_time": .number(Double(trade.entryTime), .time), "exit_time": .number(Double(trade.exitTime), .time),
            "entry_price": .number(trade.entryPrice, .price), "exit_price": .number(trade.exitPrice, .price),
            "exit_reason": .text(ExitReason(rawValue: trade.exitReason)?.rawValue ?? "other"),
        ]
        if let path { values["bars"] = .number(Double(path.bars), .bars) }
        if let version = trade.policyVersion { values["policy"] = .number(Double(version), .version) }
        return EvidenceItem(.trade, values)
    }

    /// The parts sum to `net`: `gross` is `entry_timing` + `exit_timing` + `compounding` (or `price_move` without candles), `costs`
    /// is `fees` + `slippage`.
    private func split() -> EvidenceItem {
        var values: [String: EvidenceValue] = [
            "net": .number(trade.netReturn, .fraction), "gross": .number(trade.grossReturn, .fraction),
            "costs": .number(-trade.fees - trade.slippage, .fraction),
            "fees": .number(-trade.fees, .fraction), "slippage": .number(-trade.slippage, .fraction),
        ]
        let rest = trade.netReturn - (trade.grossReturn - trade.fees - trade.slippage)
        if abs(rest) > 1e-12 { values["other"] = .number(rest, .fraction) }
        if let path {
            let mean = path.meanPrice
            let entry = trade.side.sign * (mean - trade.entryPrice) / trade.entryPrice
            let exit = trade.side.sign * (trade.exitPrice - mean) / trade.entryPrice
            let compounding = trade.grossReturn - entry - exit
            values["entry_timing"] = .number(entry, .fraction)
            values["exit_timing"] = .number(exit, .fraction)
            if abs(compounding) > 1e-12 { values["compounding"] = .number(compounding, .fraction) }
        } else {
            values["price_move"] = .number(trade.grossReturn, .fraction)
        }
        if trade.netReturn < 0 {
            values["cost_share"] = .number((trade.fees + trade.slippage) / -trade.netReturn, .ratio)
        }
        return EvidenceItem(.split, values)
    }
}

extension LossEvidence {
    /// Names of the parts of the ``EvidenceKind/split``, in the order they are shown.
    public static let splitParts = [
        "price_move", "entry_timing", "exit_timing", "compounding", "fees", "slippage", "other",
    ]

    /// Named parts that sum to the net result.
    public var split: [(name: String, value: Double)] {
        Self.splitParts.compactMap { name in self[.split]?.number(name).map { (name, $0) } }
    }
}
