import ControlPlane
import Ensemble
import Foundation
import Store
import Telegram

/// Win-rate sessions, weights and votes as a chat reads them.
enum SessionText {
    static func notice(_ notice: SessionNotice, say: Phrasebook, control: ControlPlane) -> Answer {
        guard let summary = notice.summary else {
            return Answer([
                say(
                    "session.failed",
                    ["session": "\(notice.session)", "outcome": notice.outcome, "reason": notice.reason ?? ""])
            ])
        }
        var lines = lines(of: notice.session, summary, say: say)
        if let reason = notice.reason {
            lines.append(
                say(
                    "session.failed",
                    ["session": "\(notice.session)", "outcome": notice.outcome, "reason": reason]))
        }
        return Answer(MessageText(lines: lines), picture: page(notice.session, say, control))
    }

    /// The report's page in the reader's language.
    static func page(_ session: Int64, _ say: Phrasebook, _ control: ControlPlane) -> String {
        files(session, say, control).page.path
    }

    static func files(_ session: Int64, _ say: Phrasebook, _ control: ControlPlane) -> SessionReportWriter.Files {
        SessionReportWriter(configuration: control.configuration, store: control.store)
            .files(of: session, say.language == .russian ? .russian : .english)
    }

    static func lines(of session: Int64, _ summary: SessionSummary, say: Phrasebook) -> [[Inline]] {
        let figures = summary.figures
        var lines = [
            say("session.title", ["session": "\(session)", "verdict": verdict(figures.verdict, say: say)]),
            say(
                "session.rate",
                [
                    "rate": Figures.percent(figures.winRate), "trades": Figures.count(figures.trades),
                    "low": Figures.percent(figures.winRateLow), "high": Figures.percent(figures.winRateHigh),
                    "breakEven": figures.breakEven.map { Figures.percent($0) } ?? "–",
                    "target": Figures.percent(summary.target),
                ]),
            say(
                "session.expectancy",
                [
                    "value": Figures.signedPercent(figures.expectancy, digits: 2),
                    "low": Figures.signedPercent(figures.expectancyLow, digits: 2),
                    "high": Figures.signedPercent(figures.expectancyHigh, digits: 2),
                ]),
        ]
        if figures.verdict == .notProvable { lines.append(say("session.few")) }
        if let agents = figures.agents {
            lines.append(
                say(
                    "session.agents",
                    [
                        "low": Figures.signedPercent(agents.expectancy.low, digits: 2),
                        "high": Figures.signedPercent(agents.expectancy.high, digits: 2),
                        "share": Figures.percent(agents.shareAsGood),
                    ]))
        }
        lines.append(
            say(
                "session.roi",
                [
                    "roi": Figures.signedPercent(summary.roi), "drawdown": Figures.percent(summary.drawdown),
                    "iterations": "\(summary.iterations)", "tries": "\(figures.tries)",
                ]))
        lines.append(say("session.weights", ["list": list(summary.weightsAfter)]))
        for (model, reason) in summary.faults.sorted(by: { $0.key < $1.key }) {
            lines.append(say("session.fault", ["model": model, "reason": reason]))
        }
        lines.append(market(summary, say: say))
        return lines
    }

    private static func market(_ summary: SessionSummary, say: Phrasebook) -> [Inline] {
        say(
            "session.market",
            [
                "symbols": summary.symbols.map(\.rawValue).joined(separator: ", "),
                "interval": summary.interval.rawValue,
                "synthetic": summary.isSynthetic ? " (\(say.plain("synthetic")))" : "",
                "from": Figures.time(Date(milliseconds: summary.judged.lowerBound)),
                "to": Figures.time(Date(milliseconds: summary.judged.upperBound)),
                "costs":
                    "\(Figures.decimal(summary.feeBps, digits: 0)) + \(Figures.decimal(summary.slippageBps, digits: 0)) bp",
            ])
    }

    static func verdict(_ verdict: WinRateFigures.Verdict, say: Phrasebook) -> String {
        switch verdict {
        case .met: say.plain("session.met")
        case .notMet: say.plain("session.notMet")
        case .notProvable: say.plain("session.notProvable")
        }
    }

    /// The active models, the heaviest first.
    static func list(_ weights: [String: Double]) -> String {
        weights.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.key) \(Figures.percent($0.value))" }.joined(separator: ", ")
    }

    static func live(_ progress: SessionProgress, say: Phrasebook) -> [[Inline]] {
        var lines = [
            say(
                "winrate.live",
                [
                    "session": "\(progress.session)", "phase": progress.phase.rawValue,
                    "done": "\(progress.iterations)", "total": progress.planned > 0 ? "\(progress.planned)" : "…",
                ])
        ]
        if let rate = progress.winRate {
            lines.append(
                say(
                    "winrate.liveSoFar",
                    ["trades": Figures.count(progress.trades), "rate": Figures.percent(rate)]))
        }
        if progress.stopRequested { lines.append(say("winrate.liveStopping")) }
        return lines
    }

    static func ended(_ record: SessionRecord, say: Phrasebook) -> [[Inline]] {
        let end = record.finishedAt ?? record.createdAt
        let duration = record.startedAt.map { Figures.duration(end.timeIntervalSince($0)) } ?? "–"
        return [
            say(
                "winrate.ended",
                ["session": "\(record.id)", "outcome": record.state.rawValue, "duration": duration])
        ]
    }

    /// Who said what when a trade was decided on.
    static func votes(of decision: EnsembleDecision, say: Phrasebook) -> [[Inline]] {
        let head = say(
            "trade.votes",
            [
                "confidence": Figures.percent(decision.confidence, digits: 0),
                "threshold": Figures.percent(decision.threshold, digits: 0), "regime": decision.regime.rawValue,
                "size": Figures.percent(decision.size, digits: 0),
            ])
        return [head]
            + decision.votes.map { vote in
                say(
                    "trade.vote",
                    [
                        "model": vote.model, "weight": Figures.percent(vote.weight, digits: 0),
                        "side": vote.side.description, "confidence": Figures.percent(vote.confidence, digits: 0),
                        "reason": vote.reason,
                    ])
            }
    }
}
