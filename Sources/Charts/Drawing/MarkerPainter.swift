/// Draws single points. A thin edge in the background's colour keeps them apart from lines and from each other.
struct MarkerPainter {
    let canvas: Canvas
    let palette: Palette

    /// - Parameter centered: put a triangle's middle, not its tip, on `point`.
    func draw(_ shape: Markers.Shape, at point: Point, _ color: Color, centered: Bool = false) {
        let radius = 10 * canvas.scale
        switch shape {
        case .circle:
            canvas.fill(circle: point, radius: radius + 2 * canvas.scale, palette.background)
            canvas.fill(circle: point, radius: radius, color)
        case .up: triangle(tip: centered ? -radius : 2 * canvas.scale, direction: 1, at: point, color)
        case .down: triangle(tip: centered ? radius : -2 * canvas.scale, direction: -1, at: point, color)
        case .cross:
            for (dx, dy) in [(1.0, 1.0), (1.0, -1.0)] {
                let arm = radius * 0.8
                canvas.stroke(
                    [
                        Point(x: point.x - dx * arm, y: point.y - dy * arm),
                        Point(x: point.x + dx * arm, y: point.y + dy * arm),
                    ], color, width: 5)
            }
        }
    }

    private func triangle(tip: Double, direction: Double, at point: Point, _ color: Color) {
        let height = 20 * canvas.scale * direction
        let half = 11 * canvas.scale
        let top = point.y + tip
        let corners = [
            Point(x: point.x, y: top), Point(x: point.x - half, y: top + height),
            Point(x: point.x + half, y: top + height),
        ]
        canvas.stroke(corners + [corners[0]], palette.background, width: 4)
        canvas.fill(polygon: corners, color)
    }
}
