import ControlPlane
import Ensemble
import Foundation
import Store
import Telegram

let ensembleCommands: [Command] = [
    Command(name: "weights", kind: { $0.isEmpty || $0 == ["history"] ? .asks : .orders }, run: weights),
    Command(name: "winrate", kind: { Int($0.first ?? "") == nil ? .asks : .orders }, run: winRate),
    .asks("report", report),
]

// MARK: Weights

private func weights(_ call: Invocation) throws -> Outcome {
    let words = call.arguments
    guard let order = words.first?.lowercased() else { return try showWeights(call) }
    if order == "history" { return try showHistory(call) }
    guard call.user.role >= .operator else {
        return Outcome(
            [call.say("weights.needsOperator", ["role": call.user.role.rawValue])], audit: "refused, role")
    }
    let desk = call.control.ensemble
    let reason = "by \(call.actor)"
    do {
        let changed: EnsembleWeights
        switch order {
        case "set":
            let table = try pairs(words.dropFirst())
            changed = try desk.change(call.transaction, reason: reason) { try $0.set(table, by: call.actor) }
        case "admit":
            let name = try named(words)
            changed = try desk.change(call.transaction, reason: reason) {
                try $0.admit(name, reason: "admitted \(reason)")
            }
        case "withdraw":
            let name = try named(words)
            changed = try desk.change(call.transaction, reason: reason) {
                try $0.withdraw(name, reason: "withdrawn \(reason)", comesBack: false)
            }
        case "freeze", "unfreeze":
            changed = try desk.change(call.transaction, reason: reason) {
                $0.freeze(order == "freeze")
                return []
            }
        case "rollback":
            return try rollBackWeights(call)
        default:
            throw BadArgument.word(order)
        }
        let list = SessionText.list(changed.table)
        return Outcome([call.say("weights.changed", ["list": list])], audit: "\(order): \(list)")
    } catch let error as WeightError {
        return Outcome([call.say("weights.refused", ["reason": "\(error)"])], audit: "refused: \(error)")
    }
}

private func named(_ words: [String]) throws -> String {
    guard words.count == 2 else { throw BadArgument.missing }
    return words[1].lowercased()
}

/// `trading_ai=0.3 lava_ai=0.7` as a table.
private func pairs(_ words: ArraySlice<String>) throws -> [String: Double] {
    guard !words.isEmpty else { throw BadArgument.missing }
    var table: [String: Double] = [:]
    for word in words {
        let parts = word.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let value = Double(parts[1]), value.isFinite else { throw BadArgument.word(word) }
        table[parts[0].lowercased()] = value
    }
    return table
}

private func rollBackWeights(_ call: Invocation) throws -> Outcome {
    let number = try call.number(1, in: 1...Int(Int32.max))
    let found =
        try number.map { try call.transaction.snapshot(Int64($0)) } ?? call.transaction.snapshots(limit: 1).first
    guard let snapshot = found else {
        return Outcome(
            [call.say("weights.noSnapshot", ["snapshot": number.map(String.init) ?? "–"])], audit: "no snapshot")
    }
    let earlier = try JSON.value(snapshot.weights, as: EnsembleWeights.self)
    let reason = "back to snapshot \(snapshot.id) (\(snapshot.reason))"
    let changed = try call.control.ensemble.change(call.transaction, reason: reason) {
        $0.restore(earlier, reason: reason)
    }
    let list = SessionText.list(changed.table)
    return Outcome([call.say("weights.changed", ["list": list])], audit: "\(reason): \(list)")
}

private func showWeights(_ call: Invocation) throws -> Outcome {
    let say = call.say
    let weights = try call.control.ensemble.weights(call.transaction)
    var lines = [say("weights.title", ["frozen": weights.isFrozen ? say.plain("weights.frozen") : ""])]
    for member in weights.members.sorted(by: { $0.weight > $1.weight }) {
        let record =
            member.record.trades > 0
            ? say.plain(
                "weights.record",
                ["trades": "\(member.record.trades)", "gain": Figures.signed(member.record.mean, digits: 3)]) : ""
        lines.append(
            member.state == .active
                ? say(
                    "weights.active",
                    ["model": member.name, "weight": Figures.percent(member.weight), "record": record])
                : say("weights.shadow", ["model": member.name, "reason": member.reason, "record": record]))
    }
    let parameters = weights.parameters
    lines.append(
        say(
            "weights.note",
            [
                "min": Figures.percent(parameters.minWeight, digits: 0),
                "max": Figures.percent(parameters.maxWeight, digits: 0), "rate": "\(parameters.learningRate)",
            ]))
    return Outcome(lines)
}

private func showHistory(_ call: Invocation) throws -> Outcome {
    let rows = try call.transaction.latestWeightChanges(limit: 20)
    guard !rows.isEmpty else { return Outcome([call.say("weights.historyNone")]) }
    let lines = rows.map { row in
        let detail = row.tradeId.map { ", /trade \($0)" } ?? (row.reason.isEmpty ? "" : ", \(row.reason)")
        return call.say(
            "weights.historyRow",
            [
                "time": Figures.time(row.at, in: call.zone), "model": row.model, "old": Figures.percent(row.old),
                "new": Figures.percent(row.projected), "cause": row.cause, "detail": detail,
            ])
    }
    return Outcome([call.say("weights.history")] + lines)
}

