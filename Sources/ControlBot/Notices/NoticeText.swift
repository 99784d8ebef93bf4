import ControlPlane
import Foundation
import Store
import Telegram

/// An event as a chat reads it.
struct NoticeText {
    let say: Phrasebook
    let control: ControlPlane

    func answer(for event: ControlEvent) -> Answer {
        switch event {
        case .cycleFinished(let report): cycle(report)
        case .tradeClosed(let trade): self.trade(trade)
        case .cycleStarted(let start):
            Answer([
                say(
                    "notice.started",
                    ["cycle": "\(start.cycle)", "trigger": start.trigger, "steps": Figures.count(start.steps)])
            ])
        case .cycleResumed(let resume):
            Answer([
                say(
                    "notice.resumed",
                    ["cycle": "\(resume.cycle)", "step": resume.step, "attempt": "\(resume.attempt)"])
            ])
        case .policyChanged(let change):
            Answer([
                say(
                    "notice.changed",
                    [
                        "to": "RL-Agent-v\(change.to)", "from": change.from.map { "RL-Agent-v\($0)" } ?? "–",
                        "by": change.by,
                    ])
            ])
        case .alarmRaised(let alarm): Answer([say("notice.alarm", ["detail": alarm.detail])])
        case .alarmCleared(let alarm):
            Answer([
                say(
                    "notice.clear",
                    [
                        "detail": alarm.detail,
                        "duration": Figures.duration((alarm.until ?? alarm.since).timeIntervalSince(alarm.since)),
                    ])
            ])
        case .scheduleMissed(let miss): schedule(miss)
        case .accessGranted(let grant):
            Answer([say("access.granted", ["name": grant.name, "user": "\(grant.user)", "role": grant.role])])
        case .serviceStarted(let start): service(start)
        case .sessionFinished(let notice): SessionText.notice(notice, say: say, control: control)
        case .weightsChanged(let notice):
            Answer([
                say("notice.weights", ["reason": notice.reason, "list": SessionText.list(notice.weights)])
            ])
        }
    }

    private func cycle(_ report: CycleReport) -> Answer {
        var buttons = [AnswerButton(say.plain("notice.details"), Order("/cycle \(report.cycle)"))]
        if let version = report.challenger?.split(separator: "v").last.flatMap({ Int($0) }),
            let parent = report.training?.parent
        {
            buttons.append(AnswerButton(say.plain("notice.compare"), Order("/compare \(version) \(parent)")))
        }
        if report.outcome == .promoted, report.validation?.champion != nil {
            buttons.append(AnswerButton(say.plain("notice.rollback"), Order("/rollback")))
        }
        return Answer(
            CycleText.notice(of: report, say: say), buttons: [buttons],
            picture: report.chart.map(control.path(ofChart:)))
    }

    private func trade(_ trade: ControlEvent.TradeNotice) -> Answer {
        let lines = [
            say(
                "notice.trade",
                [
                    "icon": trade.netReturn >= 0 ? "🟢" : "🔴", "trade": "\(trade.trade)", "symbol": trade.symbol,
                    "side": trade.side, "net": Figures.signedPercent(trade.netReturn, digits: 2),
                    "synthetic": trade.synthetic ? " (\(say.plain("synthetic")))" : "",
                ]),
            say(
                "notice.tradeDetail",
                [
                    "entry": Figures.price(trade.entryPrice), "exit": Figures.price(trade.exitPrice),
                    "bars": "\(trade.bars)", "reason": trade.exitReason,
                ]),
        ]
        let why = AnswerButton(say.plain("trade.whyButton"), Order("/why \(trade.trade)"))
        return Answer(lines, buttons: trade.netReturn < 0 ? [[why]] : [])
    }

    private func schedule(_ miss: ControlEvent.ScheduleMiss) -> Answer {
        let what =
            miss.ran
            ? say.plain("notice.missedRan", ["missed": "\(miss.missed)"])
            : say.plain("notice.missedSkipped", ["reason": miss.reason])
        return Answer([
            say("notice.missed", ["job": miss.job, "time": Figures.time(miss.scheduledFor), "what": what])
        ])
    }

    private func service(_ start: ControlEvent.ServiceStart) -> Answer {
        let champion = start.champion.map { say.plain("up.champion", ["name": $0]) } ?? say.plain("up.none")
        guard start.afterCrash else {
            return Answer([say("notice.up", ["version": start.version, "champion": champion])])
        }
        let messages =
            start.uncertainMessages > 0
            ? " " + say.plain("notice.crashMessages", ["count": "\(start.uncertainMessages)"]) : ""
        return Answer([say("notice.crash", ["what": champion + messages])])
    }
}
