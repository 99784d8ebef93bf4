import Neural
import Testing

@Suite("Random streams")
struct RandomStreamTests {
    @Test("the first block of key 0 is Philox4x32-10's published answer")
    func knownAnswer() {
        // Random123's kat_vectors: counter 0, key 0 → 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
        var stream = RandomStream(seed: 0)
        #expect(stream.next() == 0xe169_c58d_6627_e8d5)
        #expect(stream.next() == 0x9b00_dbd8_bc57_ac4c)
    }

    @Test("streams of different names or indices differ, and do not depend on what was drawn")
    func splitting() {
        var parent = RandomStream(seed: 7)
        var early = parent.split("a")
        _ = parent.next()
        var late = parent.split("a")
        var other = parent.split("b")
        let first = early.next()
        #expect(first == late.next())
        #expect(first != other.next())
        var zero = parent.split(0)
        var one = parent.split(1)
        #expect(zero.next() != one.next())
    }

    @Test("a shuffle is a permutation, and each entry reaches each place equally often")
    func shuffle() {
        var stream = RandomStream(seed: 8)
        var counts = [Int](repeating: 0, count: 25)
        for _ in 0..<10_000 {
            var entries: [Int32] = [0, 1, 2, 3, 4]
            stream.shuffle(&entries, count: 5)
            #expect(Set(entries).count == 5)
            for (place, entry) in entries.enumerated() { counts[place * 5 + Int(entry)] += 1 }
        }
        // χ² with 16 degrees of freedom stays below 39.3 in 99.9 % of cases.
        let statistic = counts.reduce(0.0) { $0 + (Double($1) - 2000) * (Double($1) - 2000) / 2000 }
        #expect(statistic < 39.3)
    }

    @Test("uniform floats lie in [0, 1) with mean ½ and variance 1/12")
    func uniform() {
        var stream = RandomStream(seed: 9)
        let draws = (0..<100_000).map { _ in Double(stream.uniformFloat()) }
        #expect(draws.allSatisfy { $0 >= 0 && $0 < 1 })
        let mean = draws.reduce(0, +) / 1e5
        let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1e5
        #expect(abs(mean - 0.5) < 0.004)
        #expect(abs(variance - 1.0 / 12) < 0.001)
    }
}
