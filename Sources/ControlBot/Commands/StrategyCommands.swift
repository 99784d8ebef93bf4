import ControlPlane
import Ensemble
import Foundation
import Store
import Strategies
import Telegram

let strategyCommands: [Command] = [
    Command(
        name: "strategy", kind: { ["adopt", "drop"].contains($0.first?.lowercased()) ? .orders : .asks },
        prepare: backtest, run: strategy)
]

/// Back-tests the rule that is to be shown.
private func backtest(_ arguments: [String], _ control: ControlPlane, _ say: Phrasebook) async throws {
    // A rule that cannot be read is answered by the command itself.
    guard arguments.first?.lowercased() == "add", let strategy = try? rule(arguments) else { return }
    try await control.strategies.backtest(strategy)
}

private func rule(_ arguments: [String]) throws -> Strategy {
    try Strategy(arguments.dropFirst().joined(separator: " "))
}

private func strategy(_ call: Invocation) throws -> Outcome {
    switch call.arguments.first?.lowercased() {
    case nil: return try list(call)
    case "add": return try show(call)
    case "adopt": return try adopt(call)
    case "discard": return Outcome([call.say("strategy.discarded")])
    case "drop": return try drop(call)
    default: throw BadArgument.word(call.arguments[0])
    }
}

private func list(_ call: Invocation) throws -> Outcome {
    let rows = try call.transaction.strategies()
    guard !rows.isEmpty else { return Outcome([call.say("strategy.none")]) }
    let lines = try rows.map { row in
        let report = try JSON.value(row.report, as: StrategyReport.self)
        return call.say(
            "strategy.row",
            [
                "strategy": "\(row.id)", "text": row.text,
                "net": Figures.signedPercent(report.figures.totalReturn), "author": row.author,
            ])
    }
    return Outcome([call.say("strategy.title")] + lines + [[], call.say("strategy.shadow")])
}

private func show(_ call: Invocation) throws -> Outcome {
    let say = call.say
    let strategy: Strategy
    do { strategy = try rule(call.arguments) } catch {
        return Outcome([say("strategy.refused", ["reason": "\(error)"]), say("strategy.example")])
    }
    guard let report = call.control.strategies.report(of: strategy) else { throw BadArgument.missing }
    let figures = report.figures
    let lines = [
        say("strategy.shown", ["text": strategy.text]), [],
        say(
            "strategy.result",
            [
                "net": Figures.signedPercent(figures.totalReturn), "hold": Figures.signedPercent(report.buyAndHold),
                "sharpe": Figures.decimal(figures.sharpeAnnual, digits: 1),
                "drawdown": Figures.percent(figures.maxDrawdown),
            ]),
        say(
            "strategy.trades",
            [
                "trades": Figures.count(figures.trades), "won": Figures.percent(figures.winRate, digits: 0),
                "low": Figures.percent(figures.winRateLow, digits: 0),
                "high": Figures.percent(figures.winRateHigh, digits: 0),
                "even": Figures.percent(figures.breakEvenWinRate, digits: 0),
            ]),
        say(
            "strategy.mean",
            [
                "mean": Figures.signedPercent(figures.meanLogReturnPerBar, digits: 4),
                "low": Figures.signedPercent(report.meanLow, digits: 4),
                "high": Figures.signedPercent(report.meanHigh, digits: 4),
                "chance": Figures.decimal(report.probabilityNotPositive, digits: 3),
            ]),
        say(
            "strategy.window",
            [
                "from": Figures.time(report.from), "to": Figures.time(report.to),
                "fee": Figures.decimal(report.costs.feeBps, digits: 1),
                "slippage": Figures.decimal(report.costs.slippageBps, digits: 1),
                "synthetic": report.synthetic ? " (\(say.plain("synthetic")))" : "",
            ]),
    ]
    return Outcome(
        Answer(
            lines,
            buttons: [
                [
                    AnswerButton(say.plain("strategy.adoptButton"), Order("/strategy adopt \(strategy.text)")),
                    AnswerButton(say.plain("strategy.discardButton"), Order("/strategy discard")),
                ]
            ]))
}

private func adopt(_ call: Invocation) throws -> Outcome {
    let say = call.say
    let strategy: Strategy
    do { strategy = try rule(call.arguments) } catch {
        return Outcome([say("strategy.refused", ["reason": "\(error)"])], audit: "refused")
    }
    guard let report = call.control.strategies.report(of: strategy) else {
        return Outcome([say("strategy.untested", ["text": strategy.text])], audit: "refused, not back-tested")
    }
    let row = StrategyRow(
        text: strategy.text, author: call.user.name, report: try JSON.text(report), adoptedAt: call.now)
    guard let id = try call.transaction.insert(row) else {
        return Outcome([say("strategy.known")], audit: "refused, known")
    }
    return Outcome([say("strategy.adopted", ["strategy": "\(id)"])], audit: "strategy \(id) adopted") {
        $0.strategies.forget(strategy)
    }
}

private func drop(_ call: Invocation) throws -> Outcome {
    let id = try call.requiredNumber(1)
    let dropped: StrategyRow?
    do { dropped = try call.control.ensemble.dropRule(Int64(id), in: call.transaction) } catch let error as WeightError
    {
        return Outcome([call.say("weights.refused", ["reason": "\(error)"])], audit: "refused: \(error)")
    }
    guard let row = dropped else {
        return Outcome([call.say("strategy.unknown", ["strategy": "\(id)"])], audit: "unknown")
    }
    return Outcome(
        [call.say("strategy.dropped", ["strategy": "\(id)", "text": row.text])], audit: "strategy \(id) dropped")
}
