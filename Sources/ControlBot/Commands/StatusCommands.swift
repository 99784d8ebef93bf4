import ControlPlane
import Foundation
import Store
import Telegram

let statusCommands: [Command] = [
    .asks("help", help), .asks("status", status), .asks("schedule", schedule), .asks("metrics", metrics),
    .asks("data", candles), .asks("health", health),
]

private func help(_ call: Invocation) throws -> Outcome {
    let say = call.say
    if let name = call.arguments.first?.lowercased().trimmingPrefix("/") {
        guard let form = CommandList.shared.forms.first(where: { $0.name == name }) else {
            throw BadArgument.word(String(name))
        }
        return Outcome([
            say(
                "help.command",
                [
                    "description": form.description(in: say.language), "usage": form.usage, "example": form.example,
                    "role": form.role == "none" ? Role.viewer.rawValue : form.role,
                ])
        ])
    }
    var lines = [say("help.title"), say("help.role", ["role": call.user.role.rawValue]), []]
    for form in CommandList.shared.forms where form.menu && (form.needed ?? .viewer) <= call.user.role {
        lines.append([.text("/\(form.name) — \(form.description(in: say.language))")])
    }
    return Outcome(lines)
}

private func status(_ call: Invocation) throws -> Outcome {
    let say = call.say
    let control = call.control
    let uptime = Figures.duration(call.now.timeIntervalSince(control.startedAt))
    var lines = [say("status.title", ["version": ControlPlane.version, "uptime": uptime])]
    if let champion = try call.transaction.policy(in: .champion) {
        let since = Figures.time(champion.deployedAt ?? champion.createdAt, in: call.zone)
        lines.append(say("status.champion", ["name": champion.name, "since": since]))
    } else {
        lines.append(say("status.noChampion"))
    }
    lines.append(try nowLine(call))
    if let pause = try control.pausedBy(call.transaction) {
        lines.append(say("status.paused", ["since": Figures.time(pause.since, in: call.zone), "by": pause.by]))
    } else if let next = control.learningSchedule?.nextRuns["retrain"] {
        lines.append(
            say(
                "status.next",
                [
                    "job": "retrain", "time": Figures.time(next, in: call.zone),
                    "in": Figures.duration(next.timeIntervalSince(call.now)),
                ]))
    }
    lines.append(try marketLine(call))
    let day = try call.transaction.trades(closedSince: call.now.addingTimeInterval(-86_400))
    let net = day.reduce(1) { $0 * (1 + $1.netReturn) } - 1
    lines.append(say("status.paper", ["trades": "\(day.count)", "net": Figures.signedPercent(net, digits: 2)]))
    for alarm in try call.transaction.standingAlarms() {
        lines.append(say("status.alarm", ["detail": alarm.key, "since": Figures.time(alarm.raisedAt, in: call.zone)]))
    }
    return Outcome(lines)
}

private func nowLine(_ call: Invocation) throws -> [Inline] {
    if let progress = call.control.progress.snapshot {
        let detail = LiveText.detail(of: progress, say: call.say).map { ": \($0)" } ?? ""
        return call.say(
            "status.running", ["cycle": "\(progress.cycle)", "step": progress.step.rawValue, "detail": detail])
    }
    guard let active = try call.transaction.activeCycle() else { return call.say("status.idle") }
    guard active.state == .running, let step = active.step else {
        return call.say("status.queued", ["cycle": "\(active.id)"])
    }
    return call.say("status.standing", ["cycle": "\(active.id)", "step": step])
}

private func marketLine(_ call: Invocation) throws -> [Inline] {
    let market = call.control.configuration.market
    let isSynthetic = call.control.ingestor.isSynthetic
    let values: KeyValuePairs = [
        "symbols": market.symbols.map(\.rawValue).joined(separator: ", "), "interval": market.interval.rawValue,
        "source": call.control.ingestor.sourceName,
    ]
    let newest = try market.symbols.compactMap {
        try call.transaction.lastCandleTime(symbol: $0, interval: market.interval, isSynthetic: isSynthetic)
    }.min()
    guard let newest else { return call.say("status.noMarket", values) }
    let age = call.now.timeIntervalSince(Date(milliseconds: newest + market.interval.milliseconds))
    return call.say(
        "status.market",
        [
            "symbols": values[0].value, "interval": values[1].value, "source": values[2].value,
            "age": Figures.duration(max(0, age)),
        ])
}

