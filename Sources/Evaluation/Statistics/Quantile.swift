enum Quantile {
    /// Linear interpolation between order statistics (type 7 of Hyndman & Fan, 1996; numpy's default).
    /// - Parameters:
    ///   - sorted: ascending, not empty.
    ///   - share: 0…1.
    static func of(sorted: [Double], _ share: Double) -> Double {
        let position = share * Double(sorted.count - 1)
        let below = Int(position)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
    }
}
