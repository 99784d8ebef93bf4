#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The weights that sum to 1 and lie between two bounds.
enum CappedSimplex {
    /// The bounds as they can be kept by `count` models: where they cannot, equal weights are all there is.
    static func bounds(_ parameters: LearningParameters, count: Int) -> ClosedRange<Double> {
        let equal = 1 / Double(max(count, 1))
        return min(parameters.minWeight, equal)...max(parameters.maxWeight, equal)
    }

    /// The point nearest to `weights` in Kullback–Leibler divergence: clip(c·w) with the c that makes the sum 1 (Herbster &
    /// Warmuth, *Tracking the best linear predictor*, 2001). Weights strictly between the bounds keep their ratios.
    ///
    /// - Parameter weights: positive and finite.
    static func projection(of weights: [Double], onto bounds: ClosedRange<Double>) -> [Double] {
        guard let largest = weights.max(), let smallest = weights.min(), weights.count > 1 else {
            return weights.map { _ in 1 }
        }
        let total = weights.reduce(0, +)
        let scaled = weights.map { $0 / total }
        if scaled.allSatisfy(bounds.contains) { return scaled }
        // At the one end everything is clipped to the lower bound, at the other to the upper one.
        var low = log(max(bounds.lowerBound, 1e-300) / largest) - 1
        var high = log(bounds.upperBound / smallest) + 1
        for _ in 0..<100 {
            let middle = (low + high) / 2
            let factor = exp(middle)
            var sum = 0.0
            for weight in weights { sum += clipped(weight * factor, bounds) }
            if sum < 1 { low = middle } else { high = middle }
        }
        let factor = exp((low + high) / 2)
        var result = weights.map { clipped($0 * factor, bounds) }
        // The last digits of the sum go to those that have room.
        let free = result.indices.filter { result[$0] > bounds.lowerBound && result[$0] < bounds.upperBound }
        let freeSum = free.reduce(0) { $0 + result[$1] }
        let rest = 1 - (result.reduce(0, +) - freeSum)
        if freeSum > 0 { for index in free { result[index] = clipped(result[index] * rest / freeSum, bounds) } }
        return result
    }

    private static func clipped(_ value: Double, _ bounds: ClosedRange<Double>) -> Double {
        min(max(value, bounds.lowerBound), bounds.upperBound)
    }
}
