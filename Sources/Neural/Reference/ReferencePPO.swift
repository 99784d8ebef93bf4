#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// PPO's loss of a minibatch, written plainly in double precision.
package struct ReferencePPO {
    package var choices: [Int]
    package var clip = 0.2
    package var valueClip: Double?
    package var entropyCoefficient = 0.0
    package var valueCoefficient = 0.5

    /// `[rows × dimensions]`
    package var actions: [Int32]
    package var oldLogProbabilities: [Double]
    package var advantages: [Double]
    package var oldValues: [Double]
    package var returns: [Double]

    package init(
        choices: [Int], actions: [Int32], oldLogProbabilities: [Double], advantages: [Double], oldValues: [Double],
        returns: [Double]
    ) {
        self.choices = choices
        self.actions = actions
        self.oldLogProbabilities = oldLogProbabilities
        self.advantages = advantages
        self.oldValues = oldValues
        self.returns = returns
    }

    package struct Measures {
        package var policyLoss = 0.0
        package var valueLoss = 0.0
        package var entropy = 0.0
        package var approximateKL = 0.0
        package var oldApproximateKL = 0.0
        package var clipFraction = 0.0
    }

    package static func logSoftmax(_ logits: ArraySlice<Double>) -> [Double] {
        let largest = logits.max() ?? 0
        let logSum = log(logits.reduce(0) { $0 + exp($1 - largest) })
        return logits.map { $0 - largest - logSum }
    }

    /// Means over rows of logits `[rows × Σ choices]` and values `[rows]`.
    package func measures(logits: [Double], values: [Double]) -> Measures {
        let width = choices.reduce(0, +)
        let rows = values.count
        var total = Measures()
        for row in 0..<rows {
            var logProbability = 0.0
            var offset = row * width
            for (dimension, count) in choices.enumerated() {
                let logs = Self.logSoftmax(logits[offset..<offset + count])
                logProbability += logs[Int(actions[row * choices.count + dimension])]
                total.entropy -= logs.reduce(0) { $0 + exp($1) * $1 }
                offset += count
            }
            let ratio = exp(logProbability - oldLogProbabilities[row])
            let bounded = min(max(ratio, 1 - clip), 1 + clip)
            total.policyLoss -= min(ratio * advantages[row], bounded * advantages[row])
            total.approximateKL += ratio - 1 - log(ratio)
            total.oldApproximateKL -= log(ratio)
            total.clipFraction += abs(ratio - 1) > clip ? 1 : 0
            var value = values[row]
            if let valueClip { value = oldValues[row] + min(max(value - oldValues[row], -valueClip), valueClip) }
            total.valueLoss += (value - returns[row]) * (value - returns[row])
        }
        let scale = 1 / Double(rows)
        total.policyLoss *= scale
        total.valueLoss *= scale
        total.entropy *= scale
        total.approximateKL *= scale
        total.oldApproximateKL *= scale
        total.clipFraction *= scale
        return total
    }

    /// What gradient descent minimises.
    package func loss(logits: [Double], values: [Double]) -> Double {
        let measures = measures(logits: logits, values: values)
        return measures.policyLoss - entropyCoefficient * measures.entropy + valueCoefficient * measures.valueLoss
    }
}
