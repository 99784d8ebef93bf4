/// Central moments of a sample.
struct Moments {
    let count: Int
    let mean: Double
    /// Divided by n − 1; 0 for fewer than two values.
    let variance: Double
    /// Third standardised moment with 1/n (Fisher–Pearson g₁); 0 without variance.
    let skewness: Double
    /// Fourth standardised moment with 1/n, 3 for the normal distribution; 3 without variance.
    let kurtosis: Double

    var deviation: Double { variance.squareRoot() }

    init(_ values: [Double]) {
        count = values.count
        let n = Double(max(1, count))
        let mean = values.reduce(0, +) / n
        var (second, third, fourth) = (0.0, 0.0, 0.0)
        for value in values {
            let difference = value - mean
            let square = difference * difference
            second += square
            third += square * difference
            fourth += square * square
        }
        self.mean = mean
        // Rounding leaves a trace of variance in a constant series, which would make a huge ratio of it.
        let isConstant = values.allSatisfy { $0 == values.first }
        variance = count > 1 && !isConstant ? second / Double(count - 1) : 0
        let spread = second / n
        skewness = variance > 0 ? third / n / (spread * spread.squareRoot()) : 0
        kurtosis = variance > 0 ? fourth / n / (spread * spread) : 3
    }
}
