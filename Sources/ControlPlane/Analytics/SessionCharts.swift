import Charts
import Ensemble
import Evaluation
import Foundation

/// The pictures of a session.
struct SessionCharts {
    let recap: SessionRecap
    let say: ReportLanguage

    /// One page for a phone: what was earned, what is proved, who was listened to.
    var page: Chart {
        chart(
            say("What it came to", "Итог"),
            [equityPanel(weight: 1.4), drawdownPanel, winRatePanel(weight: 1.3), weightPanel(weight: 1.3)])
    }

    var equity: Chart { chart(say("Equity", "Капитал"), [equityPanel(weight: 2), drawdownPanel]) }

    var weights: Chart { chart(say("Weights of the models", "Веса моделей"), [weightPanel(weight: 1)]) }

    var winRates: Chart {
        chart(say("Win rate by iteration", "Доля прибыльных сделок по итерациям"), [winRatePanel(weight: 1)])
    }

    /// How often each size of result came.
    var distribution: Chart {
        let returns = recap.trades.map(\.netReturn)
        let bins = Bins(returns, count: 40)
        func steps(_ name: String, _ hue: Hue, _ isWanted: (Double) -> Bool) -> Line {
            var x: [Double] = []
            var y: [Double] = []
            for index in bins.counts.indices {
                let (low, high) = (bins.edge(index), bins.edge(index + 1))
                let height = isWanted((low + high) / 2) ? Double(bins.counts[index]) : 0
                x += [low * 100, high * 100]
                y += [height, height]
            }
            return Line(name, x: x, y: y, hue: hue, fillTo: 0)
        }
        return chart(
            say("Results of the trades", "Результаты сделок"),
            [
                Panel(
                    title: say("Trades by net result", "Сделки по чистому результату"),
                    x: .number(
                        label: say("net result of a trade, % of its value", "чистый результат сделки, % её суммы")),
                    lines: [
                        steps(say("lost", "убыток"), .vermillion) { $0 < 0 },
                        steps(say("won", "прибыль"), .green) { $0 >= 0 },
                    ], labelsEnds: false)
            ])
    }

    /// Whether more confidence meant more success.
    var calibration: Chart {
        let buckets = Calibration.buckets(recap.trades)
        let x = buckets.map { $0.confidence * 100 }
        return chart(
            say("Calibration", "Калибровка"),
            [
                Panel(
                    title: say("Win rate by confidence at entry", "Доля прибыльных по уверенности на входе"),
                    x: .number(label: say("combined confidence, %", "общая уверенность, %")), y: .percent,
                    lines: [Line(say("win rate", "доля прибыльных"), x: x, y: buckets.map(\.winRate), hue: .blue)],
                    bands: [
                        Band(
                            name: say("95 % interval", "95 %-й интервал"), x: x, lower: buckets.map(\.low),
                            upper: buckets.map(\.high), hue: .blue)
                    ],
                    markers: [
                        Markers(
                            say("steps of 10 %", "шаги по 10 %"), shape: .circle, x: x, y: buckets.map(\.winRate),
                            hue: .blue)
                    ],
                    references: [breakEven].compactMap { $0 }, labelsEnds: false)
            ])
    }

    /// This session beside those before it; nil when it is the first.
    var comparison: Chart? {
        let all = recap.earlier.reversed() + [(id: recap.record.id, summary: recap.summary)]
        guard all.count > 1 else { return nil }
        let x = all.map { Double($0.id) }
        func panel(
            _ title: String, _ value: (WinRateFigures) -> (Double, Double, Double), _ format: ValueFormat,
            _ references: [ReferenceLine]
        ) -> Panel {
            let figures = all.map { value($0.summary.figures) }
            return Panel(
                title: title, x: .number(label: say("session", "сессия")), y: format,
                lines: [Line(title, x: x, y: figures.map(\.0), hue: .blue)],
                bands: [
                    Band(
                        name: say("95 % interval", "95 %-й интервал"), x: x, lower: figures.map(\.1),
                        upper: figures.map(\.2), hue: .blue)
                ], markers: [Markers("", shape: .circle, x: x, y: figures.map(\.0), hue: .blue)], references: references
            )
        }
        return chart(
            say("Sessions compared", "Сравнение сессий"),
            [
                panel(
                    say("Win rate", "Доля прибыльных"), { ($0.winRate, $0.winRateLow, $0.winRateHigh) }, .percent,
                    [target]),
                panel(
                    say("Mean net result of a trade", "Средний чистый результат сделки"),
                    { ($0.expectancy, $0.expectancyLow, $0.expectancyHigh) }, .signedPercent, [ReferenceLine(0)]),
            ])
    }

    // MARK: Parts

