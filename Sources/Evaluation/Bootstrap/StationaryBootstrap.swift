public import Neural

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The stationary bootstrap (Politis & Romano, *The stationary bootstrap*, JASA 89, 1994): resamples a time series in blocks of
/// geometric length from a circle of its values, which keeps the dependence between neighbours.
public struct StationaryBootstrap: Sendable, Hashable {
    /// Mean block length in values, at least 1; 1 draws values independently.
    public var meanBlock: Double
    public var resamples: Int

    public init(meanBlock: Double, resamples: Int = 2000) {
        self.meanBlock = meanBlock
        self.resamples = resamples
    }

    /// What resampling says about a mean.
    public struct Mean: Sendable, Hashable, Codable {
        /// Of the sample itself.
        public let mean: Double
        /// Percentile interval of the resampled means.
        public let low: Double
        public let high: Double
        /// Standard deviation of the resampled means.
        public let standardError: Double
        /// Share of resampled means that are at most 0.
        public let probabilityNotPositive: Double
        /// Share of resampled means that are at least 0.
        public let probabilityNotNegative: Double
    }

    /// The mean of `values`; for paired series pass their differences.
    ///
    /// Block sums come from a table of running sums, so a resample costs one step a block, not one a value.
    /// - Parameter confidence: of the two-sided interval, in 0…1.
    /// - Throws: ``EvaluationError`` for fewer than two values, a value that is not finite or a parameter out of range.
    public func mean(
        of values: [Double], confidence: Double = 0.90, stream: inout RandomStream
    ) throws(EvaluationError) -> Mean {
        try check(values, "the values")
        guard confidence > 0, confidence < 1 else {
            throw .parameter(name: "confidence", value: confidence, allowed: "between 0 and 1")
        }
        let count = values.count
        let sampleMean = values.reduce(0, +) / Double(count)
        // Centred, so that running sums stay small and a difference of two of them is exact enough.
        var sums = [0.0]
        sums.reserveCapacity(count * 2 + 1)
        for index in 0..<count * 2 {
            sums.append(sums[index] + (values[index < count ? index : index - count] - sampleMean))
        }
        let means = sums.withUnsafeBufferPointer { sums in
            (0..<resamples).map { _ in
                var total = 0.0
                forEachBlock(count: count, stream: &stream) { start, length in
                    total += sums[start + length] - sums[start]
                }
                return sampleMean + total / Double(count)
            }
        }
        return summary(of: means, sampleMean: sampleMean, confidence: confidence)
    }

    /// Maximum drawdowns of two paired series of log returns, resampled together, as fractions 0…1.
    ///
    /// - Throws: ``EvaluationError`` as ``mean(of:confidence:stream:)`` does, and for series of different lengths.
    public func drawdowns(
        _ first: [Double], _ second: [Double], stream: inout RandomStream
    ) throws(EvaluationError) -> [(first: Double, second: Double)] {
        try EvaluationError.requirePaired(first, "the first series", second, "the second series")
        try check(first, "the first series")
        try check(second, "the second series")
        let pairs = zip(first, second).map { SIMD2($0, $1) }
        return pairs.withUnsafeBufferPointer { pairs in
            (0..<resamples).map { _ in
                var equity = SIMD2(0.0, 0.0)
                var peak = equity
                var deepest = equity
                forEachBlock(count: pairs.count, stream: &stream) { start, length in
                    var index = start
                    for _ in 0..<length {
                        equity += pairs[index]
                        peak.replace(with: equity, where: equity .> peak)
                        let depth = peak - equity
                        deepest.replace(with: depth, where: depth .> deepest)
                        index += 1
                        if index == pairs.count { index = 0 }
                    }
                }
                return (Drawdown.fraction(logDepth: deepest.x), Drawdown.fraction(logDepth: deepest.y))
            }
        }
    }

    /// Blocks of one resample: together `count` values; a block starts below `count` and is no longer than it.
    @inline(__always)
    private func forEachBlock(count: Int, stream: inout RandomStream, _ body: (_ start: Int, _ length: Int) -> Void) {
        let scale = meanBlock > 1 ? 1 / log1p(-1 / meanBlock) : 0
        var remaining = count
        while remaining > 0 {
            let start = stream.below(count)
            // Geometric on 1, 2, …: by inversion of its distribution function.
            let draw = meanBlock > 1 ? log(1 - stream.uniform()) * scale : 0
            let length = draw < Double(remaining) ? min(remaining, 1 + Int(draw)) : remaining
            body(start, length)
            remaining -= length
        }
    }

    private func check(_ values: [Double], _ name: String) throws(EvaluationError) {
        guard values.count >= 2 else { throw .tooShort(series: name, count: values.count, needed: 2) }
        try EvaluationError.requireFinite(values, name)
        guard meanBlock >= 1, meanBlock.isFinite else {
            throw .parameter(name: "mean block length", value: meanBlock, allowed: "1 or more")
        }
        guard (1...1_000_000).contains(resamples) else {
            throw .parameter(name: "resamples", value: Double(resamples), allowed: "1–1000000")
        }
    }

    private func summary(of means: [Double], sampleMean: Double, confidence: Double) -> Mean {
        let sorted = means.sorted()
        let tail = (1 - confidence) / 2
        let share = 1 / Double(means.count)
        return Mean(
            mean: sampleMean, low: Quantile.of(sorted: sorted, tail), high: Quantile.of(sorted: sorted, 1 - tail),
            standardError: Moments(means).deviation,
            probabilityNotPositive: Double(means.count { $0 <= 0 }) * share,
            probabilityNotNegative: Double(means.count { $0 >= 0 }) * share)
    }
}
