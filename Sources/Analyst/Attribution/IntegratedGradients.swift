/// Integrated gradients (Sundararajan, Taly, Yan, *Axiomatic attribution for deep networks*, ICML 2017, eq. 1) along the straight
/// line from the zero vector, by the midpoint rule.
package struct IntegratedGradients {
    /// One an input.
    package let values: [Double]
    /// How far the values are from summing to f(x) − f(0), as a share of it; differences under 0.01 count as 0.01.
    package let gap: Double

    /// Attributions with a larger gap are not shown.
    package static let largestGap = 0.05

    package init(
        at x: [Double], steps: Int = 64, value: ([Double]) -> Double, gradient: ([Double]) -> [Double]
    ) {
        var sums = [Double](repeating: 0, count: x.count)
        for step in 0..<steps {
            let position = (Double(step) + 0.5) / Double(steps)
            let slope = gradient(x.map { $0 * position })
            for index in sums.indices { sums[index] += slope[index] }
        }
        values = sums.indices.map { sums[$0] / Double(steps) * x[$0] }
        let difference = value(x) - value([Double](repeating: 0, count: x.count))
        gap = abs(values.reduce(0, +) - difference) / max(abs(difference), 0.01)
    }
}
