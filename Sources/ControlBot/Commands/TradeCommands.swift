import ControlPlane
import Foundation
import Market
import Store
import Telegram

let tradeCommands: [Command] = [.asks("trades", trades), .asks("trade", trade), .asks("why", why)]

private func trades(_ call: Invocation) throws -> Outcome {
    let rows = try call.transaction.trades(limit: try call.number(0, in: 1...50) ?? 10)
    guard !rows.isEmpty else { return Outcome([call.say("trades.none")]) }
    let lines = rows.map { row in
        call.say(
            "trades.row",
            [
                "trade": "\(row.id)", "icon": row.netReturn >= 0 ? "🟢" : "🔴", "symbol": row.symbol, "side": row.side,
                "net": Figures.signedPercent(row.netReturn, digits: 2), "bars": "\(row.bars)",
                "time": Figures.time(row.exitAt, in: call.zone),
            ])
    }
    return Outcome([call.say("trades.title")] + lines)
}

private func find(_ call: Invocation) throws -> (row: TradeRow?, id: Int) {
    let id = try call.requiredNumber(0)
    return (try call.transaction.trade(Int64(id)), id)
}

private func trade(_ call: Invocation) throws -> Outcome {
    let say = call.say
    let (found, id) = try find(call)
    guard let row = found else { return Outcome([say("trade.unknown", ["trade": "\(id)"])]) }
    let detail = try row.decodedDetail()
    var lines = [
        say(
            "trade.title",
            [
                "trade": "\(id)", "symbol": row.symbol, "side": row.side,
                "net": Figures.signedPercent(row.netReturn, digits: 2),
            ]),
        say("trade.entry", ["time": Figures.time(row.entryAt), "price": Figures.price(row.entryPrice)]),
        say(
            "trade.exit",
            ["time": Figures.time(row.exitAt), "price": Figures.price(row.exitPrice), "reason": row.exitReason]),
        say(
            "trade.split",
            [
                "gross": Figures.signedPercent(row.grossReturn, digits: 2),
                "fees": Figures.signedPercent(-row.fees, digits: 2),
                "slippage": Figures.signedPercent(-row.slippage, digits: 2),
            ]),
    ]
    if let detail {
        lines.append(
            say(
                "trade.excursion",
                [
                    "mae": Figures.signedPercent(detail.adverseExcursion, digits: 2),
                    "mfe": Figures.signedPercent(detail.favourableExcursion, digits: 2),
                ]))
        if let decision = detail.decision {
            lines += SessionText.votes(of: decision, say: say)
        } else if !detail.probabilities.isEmpty {
            lines.append(
                say(
                    "trade.policy",
                    [
                        "policy": row.policyVersion.map { "RL-Agent-v\($0)" } ?? row.source,
                        "probabilities": probabilityText(detail.probabilities),
                    ]))
        }
    }
    lines.append(
        say(
            "trade.source",
            ["source": row.source, "synthetic": row.synthetic ? " (\(say.plain("synthetic")))" : ""]))
    return Outcome(
        Answer(lines, buttons: [[AnswerButton(say.plain("trade.whyButton"), Order("/why \(id)"))]]))
}

private func probabilityText(_ probabilities: [Double]) -> String {
    zip(Exposure.allCases, probabilities).map { "\($0) \(Figures.percent($1, digits: 0))" }.joined(separator: ", ")
}

/// The facts of the stored decision, one screen, in the order of what they explain.
private func why(_ call: Invocation) throws -> Outcome {
    let say = call.say
    let (found, id) = try find(call)
    guard let row = found else { return Outcome([say("trade.unknown", ["trade": "\(id)"])]) }
    let net = Figures.signedPercent(row.netReturn, digits: 2)
    var lines = [say("why.title", ["trade": "\(id)", "net": net]), []]
    if row.netReturn >= 0 { lines.append(say("why.profit", ["net": net])) }
    let facts = try LossFacts(row)
    if let share = facts.costShareOfLoss {
        lines.append(
            say(
                "why.costs",
                [
                    "costs": Figures.percent(row.fees + row.slippage, digits: 2),
                    "share": Figures.percent(share, digits: 0),
                    "gross": Figures.signedPercent(row.grossReturn, digits: 2),
                ]))
    }
    lines.append(
        say(
            row.grossReturn < 0 ? "why.move" : "why.moveFor",
            ["move": Figures.percent(abs(row.grossReturn), digits: 2)]))
    switch facts.timing {
    case .gaveBack(let best): lines.append(say("why.exitLate", ["mfe": Figures.signedPercent(best, digits: 2)]))
    case .neverAhead: lines.append(say("why.entryEarly"))
    case nil: break
    }
    if let certainty = facts.certainty {
        lines.append(
            say(
                certainty.isSure ? "why.sure" : "why.unsure",
                [
                    "top": "\(certainty.top.exposure)",
                    "probability": Figures.percent(certainty.top.probability, digits: 0),
                    "second": "\(certainty.second.exposure)",
                    "secondProbability": Figures.percent(certainty.second.probability, digits: 0),
                ]))
    }
    lines += [
        say("why.opposite", ["value": Figures.signedPercent(facts.opposite, digits: 2)]),
        say("why.none", ["value": Figures.signedPercent(0, digits: 2)]),
        [], say("why.facts"),
    ]
    return Outcome(lines)
}
