import ControlPlane
import Foundation
import Market
import Store
import Telegram

/// A cycle in words: the notification that ends it, and its details.
enum CycleText {
    /// The four lines every cycle's notice begins with; the same in both languages, so that they can be recognised anywhere.
    static func headline(of report: CycleReport) -> [[Inline]] {
        let reward = report.rewardChange.map { "Reward \(arrow($0)) \(Figures.signedPercent($0))" } ?? "Reward –"
        let drawdown =
            report.drawdownChange.map { "Drawdown \(arrow($0)) \(Figures.percent(abs($0), digits: 0))" } ?? "Drawdown –"
        let model = report.outcome == .promoted ? report.challenger : report.serving
        let last =
            report.outcome == .promoted
            ? "Deployed: \(Figures.time(report.finishedAt))"
            : "Kept: \(model ?? "–")\(report.challenger.map { " (\($0) was not better)" } ?? "")"
        return [
            [.text("🤖 "), .bold("Continual Learning Update")],
            [.text("Model: "), .bold((report.outcome == .promoted ? model : report.challenger) ?? "–")],
            [.text("\(reward), \(drawdown)")], [.text(last)],
        ]
    }

    private static func arrow(_ change: Double) -> String { change >= 0 ? "↑" : "↓" }

    /// The whole notice of a cycle that was judged, or of one that ended early.
    static func notice(of report: CycleReport, say: Phrasebook) -> MessageText {
        guard report.outcome.isSuccess, let validation = report.validation else {
            return MessageText(lines: ending(of: report, say: say))
        }
        let failed = report.reasons.filter { !$0.passed }
        let first = headline(of: report) + [[]] + [verdict(validation, say)] + failed.map { reason($0, say) }
        let figures = [[]] + judged(validation, say: say)
        // What an operator reads once in a while folds away.
        let rest = report.reasons.filter(\.passed).map { reason($0, say) } + circumstances(of: report, say: say)
        let folded = rest.flatMap { $0 + [.text("\n")] }.dropLast()
        return MessageText(lines: first + figures) + MessageText([.quotation(Array(folded), isExpandable: true)])
    }

    private static func verdict(_ validation: CycleReport.Validation, _ say: Phrasebook) -> [Inline] {
        say("notice.verdict", ["verdict": say.plain(validation.promoted ? "notice.passed" : "notice.notPassed")])
    }

    private static func reason(_ reason: CycleReport.Reason, _ say: Phrasebook) -> [Inline] {
        say("notice.reason", ["icon": reason.passed ? "✓" : "✗", "text": sentence(reason, say)])
    }

    private static func ending(of report: CycleReport, say: Phrasebook) -> [[Inline]] {
        let key =
            switch report.outcome {
            case .cancelled: "notice.cancelled"
            case .interrupted: "notice.interrupted"
            default: "notice.failed"
            }
        var lines = [say(key, ["cycle": "\(report.cycle)", "step": report.endedIn ?? "queue"])]
        lines += report.reasons.map { [.text(sentence($0, say))] }
        lines.append(report.serving.map { say("notice.serves", ["name": $0]) } ?? say("notice.noneServes"))
        lines.append(
            say("notice.duration", ["cycle": "\(report.cycle)", "duration": Figures.duration(report.seconds)]))
        return lines
    }

    private static func sentence(_ reason: CycleReport.Reason, _ say: Phrasebook) -> String {
        say.language == .russian ? reason.russian : reason.english
    }

    static func details(of report: CycleReport, say: Phrasebook) -> [[Inline]] {
        var lines: [[Inline]] = []
        if let validation = report.validation { lines.append(verdict(validation, say)) }
        lines += report.reasons.map { reason($0, say) }
        if let validation = report.validation { lines += [[]] + judged(validation, say: say) }
        return lines + circumstances(of: report, say: say)
    }

    /// Window, training, drift and duration.
    private static func circumstances(of report: CycleReport, say: Phrasebook) -> [[Inline]] {
        var lines: [[Inline]] = []
        if let market = report.market, let validation = report.validation {
            lines.append(
                say(
                    "notice.window",
                    [
                        "symbols": market.symbols.joined(separator: ", "), "interval": market.interval,
                        "synthetic": market.synthetic ? " (\(say.plain("synthetic")))" : "",
                        "from": Figures.time(market.from), "to": Figures.time(market.to),
                        "judged": Figures.time(validation.from), "costs": costs(validation.costs),
                    ]))
        }
        if let training = report.training {
            lines.append(
                say(
                    "notice.training",
                    [
                        "steps": Figures.count(training.steps), "ordered": ordered(training, say),
                        "duration": Figures.duration(training.seconds),
                        "speed": Figures.count(Int(training.stepsPerSecond)), "seed": "\(training.seed)",
                        "stability": Figures.percent(training.stability, digits: 0),
                    ]))
        }
        if let candidates = report.training?.candidates {
            let score = candidates.scores[candidates.chosen - 1]
            lines.append(
                say(
                    "notice.candidates",
                    [
                        "chosen": "\(candidates.chosen)", "count": "\(candidates.count)",
                        "score": score.map { Figures.signedPercent($0, digits: 4) } ?? "–",
                        "from": Figures.time(candidates.from), "to": Figures.time(candidates.to),
                    ]))
        }
        if let drift = report.drift {
            lines.append(
                say(
                    "notice.drift",
                    [
                        "policy": drift.policy.map { Figures.decimal($0, digits: 3) } ?? "–",
                        "psi": Figures.decimal(drift.largestFeatureShift, digits: 2), "feature": drift.feature,
                    ]))
        }
        lines.append(
            say("notice.duration", ["cycle": "\(report.cycle)", "duration": Figures.duration(report.seconds)]))
        return lines
    }

