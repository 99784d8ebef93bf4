import Charts
import Foundation
import Market

/// The picture of a cycle.
enum CycleChart {
    static func make(
        version: Int, promoted: Bool, train: CycleResults.Train, validated: CycleResults.Validate,
        ingest: CycleResults.Ingest, market: ControlConfiguration.MarketPlan
    ) -> Chart {
        let curves = validated.equity
        let times = curves.times.map(Double.init)
        func growth(_ equity: [Double]) -> [Double] { equity.map { $0 - 1 } }
        var lines = [Line("RL-Agent-v\(version)", x: times, y: growth(curves.challenger), hue: .blue)]
        if let champion = curves.champion {
            lines.append(Line("champion before", x: times, y: growth(champion), hue: .vermillion))
        }
        lines.append(Line("buy and hold", x: times, y: growth(curves.buyAndHold), hue: .grey, stroke: .dashed))
        let costs = validated.validation.costs
        let symbols = market.symbols.map(\.rawValue).joined(separator: ", ")
        return Chart(
            title: "RL-Agent-v\(version): \(promoted ? "promoted" : "not promoted")",
            subtitle: "\(symbols) \(market.interval)\(ingest.synthetic ? ", synthetic market" : "")",
            note:
                "Out of sample, net of \(decimal(costs.feeBps)) bp fee and \(decimal(costs.slippageBps)) bp slippage a side.",
            panels: [
                Panel(
                    title: "Return out of sample", y: .signedPercent, lines: lines, references: [ReferenceLine(0)],
                    weight: 2),
                Panel(
                    title: "Learning: mean reward a step", x: .number(label: "steps"),
                    lines: [
                        Line(
                            "reward", x: train.curve.map { Double($0.step) }, y: train.curve.map(\.reward), hue: .green)
                    ]),
            ])
    }

    private static func decimal(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : "\(value)"
    }
}
