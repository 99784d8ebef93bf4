/// The row of names above a plot; wraps into further rows rather than cover data.
struct Legend {
    enum Swatch {
        case line(Color, [Double])
        case area(Color)
        case shape(Markers.Shape, Color)
    }

    struct Entry {
        var name: String
        /// nil: the panel's title, set bold.
        var swatch: Swatch?
    }

    let entries: [Entry]
    let canvas: Canvas
    let palette: Palette

    private static let size = 27.0
    private static let rowHeight = 40.0
    private var swatchWidth: Double { 40 * canvas.scale }
    private var gap: Double { 12 * canvas.scale }
    private var spacing: Double { 30 * canvas.scale }

    /// Draws into `area` from its top and returns where it ends.
    func draw(in area: Rect) -> Double {
        guard !entries.isEmpty else { return area.top }
        var x = area.left
        var baseline = area.top + 26 * canvas.scale
        for entry in entries {
            let lead = entry.swatch == nil ? 0 : swatchWidth + gap
            let bold = entry.swatch == nil
            let name = canvas.fitted(entry.name, size: Self.size, bold: bold, limit: area.width - lead)
            let width = lead + canvas.width(of: name, size: Self.size, bold: bold)
            if x > area.left, x + width > area.right {
                x = area.left
                baseline += Self.rowHeight * canvas.scale
            }
            if let swatch = entry.swatch { draw(swatch, x: x, baseline: baseline) }
            canvas.text(name, x: x + lead, y: baseline, size: Self.size, color: palette.text, bold: bold)
            x += width + spacing
        }
        return baseline + 20 * canvas.scale
    }

    private func draw(_ swatch: Swatch, x: Double, baseline: Double) {
        let middle = baseline - 9 * canvas.scale
        switch swatch {
        case .line(let color, let dash):
            canvas.stroke(
                [Point(x: x, y: middle), Point(x: x + swatchWidth, y: middle)], color, width: 5, dash: dash)
        case .area(let color):
            let half = 9 * canvas.scale
            canvas.fill(Rect(left: x, top: middle - half, right: x + swatchWidth, bottom: middle + half), color)
        case .shape(let shape, let color):
            MarkerPainter(canvas: canvas, palette: palette)
                .draw(shape, at: Point(x: x + swatchWidth / 2, y: middle), color, centered: true)
        }
    }
}
