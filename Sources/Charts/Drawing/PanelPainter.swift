/// Draws one panel: legend, grid, axes, marks, end labels.
struct PanelPainter {
    let panel: Panel
    let canvas: Canvas
    let palette: Palette
    private let xSpan: Span?
    private let ySpan: Span?
    private let lines: [DrawnLine]

    private static let tickSize = 26.0
    private static let endSize = 27.0

    private struct DrawnLine {
        let line: Line
        let color: Color
        /// Where the line is drawn: stretches of usable points between gaps, at least one point each.
        let stretches: [[Point]]
        var end: Point? { stretches.last?.last }
    }

    init(panel: Panel, canvas: Canvas, palette: Palette) {
        self.panel = panel
        self.canvas = canvas
        self.palette = palette
        var colors = HueSequence()
        lines = panel.lines.map {
            DrawnLine(line: $0, color: palette.color(colors.next($0.hue)), stretches: Self.stretches($0.x, $0.y))
        }
        let xs =
            lines.flatMap { $0.stretches.joined().map(\.x) } + panel.bands.flatMap { Self.usable($0).map(\.x) }
            + panel.markers.flatMap { Self.stretches($0.x, $0.y).joined().map(\.x) }
        let ys =
            lines.flatMap { $0.stretches.joined().map(\.y) } + lines.compactMap(\.line.fillTo)
            + panel.bands.flatMap { Self.usable($0).flatMap { [$0.lower, $0.upper] } }
            + panel.markers.flatMap { Self.stretches($0.x, $0.y).joined().map(\.y) } + panel.references.map(\.value)
        xSpan = Span(covering: xs)?.padded(by: 0, minimum: panel.x == .time ? 3_600_000 : 0.5)
        let level = ys.lazy.filter(Span.isUsable).map(abs).max() ?? 0
        // Not a round share, so that no label falls on the plot's edge.
        let flat = level > 0 ? level * 0.055 : panel.y == .number ? 1.1 : 0.011
        ySpan = xSpan == nil ? nil : Span(covering: ys)?.padded(by: 0.07, minimum: flat)
    }

    // MARK: Layout

    /// Width the value labels need, in pixels.
    var leftGutter: Double {
        let widest = valueTicks.map { canvas.width(of: $0.label, size: Self.tickSize) }.max() ?? 0
        return widest + 14 * canvas.scale
    }

    /// Width the end labels need, in pixels.
    var rightGutter: Double {
        let widest = endLabels.map { canvas.width(of: $0.text, size: Self.endSize, bold: true) }.max() ?? 0
        return widest == 0 ? 8 * canvas.scale : widest + 16 * canvas.scale
    }

    func draw(in area: Rect, leftGutter: Double, rightGutter: Double) {
        let legend = Legend(entries: legendEntries, canvas: canvas, palette: palette)
        let top = legend.draw(in: area)
        var bottom = area.bottom - 38 * canvas.scale
        if xLabel != nil { bottom -= 30 * canvas.scale }
        let plot = Rect(left: area.left + leftGutter, top: top, right: area.right - rightGutter, bottom: bottom)
        guard plot.width > 8, plot.height > 8 else { return }
        canvas.fill(plot, palette.plot)
        guard let xSpan, let ySpan else {
            canvas.text(
                panel.emptyText, x: (plot.left + plot.right) / 2, y: (plot.top + plot.bottom) / 2, size: 26,
                color: palette.muted, anchor: .middle)
            return
        }
        let frame = PlotFrame(plot: plot, x: xSpan, y: ySpan)
        drawGrid(frame, area: area)
        canvas.clipped(to: plot) {
            drawBands(frame)
            drawReferences(frame)
            drawLines(frame)
        }
        drawMarkers(frame)
        drawEndLabels(frame)
    }

    private var xLabel: String? {
        if case .number(let label) = panel.x { return label }
        return nil
    }

