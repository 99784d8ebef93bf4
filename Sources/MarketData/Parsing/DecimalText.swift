/// Decimal text → the nearest `Double`, exactly as `strtod` rounds it, without a locale.
enum DecimalText {
    /// `mantissa / 10^scale`, correctly rounded (ties to even).
    ///
    /// Below 2⁵³ both operands are exact and one IEEE division rounds once (Clinger, *How to read floating point numbers
    /// accurately*, 1990). Above, a 128-bit integer division gives at least 63 quotient bits; the remainder is folded into
    /// the last one (sticky bit), so that the conversion to 53 bits rounds as the true quotient would.
    ///
    /// - Precondition: `scale` is in 0...19.
    @inline(__always)
    static func quotient(_ mantissa: UInt64, scale: Int) -> Double {
        if mantissa < 1 << 53 { return Double(mantissa) / powers[scale] }
        return wideQuotient(mantissa, scale: scale)
    }

    private static func wideQuotient(_ mantissa: UInt64, scale: Int) -> Double {
        let divisor = integerPowers[scale]
        let mantissaShift = mantissa.leadingZeroBitCount
        let divisorShift = divisor.leadingZeroBitCount
        let numerator = mantissa << UInt64(mantissaShift)
        let (quotient, remainder) = (divisor << UInt64(divisorShift)).dividingFullWidth(
            (numerator >> 1, numerator << 63))
        let sticky: UInt64 = remainder == 0 ? 0 : 1
        return Double(sign: .plus, exponent: divisorShift - mantissaShift - 63, significand: Double(quotient | sticky))
    }

    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
    ]

    private static let integerPowers: [UInt64] = [
        1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]
}
