import Neural

/// Trades resampled by whole days: those of one day, of all symbols together, are drawn or left out as one, since they depend
/// on each other.
public struct DayBootstrap: Sendable, Hashable {
    public var resamples: Int

    public init(resamples: Int = 2000) { self.resamples = resamples }

    /// What resampling says about the mean result and the share of wins.
    public struct Result: Sendable, Hashable, Codable {
        public let days: Int
        public let meanLow: Double
        public let meanHigh: Double
        public let winRateLow: Double
        public let winRateHigh: Double

        /// All that trades of a single day allow to be said: nothing.
        public static let unknown = Result(days: 1, meanLow: -1, meanHigh: 1, winRateLow: 0, winRateHigh: 1)
    }

    /// - Parameters:
    ///   - returns: net result of each trade.
    ///   - days: to which day each belongs; any numbers.
    ///   - confidence: of the two-sided intervals, in 0…1.
    /// - Throws: ``EvaluationError`` for fewer than two days, a result that is not finite or a confidence out of range.
    public func intervals(
        of returns: [Double], days: [Int64], confidence: Double = 0.95, stream: inout RandomStream
    ) throws(EvaluationError) -> Result {
        try EvaluationError.requirePaired(returns, "the results", days.map { Double($0) }, "their days")
        try EvaluationError.requireFinite(returns, "the results")
        guard confidence > 0, confidence < 1 else {
            throw .parameter(name: "confidence", value: confidence, allowed: "between 0 and 1")
        }
        var blocks: [Int64: SIMD4<Double>] = [:]
        for (day, value) in zip(days, returns) {
            blocks[day, default: .zero] += SIMD4(value, value > 0 ? 1 : 0, 1, 0)
        }
        guard blocks.count >= 2 else { throw .tooShort(series: "the list of days", count: blocks.count, needed: 2) }
        let sums = blocks.sorted { $0.key < $1.key }.map(\.value)
        var means: [Double] = []
        var rates: [Double] = []
        for _ in 0..<resamples {
            var total = SIMD4<Double>.zero
            for _ in sums.indices { total += sums[stream.below(sums.count)] }
            means.append(total.x / total.z)
            rates.append(total.y / total.z)
        }
        means.sort()
        rates.sort()
        let tail = (1 - confidence) / 2
        return Result(
            days: sums.count, meanLow: Quantile.of(sorted: means, tail), meanHigh: Quantile.of(sorted: means, 1 - tail),
            winRateLow: Quantile.of(sorted: rates, tail), winRateHigh: Quantile.of(sorted: rates, 1 - tail))
    }
}
