#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension SplitMix64 {
    /// Uniform in (0, 1), both ends excluded.
    @inline(__always)
    mutating func open01() -> Double {
        Double(next() >> 12) * 0x1p-52 + 0x1p-53
    }

    /// Uniform in `range`.
    mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * open01()
    }

    /// Student's t with 4 degrees of freedom, scaled to unit variance, by Bailey's polar method (Math. Comp. 62, 1994),
    /// which for 4 degrees needs square roots only.
    @inline(__always)
    mutating func heavyTailed() -> Double {
        while true {
            let u = 2 * open01() - 1
            let v = 2 * open01() - 1
            let w = u * u + v * v
            if w > 0, w < 1 { return u * (2 * (1 / w.squareRoot() - 1) / w).squareRoot() }
        }
    }

    /// Exponential of mean 1.
    @inline(__always)
    mutating func exponential() -> Double { -log(open01()) }

    /// About standard normal: the sum of four uniforms, enough for the scatter of a volume.
    @inline(__always)
    mutating func roughlyNormal() -> Double {
        let word = next()
        let sum = (word & 0xffff) &+ (word >> 16 & 0xffff) &+ (word >> 32 & 0xffff) &+ (word >> 48)
        return (Double(sum) * 0x1p-16 - 2) * 1.732_050_807_568_877_2
    }
}

/// GARCH(1,1) (Bollerslev, J. Econometrics 31, 1986) around unit variance, with the clustering of crypto markets:
/// persistence 0.985.
struct VolatilityCluster {
    private(set) var variance = 1.0
    private static let reaction = 0.13
    private static let memory = 0.855
    /// Shocks of t₄ have no fourth moment; without a bound one of them would own a week.
    private static let largest = 16.0

    /// A return of unit variance over time, given its shock of unit variance.
    @inline(__always)
    mutating func next(shock: Double) -> Double {
        let value = variance.squareRoot() * shock
        variance = min(
            Self.largest, 1 - Self.reaction - Self.memory + Self.reaction * value * value + Self.memory * variance)
        return value
    }
}

/// Prices as an exchange quotes them: about seven significant digits.
struct PriceGrid {
    private let ticksPerUnit: Double

    var tick: Double { 1 / ticksPerUnit }

    /// The grid of prices around `price`.
    init(around price: Double) {
        ticksPerUnit = pow(10, 6 - log10(price).rounded(.down))
    }

    @inline(__always)
    func round(_ price: Double) -> Double { (price * ticksPerUnit).rounded() / ticksPerUnit }
}
