#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How differently two policies act in the same states.
public enum PolicyDrift {
    /// Mean Jensen–Shannon divergence of the action distributions, base 2: 0 for policies that agree everywhere, 1 for policies that
    /// never do (Lin, *Divergence measures based on the Shannon entropy*, IEEE Trans. Inf. Theory 37, 1991).
    ///
    /// - Parameters:
    ///   - first: probabilities `[states × actions]`, row by row.
    ///   - second: the same states; rows are scaled to sum to 1.
    ///   - actions: 1 or more.
    /// - Throws: ``EvaluationError`` for tables that do not match, negative or non-finite probabilities and rows without any.
    public static func jensenShannon(
        _ first: [Float], _ second: [Float], actions: Int
    ) throws(EvaluationError) -> Double {
        guard first.count == second.count else {
            throw .lengthsDiffer(
                first: "the first policy", count: first.count, second: "the second policy", otherCount: second.count)
        }
        guard actions > 0, !first.isEmpty, first.count.isMultiple(of: actions) else {
            throw .lengthsDiffer(
                first: "the first policy", count: first.count, second: "whole rows of actions", otherCount: actions)
        }
        var total = 0.0
        for start in stride(from: 0, to: first.count, by: actions) {
            let p = try distribution(first[start..<start + actions], "the first policy")
            let q = try distribution(second[start..<start + actions], "the second policy")
            for (p, q) in zip(p, q) {
                let middle = (p + q) / 2
                if p > 0 { total += p * log2(p / middle) / 2 }
                if q > 0 { total += q * log2(q / middle) / 2 }
            }
        }
        return min(1, max(0, total / Double(first.count / actions)))
    }

    private static func distribution(_ row: ArraySlice<Float>, _ series: String) throws(EvaluationError) -> [Double] {
        let values = row.map { Double($0) }
        let sum = values.reduce(0, +)
        guard sum > 0, sum.isFinite, values.allSatisfy({ $0 >= 0 }) else {
            throw .notProbabilities(series: series, row: row.startIndex / row.count)
        }
        return values.map { $0 / sum }
    }
}
