extension Rollout {
    /// Generalised advantage estimation (Schulman et al. 2016, equation 16) and the returns it implies, from `rewards` as the
    /// learner sees them, `[steps × copies]`.
    ///
    /// A terminated episode is worth nothing beyond its end; a truncated one is worth the value of its last observation.
    package func estimateAdvantages(rewards: UnsafePointer<Float>, discount: Float, lambda: Float) {
        let copies = copies
        let (values, advantages, returns) = (values.base, advantages.base, returns.base)
        for step in stride(from: steps - 1, through: 0, by: -1) {
            let row = step * copies
            let isLast = step == steps - 1
            let valuesAfter = isLast ? nextValues.base : values + row + copies
            for copy in 0..<copies {
                let sample = row + copy
                let end = ends[sample]
                let after: Float
                let carried: Float
                if end == EpisodeEnd.running.rawValue {
                    after = valuesAfter[copy]
                    carried = isLast ? 0 : advantages[sample + copies]
                } else {
                    after = end == EpisodeEnd.truncated.rawValue ? cutValues.base[sample] : 0
                    carried = 0
                }
                let surprise = rewards[sample] + discount * after - values[sample]
                let advantage = surprise + discount * lambda * carried
                advantages[sample] = advantage
                returns[sample] = advantage + values[sample]
            }
        }
    }

    /// 1 − Var(returns − values) / Var(returns), nil when the returns do not vary.
    package func explainedVariance() -> Double? {
        var (sum, squares, errorSum, errorSquares) = (0.0, 0.0, 0.0, 0.0)
        // Shifted by the first return: the variance of large, close numbers would cancel otherwise.
        let origin = Double(returns.base[0])
        for sample in 0..<samples {
            let value = Double(returns.base[sample]) - origin
            let error = Double(returns.base[sample]) - Double(values.base[sample])
            sum += value
            squares += value * value
            errorSum += error
            errorSquares += error * error
        }
        let count = Double(samples)
        let variance = squares / count - (sum / count) * (sum / count)
        let unexplained = errorSquares / count - (errorSum / count) * (errorSum / count)
        let explained = 1 - unexplained / variance
        return variance > 1e-12 && explained.isFinite ? explained : nil
    }
}
