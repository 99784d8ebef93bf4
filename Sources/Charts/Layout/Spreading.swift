/// Moves labels apart that would overlap.
enum Spreading {
    /// - Parameter positions: ascending.
    /// - Returns: positions at least `distance` apart and, while there is room, inside `bounds`.
    static func apart(_ positions: [Double], by distance: Double, within bounds: ClosedRange<Double>) -> [Double] {
        var result = positions.map { min(max($0, bounds.lowerBound), bounds.upperBound) }
        for index in result.indices.dropFirst() { result[index] = max(result[index], result[index - 1] + distance) }
        if let last = result.indices.last, result[last] > bounds.upperBound {
            result[last] = bounds.upperBound
            for index in result.indices.dropLast().reversed() {
                result[index] = min(result[index], result[index + 1] - distance)
            }
        }
        return result
    }
}
