import Analyst
import ControlPlane
import Foundation
import Market
import Store
import Telegram

let tradeCommands: [Command] = [
    .asks("trades", trades), .asks("trade", trade), .asks("why", prepare: examine, why),
    .asks("errors", prepare: examineErrors, errors),
]

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

/// Analyses the trade, and draws it for the first answer, before that is put together.
private func examine(_ arguments: [String], _ control: ControlPlane, _ say: Phrasebook) async throws {
    // An argument that is no trade is answered by the command itself.
    guard let trade = arguments.first.flatMap(Int64.init), trade > 0 else { return }
    if arguments.count == 1 {
        _ = try await control.analyst.picture(of: trade, in: say.language.answers)
    } else {
        _ = try await control.analyst.analysis(of: trade)
    }
}

/// Why a trade ended as it did, by rule: the verdict, then the split, then the strongest facts.
private func why(_ call: Invocation) throws -> Outcome {
    let say = call.say
    let (found, id) = try find(call)
    guard let row = found, let analysis = try call.transaction.tradeAnalysis(row) else {
        return Outcome([say("trade.unknown", ["trade": "\(id)"])])
    }
    let language = say.language.answers
    guard call.arguments.count < 2 else {
        guard call.arguments[1] == "details" else { throw BadArgument.word(call.arguments[1]) }
        return Outcome(Answer(details(analysis, say, language)))
    }
    let text = analysis.text(in: language)
    var lines: [[Inline]] = [[.bold(text.title)], []]
    lines += text.reasons.map { reason in
        [.text("\(reason.rank): "), .bold(reason.name), .text(" — \(reason.text)")]
    }
    lines += [[.text(text.split)], []]
    lines += text.facts.map { [.code($0.id.rawValue), .text(" \($0.text)")] }
    lines += [[], [.text(text.source)]]
    var answer = Answer(
        MessageText(lines: lines),
        buttons: [[AnswerButton(say.plain("why.detailsButton"), Order("/why \(id) details"))]],
        picture: call.control.analyst.storedPicture(of: row.id, in: language))
    answer.words = WordsOrder(trade: row.id, language: say.language)
    return Outcome(answer)
}

/// All of the evidence, folded until it is tapped.
private func details(_ analysis: TradeAnalysis, _ say: Phrasebook, _ language: AnswerLanguage) -> MessageText {
    var inlines: [Inline] = []
    for item in RuleText.details(analysis.evidence, in: language) {
        let separator = inlines.isEmpty ? "" : "\n"
        inlines += [
            .text(separator), .code(item.id.rawValue), .bold(" \(item.name): "), .text(item.text),
        ]
    }
    return MessageText([
        .paragraph(
            say("why.details", ["trade": "\(analysis.trade.id)", "digest": String(analysis.digest.prefix(12))])),
        .quotation(inlines, isExpandable: true),
    ])
}

private let usualTrades = 500

private func examineErrors(_ arguments: [String], _ control: ControlPlane, _ say: Phrasebook) async throws {
    let trades = arguments.first.map { Int($0) } ?? usualTrades
    // A number that cannot be meant is answered by the command itself.
    guard let trades, ErrorAnalysis.trades.contains(trades) else { return }
    try await control.errors.report(of: trades, in: say.language.answers)
}

/// Where the agent loses over the last trades.
private func errors(_ call: Invocation) throws -> Outcome {
    let trades = try call.number(0, in: ErrorAnalysis.trades) ?? usualTrades
    let language = call.say.language.answers
    guard let report = call.control.errors.storedReport(of: trades, in: language) else {
        throw BadArgument.word(call.arguments.first ?? "")
    }
    let text = ErrorText(report.analysis, in: language)
    var lines: [[Inline]] = [[.bold(text.title)], []]
    lines += text.findings.map { [.text($0)] }
    lines += [[], [.text(text.note + (report.isSynthetic ? " \(call.say.plain("errors.synthetic"))" : ""))]]
    return Outcome(Answer(MessageText(lines: lines), picture: report.picture))
}

extension Language {
    /// As explanations know it.
    var answers: AnswerLanguage { self == .russian ? .russian : .english }
}
