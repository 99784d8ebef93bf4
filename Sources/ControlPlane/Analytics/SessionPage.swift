import Ensemble
import Foundation

/// A session's report as one HTML file that needs nothing else.
struct SessionPage {
    let recap: SessionRecap
    let say: ReportLanguage

    /// - Parameter charts: SVG documents; each is an image of its own, since their glyphs share names.
    func html(charts: [String]) -> String {
        let summary = recap.summary
        let title = say("Session \(recap.record.id)", "Сессия \(recap.record.id)")
        let images = charts.map {
            "<img alt=\"\" src=\"data:image/svg+xml;base64,\(Data($0.utf8).base64EncodedString())\">"
        }
        return """
            <!doctype html>
            <html lang="\(say.rawValue)"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(title)</title><style>
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #17202b }
            table { border-collapse: collapse; width: 100%; margin: 1rem 0 } td, th { text-align: left; padding: .3rem .6rem; \
            border-bottom: 1px solid #dfe3e9 } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums } img { width: 100% }
            .met { color: #00875f } .not_met { color: #d55e00 } .not_provable { color: #5b6675 }
            </style></head><body>
            <h1>\(title)</h1>
            <p>\(escaped(intro))</p>
            <h2>\(say("What is proved", "Что доказано"))</h2>
            \(table(figures))
            <h2>\(say("Aims", "Цели"))</h2>
            \(table(aims))
            <h2>\(say("Iterations", "Итерации"))</h2>
            \(table(iterations))
            <h2>\(say("Models, each alone on the judged windows", "Модели, каждая отдельно на проверочных окнах"))</h2>
            \(table(models))
            \(faults(summary.faults))
            \(images.joined(separator: "\n"))
            </body></html>
            """
    }

    private var intro: String {
        let summary = recap.summary
        let kind = summary.isSynthetic ? say(" SYNTHETIC market.", " СИНТЕТИЧЕСКИЙ рынок.") : ""
        let names = summary.symbols.map(\.rawValue).joined(separator: ", ")
        let days = [summary.judged.lowerBound, summary.judged.upperBound].map {
            Date(milliseconds: $0).formatted(.iso8601.year().month().day())
        }
        return say(
            "\(names) \(summary.interval), judged \(days[0]) to \(days[1]), \(summary.iterations) of \(summary.planned) iterations.\(kind) No judged candle was learned from. Costs: \(summary.feeBps) bp fee and \(summary.slippageBps) bp slippage a side.",
            "\(names) \(summary.interval), проверка \(days[0]) – \(days[1]), итераций: \(summary.iterations) из \(summary.planned).\(kind) На проверочных свечах не учились. Издержки: \(summary.feeBps) б.п. комиссии и \(summary.slippageBps) б.п. проскальзывания на сторону."
        )
    }

    private var figures: [[String]] {
        let summary = recap.summary
        let one = summary.figures
        var rows = [
            [say("closed trades", "закрытых сделок"), "\(one.trades)"],
            [
                say("win rate (95 %)", "доля прибыльных (95 %)"),
                "\(percent(one.winRate)) (\(percent(one.winRateLow)) … \(percent(one.winRateHigh)))",
            ],
            [say("its break-even", "безубыточная доля"), one.breakEven.map { percent($0) } ?? "–"],
            [
                say("mean net result of a trade (95 %, by days)", "средний чистый результат сделки (95 %, по дням)"),
                "\(signed(one.expectancy)) (\(signed(one.expectancyLow)) … \(signed(one.expectancyHigh)))",
            ],
            [say("return", "доходность"), signed(summary.roi)],
            [say("largest fall", "наибольшая просадка"), percent(summary.drawdown)],
        ]
        if let agents = one.agents {
            rows += [
                [
                    say("random agents: mean result, 5 … 95 %", "случайные агенты: средний результат, 5 … 95 %"),
                    "\(signed(agents.expectancy.low)) … \(signed(agents.expectancy.high))",
                ],
                [
                    say("random agents at least as good", "случайных агентов не хуже"),
                    percent(agents.shareAsGood),
                ],
            ]
        }
        rows.append([say("looks and tests allowed for", "учтено проверок"), "\(one.tries)"])
        rows.append([say("verdict", "вывод"), verdict(one.verdict.rawValue)])
        if let last = recap.earlier.first {
            let change = SessionComparison(last, (recap.record.id, summary))
            rows.append([
                say(
                    "against session \(last.id), mean result (95 %)",
                    "против сессии \(last.id), средний результат (95 %)"),
                "\(signed(change.expectancy.value)) (\(signed(change.expectancy.low)) … \(signed(change.expectancy.high)))",
            ])
        }
        return rows
    }

