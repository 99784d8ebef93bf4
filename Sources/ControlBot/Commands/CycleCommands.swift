import ControlPlane
import Foundation
import Store
import Telegram

let cycleCommands: [Command] = [
    .orders("train", train), .orders("stop", stop), .orders("pause", pause), .orders("resume", resume),
    .asks("cycles", cycles), .asks("cycle", cycle),
]

private let stepsAllowed = 1_000...1_000_000_000

private func train(_ call: Invocation) throws -> Outcome {
    let say = call.say
    let steps = try call.number(0, in: stepsAllowed)
    let request = try call.control.requestCycle(
        trigger: "chat", by: call.actor, steps: steps, in: call.transaction)
    switch request {
    case .queued(let record), .known(let record):
        let champion = try call.transaction.policy(in: .champion)
        let parent = champion.map { say.plain("train.fromChampion", ["name": $0.name]) } ?? ""
        let text = say(
            "train.queued", ["cycle": "\(record.id)", "steps": Figures.count(record.steps), "parent": parent])
        var answer = Answer([text])
        answer.buttons = [[AnswerButton(say.plain("train.stopButton"), Order("/stop \(record.id)", confirmed: true))]]
        answer.follows = record.id
        return Outcome(answer, audit: "cycle \(record.id) queued") { $0.wakeCycles() }
    case .busy(let record):
        let step = record.step ?? record.state.rawValue
        return Outcome(
            [say("train.busy", ["cycle": "\(record.id)", "step": step])], audit: "refused, cycle \(record.id) is active"
        )
    }
}

private func stop(_ call: Invocation) throws -> Outcome {
    let say = call.say
    if call.arguments.first?.lowercased() == "winrate" { return try stopSession(call) }
    let named = try call.number(0, in: 1...Int(Int32.max)).map(Int64.init)
    guard let active = try call.transaction.activeCycle() else {
        if named == nil, try call.transaction.activeSession() != nil { return try stopSession(call) }
        return Outcome([say("stop.none")], audit: "nothing to stop")
    }
    if let named, named != active.id {
        return Outcome([say("stop.unknown", ["cycle": "\(named)"])], audit: "cycle \(named) is not running")
    }
    let id = active.id
    switch try call.control.cycles.stop(id, in: call.transaction) {
    case .withdrawn:
        return Outcome([say("stop.withdrawn", ["cycle": "\(id)"])], audit: "cycle \(id) withdrawn") {
            $0.cycles.obeyStop(of: id)
        }
    case .stopping(let step):
        let champion = try call.transaction.policy(in: .champion)?.name ?? "–"
        let text = say(
            "stop.stopping", ["cycle": "\(id)", "step": step?.rawValue ?? "start", "champion": champion])
        return Outcome([text], audit: "cycle \(id) stopping") { $0.cycles.obeyStop(of: id) }
    case .tooLate(let step):
        return Outcome(
            [say("stop.tooLate", ["cycle": "\(id)", "step": step.rawValue])], audit: "too late, \(step.rawValue)")
    case nil:
        return Outcome([say("stop.none")], audit: "nothing to stop")
    }
}

private func pause(_ call: Invocation) throws -> Outcome {
    guard try call.control.pause(by: call.actor, in: call.transaction) else {
        let since = try call.control.pausedBy(call.transaction)?.since ?? call.now
        return Outcome(
            [call.say("pause.already", ["since": Figures.time(since, in: call.zone)])], audit: "paused already")
    }
    return Outcome([call.say("pause.done")], audit: "paused") { $0.obeyPause(true) }
}

private func resume(_ call: Invocation) throws -> Outcome {
    let next = call.control.learningSchedule?.nextRuns["retrain"].map { Figures.time($0, in: call.zone) } ?? "–"
    guard try call.control.resume(in: call.transaction) else {
        return Outcome([call.say("resume.already", ["next": next])], audit: "not paused")
    }
    return Outcome([call.say("resume.done", ["next": next])], audit: "resumed") { $0.obeyPause(false) }
}

private func cycles(_ call: Invocation) throws -> Outcome {
    let count = try call.number(0, in: 1...50) ?? 8
    let records = try call.transaction.cycles(limit: count)
    guard !records.isEmpty else { return Outcome([call.say("cycles.none")]) }
    return Outcome([call.say("cycles.title")] + records.map { row($0, call) })
}

private func row(_ record: CycleRecord, _ call: Invocation) -> [Inline] {
    let end = record.finishedAt ?? call.now
    let duration = record.startedAt.map { Figures.duration(end.timeIntervalSince($0)) } ?? "–"
    // A report of an older shape is shown without its figures.
    let report = record.report.flatMap { try? JSON.value($0, as: CycleReport.self) }
    let detail = report?.validation.map { " · \(Figures.signedPercent($0.challenger.totalReturn))" } ?? ""
    return call.say(
        "cycles.row",
        [
            "cycle": "\(record.id)", "icon": record.state.icon,
            "outcome": record.state == .running ? "\(record.step ?? "running")" : record.state.rawValue,
            "time": Figures.time(record.createdAt, in: call.zone), "duration": duration, "detail": detail,
        ])
}

private func cycle(_ call: Invocation) throws -> Outcome {
    let say = call.say
    let id = try call.requiredNumber(0)
    guard let record = try call.transaction.cycle(Int64(id)) else {
        return Outcome([say("cycle.unknown", ["cycle": "\(id)"])])
    }
    var lines = [
        say("cycle.title", ["cycle": "\(id)", "outcome": "\(record.state.icon) \(record.state.rawValue)"]),
        say(
            "cycle.order",
            [
                "who": record.requestedBy, "trigger": record.trigger, "steps": Figures.count(record.steps),
                "seed": record.seed.map { "\($0)" } ?? "–",
            ]),
    ]
    if let started = record.startedAt {
        let end = record.finishedAt ?? call.now
        lines.append(
            say(
                "cycle.times",
                [
                    "from": Figures.time(started, in: call.zone),
                    "to": record.finishedAt.map { Figures.time($0, in: call.zone) } ?? "…",
                    "duration": Figures.duration(end.timeIntervalSince(started)),
                ]))
    }
    let steps = try call.transaction.steps(of: record.id).map { step in
        say.plain(
            "cycle.step",
            [
                "step": step.step,
                "duration": Figures.duration(step.finishedAt.timeIntervalSince(step.startedAt)),
            ])
    }
    if !steps.isEmpty { lines.append([.text(steps.joined(separator: " · "))]) }
    if let text = record.report {
        let report: CycleReport = try JSON.value(text)
        lines += [[]] + CycleText.details(of: report, say: say)
        return Outcome(Answer(MessageText(lines: lines), picture: report.chart.map { call.control.path(ofChart: $0) }))
    }
    return Outcome(lines)
}

extension CycleState {
    var icon: String {
        switch self {
        case .queued: "🕒"
        case .running: "⏳"
        case .promoted: "🟢"
        case .rejected: "⚪️"
        case .failed: "❌"
        case .cancelled: "⏹"
        case .interrupted: "⚠️"
        }
    }
}