    private func chart(_ what: String, _ panels: [Panel]) -> Chart {
        let summary = recap.summary
        let kind = summary.isSynthetic ? say(" · synthetic market", " · синтетический рынок") : ""
        let names = summary.symbols.map(\.rawValue).joined(separator: ", ")
        let days = [summary.judged.lowerBound, summary.judged.upperBound].map {
            Date(milliseconds: $0).formatted(.iso8601.year().month().day())
        }
        return Chart(
            title: say("Session \(recap.record.id)", "Сессия \(recap.record.id)") + ": " + what,
            subtitle: "\(days[0]) – \(days[1]) · \(summary.interval)\(kind)",
            note: say(
                "\(names). Judged windows only, never learned from. Net of \(decimal(summary.feeBps)) + \(decimal(summary.slippageBps)) bp a side.",
                "\(names). Только проверочные окна. За вычетом \(decimal(summary.feeBps)) + \(decimal(summary.slippageBps)) б.п. на сторону."
            ), panels: panels)
    }

    private func decimal(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : "\(value)"
    }

    private var target: ReferenceLine {
        ReferenceLine(recap.summary.target, name: say("target", "цель"))
    }

    private var breakEven: ReferenceLine? {
        recap.summary.figures.breakEven.map { ReferenceLine($0, name: say("break-even", "безубыточность")) }
    }

    private func equityPanel(weight: Double) -> Panel {
        let equity = SessionEquity(recap.results)
        return Panel(
            title: say("Return, all judged windows", "Доходность, все проверочные окна"), y: .signedPercent,
            lines: [
                Line(say("ensemble", "ансамбль"), times: equity.times, y: equity.values.map { $0 - 1 }, hue: .blue)
            ], references: [ReferenceLine(0)], weight: weight)
    }

    private var drawdownPanel: Panel {
        let equity = SessionEquity(recap.results)
        return Panel(
            title: say("Fall from the peak", "Просадка от пика"), y: .percent,
            lines: [
                Line(say("drawdown", "просадка"), times: equity.times, y: equity.falls, hue: .vermillion, fillTo: 0)
            ],
            references: [ReferenceLine(-Scoreboard.drawdownLimit, name: say("limit", "предел"))])
    }

    private func winRatePanel(weight: Double) -> Panel {
        let x = recap.results.map { Double($0.iteration) }
        let pooled = recap.results.map(\.pooled)
        let rate = say("all so far", "все до сих пор")
        return Panel(
            title: say("Share of winning trades", "Доля прибыльных сделок"),
            x: .number(label: say("iteration", "итерация")), y: .percent,
            lines: [
                Line(rate, x: x, y: pooled.map(\.winRate), hue: .blue),
                Line(
                    say("random agents", "случайные агенты"), x: x, y: pooled.map { $0.agents?.winRate.median ?? .nan },
                    hue: .grey, stroke: .dashed),
                Line(
                    say("break-even", "безубыточность"), x: x, y: pooled.map { $0.breakEven ?? .nan }, hue: .purple,
                    stroke: .dotted),
            ],
            bands: [
                Band(
                    name: say("95 % interval", "95 %-й интервал"), x: x, lower: pooled.map(\.winRateLow),
                    upper: pooled.map(\.winRateHigh), hue: .blue)
            ],
            markers: [
                Markers(
                    say("one window", "одно окно"), shape: .circle, x: x, y: recap.results.map(\.figures.winRate),
                    hue: .amber)
            ], references: [target], weight: weight)
    }

    private func weightPanel(weight: Double) -> Panel {
        Panel(
            title: say("Weights", "Веса"),
            x: .number(label: say("trades learned from", "сделки, на которых учились")), y: .percent,
            lines: recap.weights.map { model, values in
                Line(model, x: values.indices.map(Double.init), y: values)
            }, weight: weight, emptyText: say("no weight moved", "веса не менялись"))
    }
}

/// Equal stretches between the 1st and the 99th percentile; what lies beyond is counted at the edges.
struct Bins {
    let counts: [Int]
    private let low: Double
    private let width: Double

    init(_ values: [Double], count: Int) {
        let sorted = values.sorted()
        let bottom = sorted.isEmpty ? -0.01 : sorted[sorted.count / 100]
        let top = sorted.isEmpty ? 0.01 : sorted[sorted.count - 1 - sorted.count / 100]
        // Zero is an edge, so that no stretch holds wins and losses.
        width = max((top - bottom) / Double(count), 1e-6)
        low = (bottom / width).rounded(.down) * width
        var counts = [Int](repeating: 0, count: count + 1)
        for value in values {
            counts[min(max(Int(((value - low) / width).rounded(.down)), 0), count)] += 1
        }
        self.counts = counts
    }

    func edge(_ index: Int) -> Double { low + Double(index) * width }
}

/// Trades by their confidence at entry.
enum Calibration {
    struct Bucket {
        let confidence: Double
        let winRate: Double
        let low: Double
        let high: Double
    }

    /// Ten equal stretches of confidence; those with fewer than ten trades are left out.
    static func buckets(_ trades: [EnsembleTrade.Result]) -> [Bucket] {
        (0..<10).compactMap { index in
            let part = trades.filter { min(Int($0.confidence * 10), 9) == index }
            guard part.count >= 10 else { return nil }
            let wins = part.count(where: \.isWin)
            let interval = WilsonInterval(successes: wins, trials: part.count)
            return Bucket(
                confidence: part.reduce(0) { $0 + $1.confidence } / Double(part.count),
                winRate: Double(wins) / Double(part.count), low: interval.low, high: interval.high)
        }
    }
}
