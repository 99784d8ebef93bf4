/// From values to pixels of one plot.
struct PlotFrame {
    let plot: Rect
    let xSpan: Span
    let ySpan: Span

    init(plot: Rect, x: Span, y: Span) {
        self.plot = plot
        xSpan = x
        ySpan = y
    }

    func x(_ value: Double) -> Double { plot.left + xSpan.fraction(value) * plot.width }
    func y(_ value: Double) -> Double { plot.bottom - ySpan.fraction(value) * plot.height }
    func point(_ value: Point) -> Point { Point(x: x(value.x), y: y(value.y)) }
}