private func schedule(_ call: Invocation) throws -> Outcome {
    let say = call.say
    let control = call.control
    let zone = control.configuration.schedule.timeZone
    var lines = [say("schedule.title", ["zone": Figures.name(of: zone)])]
    let last = try call.transaction.scheduleRuns()
    let next = (control.learningSchedule?.nextRuns ?? [:]).merging(control.upkeepSchedule?.nextRuns ?? [:]) { $1 }
    for (job, expression) in control.configuration.schedule.jobs.sorted(by: { $0.key > $1.key }) {
        let words = expression.description(in: say.language == .russian ? .russian : .english)
        lines.append(say("schedule.job", ["job": job, "cron": expression.text, "words": words]))
        if let time = next[job] {
            let wait = Figures.duration(time.timeIntervalSince(call.now))
            lines.append(
                [.text("   ")] + say("schedule.next", ["time": Figures.time(time, in: zone), "in": wait]))
        }
        if let time = last[job] {
            lines.append([.text("   ")] + say("schedule.last", ["time": Figures.time(time, in: zone)]))
        }
    }
    if let pause = try control.pausedBy(call.transaction) {
        lines.append(say("status.paused", ["since": Figures.time(pause.since, in: zone), "by": pause.by]))
    }
    return Outcome(lines)
}

private func metrics(_ call: Invocation) throws -> Outcome {
    let say = call.say
    let figures = try LearningMetrics(call.transaction, now: call.now)
    let unknown = say.plain("metrics.unknown")
    var lines = [say("metrics.title")]
    if let reward = figures.averageReward {
        lines.append(
            say(
                "metrics.reward",
                ["value": Figures.signedPercent(reward, digits: 3), "n": "\(figures.rewardedTrades)"]))
    } else {
        lines.append(say("metrics.noReward"))
    }
    func value(_ number: Double?, _ format: (Double) -> String) -> String { number.map(format) ?? unknown }
    func validationReward(_ value: Double) -> String {
        say.plain("metrics.perBar", ["value": Figures.signedPercent(value, digits: 5)])
    }
    func speed(_ value: Double) -> String { say.plain("metrics.stepsPerSecond", ["value": Figures.count(Int(value))]) }
    lines += [
        say(
            "metrics.reward.cycle",
            ["value": value(figures.validationReward, validationReward)]),
        say("metrics.drift", ["value": value(figures.modelDrift) { Figures.decimal($0, digits: 3) }]),
        say("metrics.featureDrift", ["value": value(figures.dataDrift) { Figures.decimal($0, digits: 3) }]),
        say("metrics.stability", ["value": value(figures.learningStability) { Figures.percent($0, digits: 0) }]),
        say("metrics.frequency", ["value": "\(figures.retrainFrequency)"]),
        say("metrics.speed", ["value": value(figures.stepsPerSecond, speed)]),
        say("metrics.formulas"),
    ]
    return Outcome(lines)
}

private func candles(_ call: Invocation) throws -> Outcome {
    let say = call.say
    let rows = try call.transaction.candleStatus()
    guard !rows.isEmpty else { return Outcome([say("data.none")]) }
    var lines = [say("data.title")]
    for row in rows {
        lines.append(
            say(
                "data.row",
                [
                    "symbol": row.symbol.rawValue, "interval": row.interval.rawValue,
                    "synthetic": row.isSynthetic ? " (\(say.plain("synthetic")))" : "", "rows": Figures.count(row.rows),
                    "from": Figures.time(Date(milliseconds: row.first)),
                    "to": Figures.time(Date(milliseconds: row.last)),
                ]))
        lines.append([.text("   ")] + say("data.gaps", ["gaps": "\(row.gaps)", "missing": Figures.count(row.missing)]))
    }
    return Outcome(lines)
}

private func health(_ call: Invocation) throws -> Outcome {
    let report = try call.control.health(in: call.transaction)
    func icon(_ level: HealthReport.Level) -> String {
        switch level {
        case .ok: "🟢"
        case .warning: "🟡"
        case .failing: "🔴"
        }
    }
    let rows = report.checks.map {
        call.say("health.row", ["icon": icon($0.level), "name": $0.name, "value": $0.value])
    }
    return Outcome([call.say("health.title", ["icon": icon(report.level)])] + rows)
}