// MARK: Win rate

private func winRate(_ call: Invocation) throws -> Outcome {
    switch call.arguments.first?.lowercased() {
    case nil: return try showNewest(call)
    case "list": return try listSessions(call)
    case "compare": return try compareSessions(call)
    default: return try startSession(call)
    }
}

private func startSession(_ call: Invocation) throws -> Outcome {
    let say = call.say
    let days = try call.number(0, in: 1...3650)
    guard call.user.role >= .operator else {
        return Outcome([say("weights.needsOperator", ["role": call.user.role.rawValue])], audit: "refused, role")
    }
    switch try call.control.winRate.request(trigger: "chat", by: call.actor, days: days, in: call.transaction) {
    case .queued(let record), .known(let record):
        let plan = try JSON.value(record.plan, as: SessionPlan.self).test
        var answer = Answer([
            say(
                "winrate.queued",
                [
                    "session": "\(record.id)", "iterations": "\(plan.maximumIterations)", "days": "\(plan.periodDays)",
                    "symbols": plan.symbols.map(\.rawValue).joined(separator: ", "),
                ])
        ])
        answer.buttons = [[AnswerButton(say.plain("winrate.stopButton"), Order("/stop winrate", confirmed: true))]]
        answer.followsSession = record.id
        return Outcome(answer, audit: "session \(record.id) queued") { $0.winRate.wake() }
    case .busy(let record):
        return Outcome(
            [say("winrate.busy", ["session": "\(record.id)"])], audit: "refused, session \(record.id) is active")
    }
}

/// Also what `/stop` does while no cycle runs.
func stopSession(_ call: Invocation) throws -> Outcome {
    guard let active = try call.transaction.activeSession(),
        try call.control.winRate.stop(active.id, in: call.transaction)
    else { return Outcome([call.say("stop.none")], audit: "nothing to stop") }
    return Outcome([call.say("winrate.stopping", ["session": "\(active.id)"])], audit: "session \(active.id) stopping")
    {
        $0.winRate.obeyStop(of: active.id)
    }
}

private func showNewest(_ call: Invocation) throws -> Outcome {
    if let progress = call.control.winRate.progress { return Outcome(SessionText.live(progress, say: call.say)) }
    guard let record = try call.transaction.latestSession(), let text = record.result else {
        return Outcome([call.say("winrate.none")])
    }
    return Outcome(SessionText.lines(of: record.id, try JSON.value(text), say: call.say))
}

private func listSessions(_ call: Invocation) throws -> Outcome {
    let say = call.say
    let records = try call.transaction.sessions(limit: 15)
    guard !records.isEmpty else { return Outcome([say("winrate.none")]) }
    let lines = try records.map { record in
        let summary = try record.result.map { try JSON.value($0, as: SessionSummary.self) }
        let detail = summary.map {
            say.plain(
                "winrate.rowDetail",
                [
                    "trades": Figures.count($0.figures.trades), "rate": Figures.percent($0.figures.winRate),
                    "verdict": SessionText.verdict($0.figures.verdict, say: say),
                ])
        }
        return say(
            "winrate.row",
            [
                "session": "\(record.id)", "outcome": record.state.rawValue,
                "time": Figures.time(record.createdAt, in: call.zone), "detail": detail ?? "",
            ])
    }
    return Outcome([say("winrate.list")] + lines)
}

private func compareSessions(_ call: Invocation) throws -> Outcome {
    let say = call.say
    var found: [(id: Int64, summary: SessionSummary)] = []
    for place in 1...2 {
        let id = try call.requiredNumber(place)
        guard let text = try call.transaction.session(Int64(id))?.result else {
            return Outcome([say("winrate.unknown", ["session": "\(id)"])])
        }
        found.append((Int64(id), try JSON.value(text)))
    }
    let comparison = SessionComparison(found[0], found[1])
    func line(_ name: String, _ difference: SessionComparison.Difference) -> [Inline] {
        say(
            "winrate.difference",
            [
                "name": say.plain(name), "value": Figures.signedPercent(difference.value, digits: 2),
                "low": Figures.signedPercent(difference.low, digits: 2),
                "high": Figures.signedPercent(difference.high, digits: 2),
                "proof": difference.isProven ? "" : say.plain("winrate.unproven"),
            ])
    }
    return Outcome([
        say("winrate.compare", ["a": "\(found[0].id)", "b": "\(found[1].id)"]),
        line("winrate.nameExpectancy", comparison.expectancy), line("winrate.nameWinRate", comparison.winRate),
    ])
}

private func report(_ call: Invocation) throws -> Outcome {
    let say = call.say
    let number = try call.number(0, in: 1...Int(Int32.max))
    let record = try number.map { try call.transaction.session(Int64($0)) } ?? call.transaction.latestSession()
    guard let record, let text = record.result else {
        return Outcome([number.map { say("winrate.unknown", ["session": "\($0)"]) } ?? say("winrate.none")])
    }
    let files = SessionText.files(record.id, say, call.control)
    let lines =
        SessionText.lines(of: record.id, try JSON.value(text), say: say)
        + [say("session.files", ["file": files.html.path])]
    return Outcome(Answer(MessageText(lines: lines), picture: files.page.path))
}