    private var valueTicks: [Tick] {
        ySpan.map { Ticks.numbers(in: $0, count: 5, format: panel.y) } ?? []
    }

    // MARK: Axes

    private func drawGrid(_ frame: PlotFrame, area: Rect) {
        let plot = frame.plot
        var lastY = Double.infinity
        for tick in valueTicks {
            let y = frame.y(tick.value)
            let isZero = tick.value == 0
            canvas.stroke(
                [Point(x: plot.left, y: y), Point(x: plot.right, y: y)], isZero ? palette.axis : palette.grid,
                width: 1.5)
            // A low panel has room for fewer labels than lines.
            guard lastY - y > 1.1 * Self.tickSize * canvas.scale else { continue }
            lastY = y
            canvas.text(
                tick.label, x: plot.left - 12 * canvas.scale, y: y + 9.5 * canvas.scale, size: Self.tickSize,
                color: palette.muted, anchor: .end)
        }
        var lastRight = -Double.infinity
        for tick in positionTicks(frame) {
            let x = frame.x(tick.value)
            canvas.stroke([Point(x: x, y: plot.top), Point(x: x, y: plot.bottom)], palette.grid, width: 1.5)
            let width = canvas.width(of: tick.label, size: Self.tickSize)
            let left = min(max(x - width / 2, area.left), area.right - width)
            guard left > lastRight + 12 * canvas.scale else { continue }
            lastRight = left + width
            canvas.text(
                tick.label, x: left, y: plot.bottom + 31 * canvas.scale, size: Self.tickSize, color: palette.muted)
        }
        canvas.stroke(
            [Point(x: plot.left, y: plot.bottom), Point(x: plot.right, y: plot.bottom)], palette.axis, width: 2)
        if let xLabel {
            canvas.text(
                xLabel, x: (plot.left + plot.right) / 2, y: plot.bottom + 62 * canvas.scale, size: 24,
                color: palette.muted, anchor: .middle)
        }
    }

    private func positionTicks(_ frame: PlotFrame) -> [Tick] {
        let sample = panel.x == .time ? "0000-00-00" : "000.0k"
        let room = canvas.width(of: sample, size: Self.tickSize) * 1.1
        let count = min(9, max(1, Int(frame.plot.width / max(1, room))))
        return panel.x == .time
            ? Ticks.times(in: frame.xSpan, count: count)
            : Ticks.numbers(in: frame.xSpan, count: count, format: .number)
    }

    // MARK: Marks

    private func drawBands(_ frame: PlotFrame) {
        var colors = HueSequence()
        for band in panel.bands {
            let color = palette.color(colors.next(band.hue)).opacity(0.22)
            let points = Self.usable(band)
            let upper = points.map { Point(x: frame.x($0.x), y: frame.y($0.upper)) }
            let lower = points.reversed().map { Point(x: frame.x($0.x), y: frame.y($0.lower)) }
            canvas.fill(polygon: upper + lower, color)
        }
    }

    private func drawReferences(_ frame: PlotFrame) {
        for reference in panel.references where Span.isUsable(reference.value) {
            let y = frame.y(reference.value)
            canvas.stroke(
                [Point(x: frame.plot.left, y: y), Point(x: frame.plot.right, y: y)], palette.muted, width: 2.5,
                dash: Self.referenceDash)
        }
    }

    private func drawLines(_ frame: PlotFrame) {
        // The first line is what the chart is about, so it is drawn last, on top.
        for drawn in lines.reversed() {
            for stretch in drawn.stretches {
                let points = Thinning.columns(stretch.map { frame.point($0) })
                if let base = drawn.line.fillTo, Span.isUsable(base), let first = points.first, let last = points.last {
                    let edge = [Point(x: last.x, y: frame.y(base)), Point(x: first.x, y: frame.y(base))]
                    canvas.fill(polygon: points + edge, drawn.color.opacity(0.16))
                }
                if points.count == 1 {
                    canvas.fill(circle: points[0], radius: 6 * canvas.scale, drawn.color)
                } else {
                    canvas.stroke(points, drawn.color, width: 3.6, dash: drawn.line.stroke.dash)
                }
            }
        }
    }

