public import Charts

/// The picture of an error analysis: mean results by hour and by weekday with their 95 % intervals, and what all trades came to.
public enum ErrorChart {
    public static func make(
        _ samples: [TradeSample], _ analysis: ErrorAnalysis, isSynthetic: Bool, in language: AnswerLanguage
    ) -> Chart {
        let isRussian = language == .russian
        let text = ErrorText(analysis, in: language)
        let hours = (0..<24).map { $0 < 10 ? "0\($0)" : "\($0)" }
        let ordered = samples.sorted { $0.entryTime < $1.entryTime }
        var sum = 0.0
        let running = ordered.map { sample -> Double in
            sum += sample.netReturn
            return sum
        }
        return Chart(
            title: isRussian ? "Где теряет" : "Where it loses",
            subtitle:
                "\(samples.count) \(isRussian ? "сделок" : "trades")\(isSynthetic ? (isRussian ? ", синтетический рынок" : ", synthetic market") : "")",
            note: text.note,
            panels: [
                panel(
                    isRussian ? "Средний итог по часу входа (UTC)" : "Mean net result by hour of entry (UTC)",
                    .hour, hours, first: 0, samples, analysis, isRussian),
                panel(
                    isRussian ? "По дню недели (1 — понедельник)" : "By weekday (1 is Monday)",
                    .weekday, ErrorFactor.weekdays, first: 1, samples, analysis, isRussian),
                Panel(
                    title: isRussian ? "Сумма итогов" : "Sum of results", y: .signedPercent,
                    lines: [
                        Line(
                            isRussian ? "сумма" : "sum", times: ordered.map(\.entryTime), y: running, hue: .blue)
                    ], references: [ReferenceLine(0)]),
            ])
    }

    private static func panel(
        _ title: String, _ factor: ErrorFactor, _ levels: [String], first: Int, _ samples: [TradeSample],
        _ analysis: ErrorAnalysis, _ isRussian: Bool
    ) -> Panel {
        let results = levels.map { level in samples.filter { factor.level($0) == level }.map(\.netReturn) }
        let shown = levels.indices.filter { results[$0].count >= 2 }
        let means = shown.map { results[$0].reduce(0, +) / Double(results[$0].count) }
        let errors = zip(shown, means).map { index, mean in
            let count = Double(results[index].count)
            let square = results[index].reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return 1.96 * (square / (count - 1) / count).squareRoot()
        }
        let x = shown.map { Double($0 + first) }
        let bad = Set(analysis.significant.filter { $0.factor == factor }.map(\.level))
        let marked = shown.indices.filter { bad.contains(levels[shown[$0]]) }
        return Panel(
            title: title, x: .number(label: nil), y: .signedPercent,
            lines: [Line(isRussian ? "среднее" : "mean", x: x, y: means, hue: .blue)],
            bands: [
                Band(
                    name: "95%", x: x, lower: zip(means, errors).map { $0 - $1 },
                    upper: zip(means, errors).map { $0 + $1 }, hue: .sky)
            ],
            markers: marked.isEmpty
                ? []
                : [
                    Markers(
                        isRussian ? "значимо хуже" : "significantly worse", shape: .circle, x: marked.map { x[$0] },
                        y: marked.map { means[$0] }, hue: .vermillion)
                ],
            references: [ReferenceLine(0)], labelsEnds: false)
    }
}
