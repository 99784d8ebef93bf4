public import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a series of net returns amounts to. Fractions, not per cent; annual figures count years of 365 days.
public struct ReturnStatistics: Sendable, Hashable, Codable {
    public let bars: Int
    /// exp(Σ r) − 1.
    public let totalReturn: Double
    public let meanLogReturnPerBar: Double
    /// Standard deviation of the log returns (n − 1), annualised by √(bars a year).
    public let volatilityAnnual: Double
    /// Mean over standard deviation of the log returns, annualised, against a riskless rate of 0; 0 when nothing varies.
    public let sharpeAnnual: Double
    /// Largest fall from a peak, 0…1; the start counts as a peak.
    public let maxDrawdown: Double

    /// - Parameter logReturns: net log return of each bar, costs taken off.
    /// - Throws: ``EvaluationError`` for an empty series or a value that is not finite.
    public init(logReturns: [Double], interval: Interval) throws(EvaluationError) {
        guard !logReturns.isEmpty else { throw .tooShort(series: "the returns", count: 0, needed: 1) }
        try EvaluationError.requireFinite(logReturns, "the returns")
        let moments = Moments(logReturns)
        let rootYear = interval.barsPerYear.squareRoot()
        bars = logReturns.count
        totalReturn = expm1(moments.mean * Double(logReturns.count))
        meanLogReturnPerBar = moments.mean
        volatilityAnnual = moments.deviation * rootYear
        sharpeAnnual = moments.deviation > 0 ? moments.mean / moments.deviation * rootYear : 0
        maxDrawdown = Drawdown.maximum(logReturns: logReturns)
    }
}
