import Charts

/// Charts at the edge of what a caller may ask for.
enum WeirdCharts {
    static let empty = Chart(title: "", panels: [Panel(title: "Nothing yet", emptyText: "нет данных"), Panel()])

    static let onePoint = Chart(
        title: "One point, one constant",
        panels: [
            Panel(title: "one point", lines: [Line("price", times: [1_700_000_000_000], y: [42_000])]),
            Panel(
                title: "constant", x: .number(label: nil), y: .percent,
                lines: [Line("rate", x: [0, 1, 2], y: [0.3, 0.3, 0.3])]),
        ])

    static let marks = Chart(
        title: "ETHUSDT paper trades with a title that is much too long to stand on one line of a phone's chart",
        subtitle: "entries and exits", note: "after costs",
        panels: [
            Panel(
                title: "Price",
                lines: [
                    Line(
                        "close", times: (0..<97).map { 1_730_419_200_000 + Int64($0) * 900_000 },
                        y: RetrainChart.walk(seed: 4, count: 97, drift: 0, scale: 12).enumerated()
                            .map { (40..<44).contains($0.offset) ? .nan : 2500 + $0.element })
                ],
                markers: [
                    Markers(
                        "entry", shape: .up, x: [1_730_426_400_000, 1_730_460_000_000], y: [2496, 2505], hue: .green),
                    Markers("exit", shape: .down, x: [1_730_440_000_000], y: [2510], hue: .vermillion),
                    Markers("stop", shape: .cross, x: [1_730_490_000_000], y: [2490], hue: .purple),
                    Markers("news", shape: .circle, x: [1_730_480_000_000], y: [2500], hue: .amber),
                ], references: [ReferenceLine(2500, name: "average entry")])
        ])

    static let extremes = Chart(
        title: "\u{0}\u{7}🤖 \u{202E}", subtitle: String(repeating: "длинный ", count: 200), note: "",
        panels: [
            Panel(
                lines: [
                    Line("huge", x: [0, 1, 2], y: [1e308, -1e308, 1e299]),
                    Line("broken", x: [.nan, .infinity, -.infinity, 3], y: [1, 2, 3, .nan]),
                    Line("ragged", x: [1, 2, 3, 4], y: [1]), Line("", x: [], y: []),
                    Line("backwards", x: [5, 4, 3], y: [1e-300, 0, -1e-300]),
                ],
                bands: [Band(x: [1, 2], lower: [.nan, 0], upper: [1, .infinity])],
                markers: [Markers("m", shape: .cross, x: [1e18], y: [.nan])],
                references: [ReferenceLine(.infinity), ReferenceLine(.nan, name: "nan")], weight: .nan),
            Panel(lines: [Line("far", x: [-1e290, 1e290], y: [0, 1])], weight: -3),
            Panel(
                x: .number(label: "x"), lines: [Line("tiny", x: [1, 1 + 1e-16], y: [1e-12, 1.0000001e-12])],
                weight: 1e30),
        ])
}
