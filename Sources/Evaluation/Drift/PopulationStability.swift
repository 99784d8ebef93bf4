#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Population stability index: how far a feature's distribution has moved from a reference, PSI = Σ (q − p)·ln(q / p) over quantile
/// bins of the reference (after Yurdakul & Naranjo, *Statistical properties of the population stability index*, 2020).
public struct PopulationStability: Sendable {
    /// Shares below this count as this much, so that an empty bin costs a bounded amount.
    public static let smallestShare = 1e-4

    /// Inner borders of the bins, ascending, without duplicates; values equal to a border lie below it.
    private let borders: [Double]
    private let shares: [Double]

    /// - Parameters:
    ///   - reference: at least as many values as bins.
    ///   - bins: quantile bins, 2…100; fewer remain where values repeat; a constant makes three, below it, itself and above it.
    /// - Throws: ``EvaluationError``.
    public init(reference: [Double], bins: Int = 10) throws(EvaluationError) {
        guard (2...100).contains(bins) else { throw .parameter(name: "bins", value: Double(bins), allowed: "2–100") }
        guard reference.count >= bins else {
            throw .tooShort(series: "the reference", count: reference.count, needed: bins)
        }
        try EvaluationError.requireFinite(reference, "the reference")
        let sorted = reference.sorted()
        var borders: [Double] = []
        for index in 1..<bins {
            let border = Quantile.of(sorted: sorted, Double(index) / Double(bins))
            if border != borders.last { borders.append(border) }
        }
        // Where the smallest value itself is a border, one just below it tells smaller values apart.
        if let lowest = borders.first, lowest == sorted[0] { borders.insert(lowest.nextDown, at: 0) }
        self.borders = borders
        shares = Self.shares(of: reference, borders: borders)
    }

    /// The index of `current` against the reference; 0 when the distributions agree.
    /// - Throws: ``EvaluationError`` for an empty sample or a value that is not finite.
    public func index(of current: [Double]) throws(EvaluationError) -> Double {
        guard !current.isEmpty else { throw .tooShort(series: "the current values", count: 0, needed: 1) }
        try EvaluationError.requireFinite(current, "the current values")
        return zip(shares, Self.shares(of: current, borders: borders)).reduce(0) { sum, pair in
            let p = max(pair.0, Self.smallestShare)
            let q = max(pair.1, Self.smallestShare)
            return sum + (q - p) * log(q / p)
        }
    }

    private static func shares(of values: [Double], borders: [Double]) -> [Double] {
        var counts = [Int](repeating: 0, count: borders.count + 1)
        for value in values {
            var (low, high) = (0, borders.count)
            while low < high {
                let middle = (low + high) / 2
                if borders[middle] < value { low = middle + 1 } else { high = middle }
            }
            counts[low] += 1
        }
        return counts.map { Double($0) / Double(values.count) }
    }
}
