/// Lays a chart out: title and subtitle, panels, note.
struct ChartPainter {
    let chart: Chart
    let canvas: Canvas

    private var palette: Palette { Palette.of(chart.theme) }

    func draw(width: Double, height: Double) {
        let scale = canvas.scale
        let margin = 36 * scale
        canvas.fill(Rect(left: 0, top: 0, right: width, bottom: height), palette.background)
        let inner = Rect(left: margin, top: 26 * scale, right: width - margin, bottom: height - 22 * scale)
        let top = drawHeader(in: inner)
        let bottom = drawNote(in: inner)
        drawPanels(in: Rect(left: inner.left, top: top, right: inner.right, bottom: bottom))
    }

    /// Returns where the panels may begin.
    private func drawHeader(in inner: Rect) -> Double {
        let scale = canvas.scale
        var y = inner.top
        if !chart.title.isEmpty {
            // A long title is set smaller before it is cut.
            let natural = canvas.width(of: chart.title, size: 42, bold: true)
            let size = max(28, min(42, 42 * inner.width / max(1, natural)))
            y += 38 * scale
            let title = canvas.fitted(chart.title, size: size, bold: true, limit: inner.width)
            canvas.text(title, x: inner.left, y: y, size: size, color: palette.text, bold: true)
        }
        if let subtitle = chart.subtitle, !subtitle.isEmpty {
            let natural = canvas.width(of: subtitle, size: 28)
            let size = max(21, min(28, 28 * inner.width / max(1, natural)))
            y += 38 * scale
            canvas.text(
                canvas.fitted(subtitle, size: size, limit: inner.width), x: inner.left, y: y, size: size,
                color: palette.muted)
        }
        return y + 22 * scale
    }

    /// Returns where the panels must end.
    private func drawNote(in inner: Rect) -> Double {
        guard let note = chart.note, !note.isEmpty else { return inner.bottom }
        let natural = canvas.width(of: note, size: 24)
        let size = max(17, min(24, 24 * inner.width / max(1, natural)))
        canvas.text(
            canvas.fitted(note, size: size, limit: inner.width), x: inner.left, y: inner.bottom - 2 * canvas.scale,
            size: size, color: palette.muted)
        return inner.bottom - 38 * canvas.scale
    }

    private func drawPanels(in area: Rect) {
        let gap = 20 * canvas.scale
        let weights = chart.panels.map { $0.weight.isFinite ? min(max($0.weight, 0.05), 100) : 1 }
        let total = weights.reduce(0, +)
        let free = area.height - gap * Double(chart.panels.count - 1)
        guard total > 0, free > 0 else { return }
        let painters = chart.panels.map { PanelPainter(panel: $0, canvas: canvas, palette: palette) }
        // One left and one right edge for all plots, so that panels can be read against each other.
        let leftGutter = painters.map(\.leftGutter).max() ?? 0
        let rightGutter = painters.map(\.rightGutter).max() ?? 0
        var top = area.top
        for (painter, weight) in zip(painters, weights) {
            let bottom = top + free * weight / total
            painter.draw(
                in: Rect(left: area.left, top: top, right: area.right, bottom: bottom), leftGutter: leftGutter,
                rightGutter: rightGutter)
            top = bottom + gap
        }
    }
}
