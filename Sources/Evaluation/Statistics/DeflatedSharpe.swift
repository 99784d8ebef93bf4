#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The chance that a Sharpe ratio is real although it is the best of many tries (Bailey & López de Prado, *The deflated Sharpe
/// ratio*, J. Portfolio Management 40, 2014): DSR = Φ((SR − SR₀)√(T−1) / √(1 − γ₃SR + (γ₄−1)/4·SR²)).
public struct DeflatedSharpe: Sendable, Hashable, Codable {
    /// Per bar, not annualised.
    public let sharpe: Double
    /// SR₀, the Sharpe ratio per bar that the best of so many worthless tries is expected to show.
    public let threshold: Double
    /// DSR, 0…1.
    public let probability: Double

    /// - Parameters:
    ///   - returns: per bar; at least three.
    ///   - tries: configurations ever tried, 1 or more; with 1 the threshold is 0 (the probabilistic Sharpe ratio).
    ///   - sharpeDeviation: standard deviation of the tries' Sharpe ratios per bar.
    /// - Throws: ``EvaluationError``.
    public init(returns: [Double], tries: Int, sharpeDeviation: Double) throws(EvaluationError) {
        guard returns.count >= 3 else { throw .tooShort(series: "the returns", count: returns.count, needed: 3) }
        try EvaluationError.requireFinite(returns, "the returns")
        let moments = Moments(returns)
        let sharpe = moments.deviation > 0 ? moments.mean / moments.deviation : 0
        try self.init(
            sharpe: sharpe, count: returns.count, skewness: moments.skewness, kurtosis: moments.kurtosis, tries: tries,
            sharpeDeviation: sharpeDeviation)
    }

    /// From moments already known; `kurtosis` is 3 for the normal distribution.
    public init(
        sharpe: Double, count: Int, skewness: Double, kurtosis: Double, tries: Int, sharpeDeviation: Double
    ) throws(EvaluationError) {
        guard tries >= 1 else { throw .parameter(name: "tries", value: Double(tries), allowed: "1 or more") }
        guard sharpeDeviation >= 0, sharpeDeviation.isFinite else {
            throw .parameter(name: "deviation of Sharpe ratios", value: sharpeDeviation, allowed: "0 or more")
        }
        self.sharpe = sharpe
        threshold = tries == 1 ? 0 : sharpeDeviation * Self.expectedMaximum(of: Double(tries))
        let variance = 1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe * sharpe
        let root = max(variance, 1e-12).squareRoot()
        probability = Normal.distribution((sharpe - threshold) * Double(max(0, count - 1)).squareRoot() / root)
    }

    /// Expected largest of `count` standard normal values, with the Euler–Mascheroni constant as weight.
    private static func expectedMaximum(of count: Double) -> Double {
        let gamma = 0.5772156649015329
        return (1 - gamma) * Normal.quantile(1 - 1 / count) + gamma * Normal.quantile(1 - 1 / (count * M_E))
    }
}

/// The standard normal distribution.
enum Normal {
    static func distribution(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }

    /// Inverse of ``distribution(_:)`` for 0 < p < 1, by Newton's method on a bracketed interval; accurate to about 1e-14.
    static func quantile(_ p: Double) -> Double {
        var (low, high) = (-40.0, 40.0)
        var x = 0.0
        for _ in 0..<200 {
            let error = distribution(x) - p
            if error > 0 { high = x } else { low = x }
            let density = exp(-x * x / 2) / (2 * Double.pi).squareRoot()
            let step = x - error / density
            let next = step > low && step < high ? step : (low + high) / 2
            if abs(next - x) <= 1e-15 * max(1, abs(x)) { return next }
            x = next
        }
        return x
    }
}