    private var aims: [[String]] {
        Scoreboard(recap).rows.map { row in
            let value: String =
                switch row.aim {
                case .winRate, .drawdown: percent(row.value)
                case .roi: signed(row.value)
                case .trades: "× " + String(format: "%.2f", row.value)
                case .improvement: signed(row.value, digits: 3)
                }
            return [aim(row.aim), value, verdict(row.state.rawValue)]
        }
    }

    private func aim(_ aim: Scoreboard.Aim) -> String {
        switch aim {
        case .winRate:
            say(
                "win rate from 34.4 % to \(percent(recap.summary.target))",
                "доля прибыльных с 34.4 % до \(percent(recap.summary.target))")
        case .roi: say("return from −50.6 % to above 0", "доходность с −50.6 % до положительной")
        case .trades: say("twice the trades of the first session", "вдвое больше сделок, чем в первой сессии")
        case .drawdown: say("drawdown at most 15 %", "просадка не более 15 %")
        case .improvement: say("better with each iteration", "лучше с каждой итерацией")
        }
    }

    private func verdict(_ state: String) -> String {
        switch state {
        case "met": "<b class=\"met\">\(say("met", "достигнуто"))</b>"
        case "not_met": "<b class=\"not_met\">\(say("not met", "не достигнуто"))</b>"
        default: "<b class=\"not_provable\">\(say("not provable yet", "пока не доказуемо"))</b>"
        }
    }

    private var iterations: [[String]] {
        [
            [
                "#", say("judged", "проверка"), say("trades", "сделок"), say("win rate", "прибыльных"),
                say("mean result", "средний результат"), say("return", "доходность"), say("fall", "просадка"),
            ]
        ]
            + recap.results.map {
                [
                    "\($0.iteration)",
                    Date(milliseconds: $0.window.judged.lowerBound).formatted(.iso8601.year().month().day()),
                    "\($0.figures.trades)", percent($0.figures.winRate), signed($0.figures.expectancy), signed($0.roi),
                    percent($0.drawdown),
                ]
            }
    }

    private var models: [[String]] {
        let names = recap.results.last?.models.map(\.model) ?? []
        return [
            [
                say("model", "модель"), say("weight at the end", "вес в конце"), say("trades", "сделок"),
                say("win rate", "прибыльных"), say("mean result", "средний результат"),
            ]
        ]
            + names.map { name in
                let all = recap.results.flatMap(\.models).filter { $0.model == name }
                let trades = all.reduce(0) { $0 + $1.trades }
                func mean(_ value: (IterationResult.ModelResult) -> Double) -> Double {
                    trades > 0 ? all.reduce(0) { $0 + value($1) * Double($1.trades) } / Double(trades) : 0
                }
                return [
                    name, percent(recap.summary.weightsAfter[name] ?? 0), "\(trades)",
                    trades > 0 ? percent(mean(\.winRate)) : "–", trades > 0 ? signed(mean(\.expectancy)) : "–",
                ]
            }
    }

    private func faults(_ faults: [String: String]) -> String {
        guard !faults.isEmpty else { return "" }
        let lines = faults.sorted { $0.key < $1.key }.map { "<li>\(escaped($0.key)): \(escaped($0.value))</li>" }
        return "<p>\(say("Took no part:", "Не участвовали:"))</p><ul>\(lines.joined())</ul>"
    }

    private func table(_ rows: [[String]]) -> String {
        "<table>"
            + rows.map { row in
                "<tr>" + row.enumerated().map { "<td\($0 > 0 ? " class=\"n\"" : "")>\($1)</td>" }.joined() + "</tr>"
            }.joined(separator: "\n") + "</table>"
    }

    private func percent(_ value: Double) -> String { String(format: "%.1f %%", value * 100) }
    private func signed(_ value: Double, digits: Int = 2) -> String { String(format: "%+.\(digits)f %%", value * 100) }

    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
