#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The largest fall of equity from an earlier peak.
public enum Drawdown {
    /// Largest fall as a fraction of the peak, 0…1, of equity that starts at 1 and follows `logReturns`.
    public static func maximum(logReturns: [Double]) -> Double {
        var equity = 0.0
        var peak = 0.0
        var deepest = 0.0
        for value in logReturns {
            equity += value
            peak = max(peak, equity)
            deepest = max(deepest, peak - equity)
        }
        return fraction(logDepth: deepest)
    }

    static func fraction(logDepth: Double) -> Double { -expm1(-logDepth) }
}
