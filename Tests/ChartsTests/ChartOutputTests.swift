import Charts
import Foundation
import Testing

struct ChartOutputTests {
    private static let charts: [(name: String, chart: Chart)] = [
        ("retrain", RetrainChart.make()), ("dark", RetrainChart.make(theme: .dark, russian: true)),
        ("empty", WeirdCharts.empty), ("no panels", Chart(title: "alone", panels: [])),
        ("one point", WeirdCharts.onePoint), ("marks", WeirdCharts.marks), ("extremes", WeirdCharts.extremes),
    ]

    @Test(
        "a PNG has the signature and the size that were asked for", arguments: [(1200, 800), (640, 360), (121, 1500)])
    func signature(width: Int, height: Int) throws {
        for (_, chart) in Self.charts {
            let bytes = try chart.png(width: width, height: height)
            #expect(Array(bytes.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
            // IHDR: width and height, big-endian, at offsets 16 and 20.
            #expect(bytes[16..<20].reduce(0) { $0 << 8 | Int($1) } == width)
            #expect(bytes[20..<24].reduce(0) { $0 << 8 | Int($1) } == height)
            #expect(Array(bytes.suffix(12)) == [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
        }
    }

    @Test("the same chart is the same bytes, whatever was drawn between")
    func deterministic() throws {
        let first = try (RetrainChart.make().png(), RetrainChart.make().svg())
        _ = try WeirdCharts.extremes.svg()
        let second = try (RetrainChart.make().png(), RetrainChart.make().svg())
        #expect(first.0 == second.0)
        #expect(first.1 == second.1)
    }

    @Test("another figure is another picture")
    func figuresShow() throws {
        var chart = RetrainChart.make()
        let before = try chart.png()
        chart.panels[0].lines[0].y[2000] += 0.05
        #expect(try chart.png() != before)
    }

    @Test("an SVG is well-formed and has the size that was asked for")
    func wellFormed() throws {
        for (name, chart) in Self.charts {
            let svg = try chart.svg(width: 900, height: 600)
            #expect(TagBalance(svg).isBalanced, "\(name)")
            #expect(svg.contains("width=\"900\"") || svg.contains("width=\"900px\""), "\(name)")
            #expect(!svg.lowercased().contains("nan"), "\(name)")
        }
    }

    @Test("sizes nobody can draw are refused in words", arguments: [(0, 800), (1200, -1), (119, 500), (500, 9000)])
    func refusedSizes(width: Int, height: Int) {
        #expect(throws: ChartError.size(width: width, height: height)) {
            try RetrainChart.make().png(width: width, height: height)
        }
        #expect(throws: ChartError.size(width: width, height: height)) {
            try RetrainChart.make().svg(width: width, height: height)
        }
        #expect(ChartError.size(width: width, height: height).description.contains("120–8192"))
    }

    @Test("any figures at any size draw without fault")
    func anyFigures() throws {
        var random = SystemRandomNumberGenerator()
        let special: [Double] = [.nan, .infinity, -.infinity, 0, -0.0, 1e308, -1e308, 1e-300, 1e-12, 1.7e12, 4e13]
        func figure() -> Double {
            Bool.random(using: &random) ? special.randomElement(using: &random) ?? 0 : Double.random(in: -1e3...1e3)
        }
        func figures() -> [Double] { (0..<Int.random(in: 0...7)).map { _ in figure() } }
        for _ in 0..<60 {
            let panels = (0..<Int.random(in: 0...3)).map { _ in
                Panel(
                    title: Bool.random() ? "panel" : nil, x: Bool.random() ? .time : .number(label: "n"),
                    y: ValueFormat.allCases.randomElement() ?? .number,
                    lines: (0..<Int.random(in: 0...9)).map {
                        Line("line \($0)", x: figures(), y: figures(), fillTo: Bool.random() ? figure() : nil)
                    }, bands: [Band(name: "b", x: figures(), lower: figures(), upper: figures())],
                    markers: [Markers("m", shape: .up, x: figures(), y: figures())],
                    references: [ReferenceLine(figure(), name: "r")], weight: figure())
            }
            let chart = Chart(title: "t", panels: panels)
            let (width, height) = (Int.random(in: 120...400), Int.random(in: 120...400))
            #expect(throws: Never.self, "\(panels)") { try chart.png(width: width, height: height) }
        }
    }

    @Test("a line of a hundred thousand points is drawn as no more than its columns show")
    func longLines() throws {
        let times = (0..<100_000).map { Int64($0) * 60_000 }
        let line = Line("price", times: times, y: RetrainChart.walk(seed: 1, count: 100_000, drift: 0, scale: 1))
        let svg = try Chart(title: "long", panels: [Panel(lines: [line])]).svg()
        // Four points a column of a 1200 pixel picture, at most about 24 characters each.
        #expect(svg.utf8.count < 1200 * 4 * 24 + 60_000)
    }
}

/// Reads just enough of XML to see that every element is closed in order.
private struct TagBalance {
    private let text: String

    init(_ text: String) { self.text = text }

    var isBalanced: Bool {
        var open: [Substring] = []
        for part in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
            guard let end = part.lastIndex(of: ">") else { return false }
            let tag = part[..<end]
            if tag.hasPrefix("?") || tag.hasPrefix("!") || tag.hasSuffix("/") { continue }
            let name = tag.drop { $0 == "/" }.prefix { !$0.isWhitespace }
            if tag.hasPrefix("/") {
                guard open.popLast() == name else { return false }
            } else {
                open.append(name)
            }
        }
        return open.isEmpty
    }
}
