import Foundation
import Neural

/// Average-reward optima on a grid of 801 points × 3 positions, by relative value iteration (Puterman 1994, section 8.5).
struct Optimum {
    /// Per step.
    let averageReward: Double
    private let low: Double
    private let spacing: Double
    /// `[old position][grid point]` → index of the best position.
    private let best: [[Int]]

    static let positions = [0.0, 1, -1]
    static let points = 801

    /// - Parameters:
    ///   - gain: expected reward of holding position index p at grid point i.
    ///   - cost: of one unit of position change.
    ///   - expectation: of a function on the grid, after one step from each grid point.
    init(
        low: Double, high: Double, gain: (Int, Double) -> Double, cost: Double, expectation: ([Double]) -> [Double]
    ) {
        let count = Self.points
        let spacing = (high - low) / Double(count - 1)
        let gains = (0..<3).map { position in (0..<count).map { gain(position, low + Double($0) * spacing) } }
        var values = Array(repeating: [Double](repeating: 0, count: count), count: 3)
        var best = Array(repeating: [Int](repeating: 0, count: count), count: 3)
        var average = 0.0
        for _ in 0..<1000 {
            let future = values.map(expectation)
            var next = values
            for old in 0..<3 {
                for point in 0..<count {
                    var top = -Double.infinity
                    for new in 0..<3 {
                        let fee = cost * abs(Self.positions[new] - Self.positions[old])
                        let value = gains[new][point] - fee + future[new][point]
                        if value > top {
                            top = value
                            best[old][point] = new
                        }
                    }
                    next[old][point] = top
                }
            }
            let shift = next[0][count / 2]
            var (least, most) = (Double.infinity, -Double.infinity)
            for old in 0..<3 {
                for point in 0..<count {
                    least = min(least, next[old][point] - values[old][point])
                    most = max(most, next[old][point] - values[old][point])
                    next[old][point] -= shift
                }
            }
            values = next
            average = (least + most) / 2
            if most - least < 1e-7 { break }
        }
        averageReward = average
        self.low = low
        self.spacing = spacing
        self.best = best
    }

    /// The best position index, coming from position index `old`.
    func action(_ x: Double, old: Int) -> Int {
        best[old][min(max(Int(((x - low) / spacing).rounded()), 0), Self.points - 1)]
    }

    private static func density(_ z: Double) -> Double { exp(-0.5 * z * z) / (2 * Double.pi).squareRoot() }

    /// ou-v1.
    static func ornsteinUhlenbeck() -> Optimum {
        let deviation = OrnsteinUhlenbeck.deviation
        let (low, high) = (-6 * deviation, 6 * deviation)
        let spacing = (high - low) / Double(points - 1)
        // Where each point goes: grid weights of N(0.9x, 0.01), edges taking the tails.
        let rows = (0..<points).map { point -> (first: Int, weights: [Double]) in
            let mean = 0.9 * (low + Double(point) * spacing)
            let first = min(max(Int((mean - 0.05 - low) / spacing), 0), points - 1)
            let last = min(max(Int((mean + 0.05 - low) / spacing) + 1, 0), points - 1)
            let weights = (first...last).map { density((low + Double($0) * spacing - mean) / 0.01) }
            let total = weights.reduce(0, +)
            return (first, weights.map { $0 / total })
        }
        return Optimum(
            low: low, high: high, gain: { 100 * positions[$0] * -0.1 * $1 }, cost: 0.3,
            expectation: { values in
                rows.map { row in
                    row.weights.indices.reduce(0) { $0 + row.weights[$1] * values[row.first + $1] }
                }
            })
    }

    /// The belief that the next return's drift is up, after seeing `r` with belief `up`.
    static func belief(_ up: Double, after r: Double) -> Double {
        let likelyUp = up * exp(-0.5 * pow((r - 0.002) / 0.006, 2))
        let likelyDown = (1 - up) * exp(-0.5 * pow((r + 0.002) / 0.006, 2))
        let posterior = likelyUp / (likelyUp + likelyDown)
        return 0.98 * posterior + 0.02 * (1 - posterior)
    }

    /// regime-v1, on the belief that the drift is up.
    static func hiddenRegime() -> Optimum {
        let spacing = 1 / Double(points - 1)
        let quadrature = (0...120).map { -0.002 - 0.036 + Double($0) * (0.076 / 120) }
        let rows = (0..<points).map { point -> [(Int, Double)] in
            let up = Double(point) * spacing
            let weights = quadrature.map {
                up * density(($0 - 0.002) / 0.006) + (1 - up) * density(($0 + 0.002) / 0.006)
            }
            let total = weights.reduce(0, +)
            return zip(quadrature, weights).flatMap { r, weight -> [(Int, Double)] in
                let place = belief(up, after: r) / spacing
                let below = min(Int(place), points - 2)
                let share = place - Double(below)
                return [(below, weight / total * (1 - share)), (below + 1, weight / total * share)]
            }
        }
        return Optimum(
            low: 0, high: 1, gain: { 100 * positions[$0] * 0.002 * (2 * $1 - 1) }, cost: 0.2,
            expectation: { values in rows.map { row in row.reduce(0) { $0 + $1.1 * values[$1.0] } } })
    }
}
