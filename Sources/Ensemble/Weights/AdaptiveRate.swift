#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// AdaHedge's learning rate (de Rooij, van Erven, Grünwald & Koolen, *Follow the leader if you can, hedge if you must*, JMLR
/// 15, 2014): ln K over the sum of the mixability gaps so far, kept within a factor of ten around the configured rate, since
/// bounds and decay, which AdaHedge does not know, rest on it.
public struct AdaptiveRate: Sendable, Hashable, Codable {
    private var gaps = 0.0

    func rate(models: Int, configured: Double) -> Double {
        let free = gaps > 0 ? log(Double(max(models, 2))) / gaps : .infinity
        return min(max(free, configured / 10), configured * 10)
    }

    /// - Parameters:
    ///   - weights: before the step, sum 1.
    ///   - gains: of the same models.
    mutating func observe(weights: [Double], gains: [Double], rate: Double) {
        let mean = zip(weights, gains).reduce(0) { $0 + $1.0 * $1.1 }
        let top = gains.max() ?? 0
        // log Σ w·exp(rate·g), shifted so that nothing overflows.
        let mix = rate * top + log(zip(weights, gains).reduce(0) { $0 + $1.0 * exp(rate * ($1.1 - top)) })
        gaps += max(0, mix / rate - mean)
    }
}