    private func drawMarkers(_ frame: PlotFrame) {
        let painter = MarkerPainter(canvas: canvas, palette: palette)
        var colors = HueSequence()
        for markers in panel.markers {
            let color = palette.color(colors.next(markers.hue))
            for point in Self.stretches(markers.x, markers.y).joined() {
                painter.draw(markers.shape, at: frame.point(point), color)
            }
        }
    }

    // MARK: End labels

    private struct EndLabel {
        let text: String
        let value: Double
        let color: Color
    }

    private var endLabels: [EndLabel] {
        guard panel.labelsEnds else { return [] }
        return lines.compactMap { drawn in
            drawn.end.map {
                EndLabel(text: ValueText.value($0.y, format: panel.y), value: $0.y, color: drawn.color)
            }
        }
    }

    private func drawEndLabels(_ frame: PlotFrame) {
        let labels = endLabels.sorted { $0.value > $1.value }
        let height = 30 * canvas.scale
        let positions = Spreading.apart(
            labels.map { frame.y($0.value) }, by: height,
            within: frame.plot.top + height / 2...max(frame.plot.top + height / 2, frame.plot.bottom - height / 2))
        for (label, y) in zip(labels, positions) {
            canvas.text(
                label.text, x: frame.plot.right + 12 * canvas.scale, y: y + 9 * canvas.scale, size: Self.endSize,
                color: label.color, bold: true)
        }
    }

    // MARK: Legend

    private static let referenceDash = [10.0, 7]

    private var legendEntries: [Legend.Entry] {
        var entries: [Legend.Entry] = []
        if let title = panel.title, !title.isEmpty { entries.append(.init(name: title, swatch: nil)) }
        entries += lines.map { .init(name: $0.line.name, swatch: .line($0.color, $0.line.stroke.dash)) }
        var colors = HueSequence()
        for band in panel.bands {
            let color = palette.color(colors.next(band.hue)).opacity(0.35)
            if let name = band.name { entries.append(.init(name: name, swatch: .area(color))) }
        }
        colors = HueSequence()
        for markers in panel.markers {
            entries.append(
                .init(name: markers.name, swatch: .shape(markers.shape, palette.color(colors.next(markers.hue)))))
        }
        for reference in panel.references {
            if let name = reference.name {
                entries.append(.init(name: name, swatch: .line(palette.muted, Self.referenceDash)))
            }
        }
        return entries
    }

    // MARK: Data

    private static func stretches(_ x: [Double], _ y: [Double]) -> [[Point]] {
        var found: [[Point]] = []
        var current: [Point] = []
        for (x, y) in zip(x, y) {
            if Span.isUsable(x), Span.isUsable(y) {
                current.append(Point(x: x, y: y))
            } else if !current.isEmpty {
                found.append(current)
                current = []
            }
        }
        if !current.isEmpty { found.append(current) }
        return found
    }

    private static func usable(_ band: Band) -> [(x: Double, lower: Double, upper: Double)] {
        zip(band.x, zip(band.lower, band.upper))
            .filter { Span.isUsable($0) && Span.isUsable($1.0) && Span.isUsable($1.1) }
            .map { ($0, $1.0, $1.1) }
    }
}

extension Line.Stroke {
    /// Lengths of dash and gap.
    fileprivate var dash: [Double] {
        switch self {
        case .solid: []
        case .dashed: [14, 8]
        case .dotted: [4, 6]
        }
    }
}

/// Gives marks without a colour of their own the next of the palette.
private struct HueSequence {
    private var index = 0

    mutating func next(_ chosen: Hue?) -> Hue {
        if let chosen { return chosen }
        defer { index += 1 }
        return Hue.allCases[index % Hue.allCases.count]
    }
}
