import CCairo

struct Rect {
    var left: Double
    var top: Double
    var right: Double
    var bottom: Double

    var width: Double { right - left }
    var height: Double { bottom - top }
}

struct Point {
    var x: Double
    var y: Double
}

/// Thin drawing verbs over a cairo context, which it borrows.
///
/// Sizes are in the units of a 1200 × 800 drawing and multiplied by `scale`; positions are pixels.
struct Canvas {
    let context: OpaquePointer?
    let scale: Double

    enum Anchor { case start, middle, end }

    func fill(_ rect: Rect, _ color: Color) {
        guard rect.width > 0, rect.height > 0 else { return }
        use(color)
        cairo_rectangle(context, rect.left, rect.top, rect.width, rect.height)
        cairo_fill(context)
    }

    func fill(polygon: [Point], _ color: Color) {
        guard polygon.count > 2 else { return }
        use(color)
        trace(polygon)
        cairo_close_path(context)
        cairo_fill(context)
    }

    func fill(circle center: Point, radius: Double, _ color: Color) {
        use(color)
        cairo_new_path(context)
        cairo_arc(context, center.x, center.y, radius, 0, 2 * .pi)
        cairo_fill(context)
    }

    func stroke(_ points: [Point], _ color: Color, width: Double, dash: [Double] = []) {
        guard points.count > 1 else { return }
        use(color)
        cairo_set_line_width(context, width * scale)
        cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
        cairo_set_line_cap(context, dash.isEmpty ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT)
        let scaled = dash.map { $0 * scale }
        cairo_set_dash(context, scaled, Int32(scaled.count), 0)
        trace(points)
        cairo_stroke(context)
    }

    func clipped(to rect: Rect, _ body: () -> Void) {
        guard rect.width > 0, rect.height > 0 else { return }
        cairo_save(context)
        cairo_new_path(context)
        cairo_rectangle(context, rect.left, rect.top, rect.width, rect.height)
        cairo_clip(context)
        body()
        cairo_restore(context)
    }

    /// Writes `text` with its baseline at `y`.
    func text(
        _ text: String, x: Double, y: Double, size: Double, color: Color, bold: Bool = false, anchor: Anchor = .start
    ) {
        let text = Self.printable(text)
        let shift: Double =
            switch anchor {
            case .start: 0
            case .middle: width(of: text, size: size, bold: bold) / 2
            case .end: width(of: text, size: size, bold: bold)
            }
        use(color)
        select(size: size, bold: bold)
        cairo_move_to(context, x - shift, y)
        cairo_show_text(context, text)
        // The text leaves a current point behind, to which the next line would be joined.
        cairo_new_path(context)
    }

    /// Advance width in pixels.
    func width(of text: String, size: Double, bold: Bool = false) -> Double {
        select(size: size, bold: bold)
        var extents = cairo_text_extents_t()
        cairo_text_extents(context, Self.printable(text), &extents)
        return extents.x_advance
    }

    /// `text`, shortened with an ellipsis to at most `limit` pixels.
    func fitted(_ text: String, size: Double, bold: Bool = false, limit: Double) -> String {
        let text = Self.printable(text)
        if width(of: text, size: size, bold: bold) <= limit { return text }
        let characters = Array(text)
        var (low, high) = (0, characters.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            let fits = width(of: String(characters[..<middle]) + "…", size: size, bold: bold) <= limit
            if fits { low = middle } else { high = middle }
        }
        return low == 0 ? "" : String(characters[..<low]) + "…"
    }

    private func use(_ color: Color) {
        cairo_set_source_rgba(context, color.red, color.green, color.blue, color.alpha)
    }

    private func select(size: Double, bold: Bool) {
        cairo_select_font_face(
            context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
        cairo_set_font_size(context, size * scale)
    }

    private func trace(_ points: [Point]) {
        cairo_new_path(context)
        for point in points { cairo_line_to(context, point.x, point.y) }
    }

    /// Emoji would be empty boxes in a text font, and control characters end C strings or lines.
    private static func printable(_ text: String) -> String {
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(400)
        where !scalar.properties.isEmojiPresentation && scalar.value != 0xFE0F {
            kept.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return String(kept)
    }
}