    /// Rollouts are whole, so that a little more is done than was asked for.
    private static func ordered(_ training: CycleReport.Training, _ say: Phrasebook) -> String {
        guard let ordered = training.orderedSteps, ordered != training.steps else { return "" }
        return " (" + say.plain("notice.ordered", ["ordered": Figures.count(ordered)]) + ")"
    }

    private static func judged(_ validation: CycleReport.Validation, say: Phrasebook) -> [[Inline]] {
        let mine = validation.challenger
        var lines = [
            say(
                "notice.oos",
                [
                    "net": Figures.signedPercent(mine.totalReturn),
                    "sharpe": Figures.decimal(mine.sharpeAnnual, digits: 1),
                    "drawdown": Figures.percent(mine.maxDrawdown), "trades": "\(mine.trades)",
                    "rate": Figures.percent(mine.winRate, digits: 0),
                    "low": Figures.percent(mine.winRateLow, digits: 0),
                    "high": Figures.percent(mine.winRateHigh, digits: 0),
                    "breakEven": Figures.percent(mine.breakEvenWinRate, digits: 0),
                ])
        ]
        if let before = validation.champion {
            lines.append(
                say(
                    "notice.before",
                    [
                        "name": say.plain("notice.champion"), "net": Figures.signedPercent(before.totalReturn),
                        "drawdown": Figures.percent(before.maxDrawdown),
                    ]))
        }
        lines.append(
            say(
                "notice.hold",
                [
                    "net": Figures.signedPercent(validation.buyAndHold.totalReturn),
                    "drawdown": Figures.percent(validation.buyAndHold.maxDrawdown),
                ]))
        lines.append(
            say(
                "notice.difference",
                [
                    "mean": Figures.signedPercent(validation.meanDifference, digits: 4),
                    "low": Figures.signedPercent(validation.differenceLow, digits: 4),
                    "high": Figures.signedPercent(validation.differenceHigh, digits: 4),
                    "p": Figures.decimal(validation.probabilityNotBetter, digits: 3), "tries": "\(validation.tries)",
                ]))
        let worlds = validation.worlds.map { world in
            let before = world.champion.map { " (\(Figures.signedPercent($0)))" } ?? ""
            return "\(world.world) \(Figures.signedPercent(world.challenger))\(before)"
        }
        if !worlds.isEmpty { lines.append(say("notice.worlds", ["list": worlds.joined(separator: ", ")])) }
        return lines
    }

    static func costs(_ costs: CostModel) -> String {
        func number(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }
        return "\(number(costs.feeBps)) + \(number(costs.slippageBps)) bp"
    }

    /// A figure of a version's manifest, written by what it is.
    static func metric(_ name: String, _ value: Double) -> String {
        switch name {
        case "trades": Figures.count(Int(value))
        case "sharpe_annual": Figures.decimal(value, digits: 2)
        case "mean_log_return_per_bar": Figures.signedPercent(value, digits: 4)
        case "max_drawdown", "win_rate", "break_even_win_rate": Figures.percent(value)
        default: Figures.signedPercent(value)
        }
    }
}

/// The message that follows a running cycle.
enum LiveText {
    static func answer(_ progress: LiveProgress.Snapshot, say: Phrasebook) -> [[Inline]] {
        var lines = [say("train.live", ["cycle": "\(progress.cycle)", "step": progress.step.rawValue])]
        if progress.step == .train, let done = progress.trainedSteps, let total = progress.totalSteps {
            lines.append(
                say(
                    "train.liveSteps",
                    [
                        "done": Figures.count(done), "total": Figures.count(total),
                        "percent": Figures.percent(progress.fraction ?? 0, digits: 0),
                        "speed": Figures.count(Int(progress.stepsPerSecond ?? 0)),
                    ]))
            lines.append(
                say(
                    "train.liveReward",
                    [
                        "reward": progress.meanReward.map { Figures.signed($0, digits: 4) } ?? "–",
                        "eta": progress.eta.map(Figures.duration) ?? "–",
                    ]))
        }
        if progress.stopRequested { lines.append(say("train.liveStopping")) }
        return lines
    }

    static func ended(_ record: CycleRecord, say: Phrasebook) -> [[Inline]] {
        let end = record.finishedAt ?? record.createdAt
        let duration = record.startedAt.map { Figures.duration(end.timeIntervalSince($0)) } ?? "–"
        let outcome = "\(record.state.icon) \(record.state.rawValue)"
        return [say("train.ended", ["cycle": "\(record.id)", "outcome": outcome, "duration": duration])]
    }

    /// Half a line for `/status`.
    static func detail(of progress: LiveProgress.Snapshot, say: Phrasebook) -> String? {
        guard progress.step == .train, let done = progress.trainedSteps, let total = progress.totalSteps else {
            return nil
        }
        return say.plain(
            "train.liveSteps",
            [
                "done": Figures.count(done), "total": Figures.count(total),
                "percent": Figures.percent(progress.fraction ?? 0, digits: 0),
                "speed": Figures.count(Int(progress.stepsPerSecond ?? 0)),
            ])
    }
}
