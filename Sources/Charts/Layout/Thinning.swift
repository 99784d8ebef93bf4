/// Reduces a long line to what a row of pixels can show: first, lowest, highest and last point of each column (M4 of
/// Jugel et al., VLDB 2014), which draws the same picture.
enum Thinning {
    /// - Parameter points: ascending in x, in pixels; otherwise they are returned as they are.
    static func columns(_ points: [Point]) -> [Point] {
        guard points.count > 4, let first = points.first, let last = points.last, last.x > first.x,
            Double(points.count) > 4 * (last.x - first.x)
        else { return points }
        var kept: [Point] = []
        var start = 0
        while start < points.count {
            let column = points[start].x.rounded(.down)
            var (end, low, high) = (start, start, start)
            while end < points.count, points[end].x.rounded(.down) == column {
                if points[end].y < points[low].y { low = end }
                if points[end].y > points[high].y { high = end }
                end += 1
            }
            var previous = -1
            for index in [start, min(low, high), max(low, high), end - 1] where index > previous {
                kept.append(points[index])
                previous = index
            }
            start = end
        }
        return kept
    }
}
