/// Textbook statistics, for judging generated series.
enum Statistics {
    static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    static func excessKurtosis(_ values: [Double]) -> Double {
        let mean = mean(values)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        let fourth = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) * ($1 - mean) * ($1 - mean) }
        return fourth / Double(values.count) / (squares * squares) - 3
    }

    static func autocorrelation(_ values: [Double], lag: Int) -> Double {
        correlation(Array(values.dropLast(lag)), Array(values.dropFirst(lag)))
    }

    static func correlation(_ first: [Double], _ second: [Double]) -> Double {
        let a = mean(first)
        let b = mean(second)
        var product = 0.0
        var squareA = 0.0
        var squareB = 0.0
        for (x, y) in zip(first, second) {
            product += (x - a) * (y - b)
            squareA += (x - a) * (x - a)
            squareB += (y - b) * (y - b)
        }
        return product / (squareA * squareB).squareRoot()
    }
}
