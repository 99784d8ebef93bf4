/// A named, splittable stream of random numbers: Philox4x32-10 (Salmon et al., *Parallel random numbers: as easy as
/// 1, 2, 3*, SC'11), a counter-based generator, so a stream is 64 bits of key and a position.
///
/// One seed drives everything: `RandomStream(seed: 7).split("rollout").split(3)` is the same stream on every machine, and
/// drawing from one stream never shifts another.
public struct RandomStream: RandomNumberGenerator, Sendable, Hashable, Codable {
    private let key: UInt64
    private var counter: UInt64 = 0
    private var spare: UInt64 = 0
    private var hasSpare = false

    public init(seed: UInt64) {
        key = seed
    }

    /// The stream called `name` below this one; independent of how much was drawn from this one.
    public func split(_ name: String) -> RandomStream {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a, 64 bits
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return child(hash, domain: 0x4e41_4d45)
    }

    /// The `index`-th stream below this one.
    public func split(_ index: Int) -> RandomStream {
        child(UInt64(bitPattern: Int64(index)), domain: 0x494e_4458)
    }

    private func child(_ identity: UInt64, domain: UInt64) -> RandomStream {
        // Draws use counters below 2^64 with the high half 0; children use a high half that is never 0.
        RandomStream(seed: Self.block(low: identity, high: domain, key: key).0)
    }

    public mutating func next() -> UInt64 {
        if hasSpare {
            hasSpare = false
            return spare
        }
        let (first, second) = Self.block(low: counter, high: 0, key: key)
        counter &+= 1
        spare = second
        hasSpare = true
        return first
    }

    /// Uniform in [0, 1), 53 bits.
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Uniform in [0, bound) without bias (Lemire's method).
    public mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "an empty range has no random element")
        let range = UInt64(bound)
        var product = next().multipliedFullWidth(by: range)
        if product.low < range {
            let threshold = (0 &- range) % range
            while product.low < threshold { product = next().multipliedFullWidth(by: range) }
        }
        return Int(product.high)
    }

    /// Ten rounds of Philox4x32 over a 128-bit counter.
    @inline(__always)
    static func block(low: UInt64, high: UInt64, key: UInt64) -> (UInt64, UInt64) {
        var c0 = UInt32(truncatingIfNeeded: low)
        var c1 = UInt32(truncatingIfNeeded: low >> 32)
        var c2 = UInt32(truncatingIfNeeded: high)
        var c3 = UInt32(truncatingIfNeeded: high >> 32)
        var k0 = UInt32(truncatingIfNeeded: key)
        var k1 = UInt32(truncatingIfNeeded: key >> 32)
        for _ in 0..<10 {
            let p0 = UInt64(c0) &* 0xD251_1F53
            let p1 = UInt64(c2) &* 0xCD9E_8D57
            let n0 = UInt32(truncatingIfNeeded: p1 >> 32) ^ c1 ^ k0
            let n2 = UInt32(truncatingIfNeeded: p0 >> 32) ^ c3 ^ k1
            c1 = UInt32(truncatingIfNeeded: p1)
            c3 = UInt32(truncatingIfNeeded: p0)
            c0 = n0
            c2 = n2
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        return (UInt64(c0) | UInt64(c1) << 32, UInt64(c2) | UInt64(c3) << 32)
    }
}
