#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension RandomStream {
    /// Standard normal by Box–Muller; one of the pair is discarded so that a stream's position stays a plain count.
    public mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    /// Student's t with `degrees` > 0 degrees of freedom, variance degrees/(degrees−2) (Bailey, Math. Comp. 62, 1994).
    public mutating func studentT(degrees: Double) -> Double {
        while true {
            let u = 2 * uniform() - 1
            let v = 2 * uniform() - 1
            let w = u * u + v * v
            if w > 0, w < 1 { return u * (degrees * (pow(w, -2 / degrees) - 1) / w).squareRoot() }
        }
    }

    /// A permutation of 0..<count (Fisher–Yates).
    public mutating func permutation(_ count: Int) -> [Int32] {
        var order = (0..<Int32(count)).map { $0 }
        for index in stride(from: count - 1, to: 0, by: -1) { order.swapAt(index, below(index + 1)) }
        return order
    }
}

extension RandomStream {
    /// Uniform in [0, 1), 24 bits: exactly a Float32.
    public mutating func uniformFloat() -> Float {
        Float(next() >> 40) * 0x1p-24
    }

    /// Puts `count` entries into a random order in place (Fisher–Yates), two steps from each 64 bits drawn.
    public mutating func shuffle(_ entries: UnsafeMutablePointer<Int32>, count: Int) {
        var remaining = 0
        var bits: UInt64 = 0
        var index = count - 1
        while index > 0 {
            if remaining == 0 {
                bits = next()
                remaining = 2
            }
            let range = UInt64(index + 1)
            let product = (bits & 0xFFFF_FFFF) &* range
            bits >>= 32
            remaining -= 1
            let low = UInt32(truncatingIfNeeded: product)
            // Lemire's rejection, so that every order is equally likely.
            if low < UInt32(truncatingIfNeeded: range), low < (0 &- UInt32(range)) % UInt32(range) { continue }
            let other = Int(product >> 32)
            let moved = entries[index]
            entries[index] = entries[other]
            entries[other] = moved
            index -= 1
        }
    }
}
