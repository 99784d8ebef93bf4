/// Divides rewards by the running deviation of the discounted return (SB3 `VecNormalize`, `norm_reward`).
struct RewardNormaliser: Sendable, Equatable, Codable {
    private(set) var count: Double = 1e-4  // SB3's RunningMeanStd starts so
    private(set) var mean: Double = 0
    private(set) var variance: Double = 1
    /// Each copy's discounted return so far.
    private(set) var returns: [Double]
    let discount: Double
    let clip: Float

    init(copies: Int, discount: Float, clip: Float) {
        returns = Array(repeating: 0, count: copies)
        self.discount = Double(discount)
        self.clip = clip
    }

    /// Scales the rewards of a rollout, `[steps × copies]`, step by step as they came.
    mutating func apply(
        _ rewards: UnsafePointer<Float>, ends: UnsafePointer<UInt8>, steps: Int, to: UnsafeMutablePointer<Float>
    ) {
        let copies = returns.count
        for step in 0..<steps {
            let row = step * copies
            var (sum, squares) = (0.0, 0.0)
            for copy in 0..<copies {
                returns[copy] = returns[copy] * discount + Double(rewards[row + copy])
                sum += returns[copy]
            }
            let batchMean = sum / Double(copies)
            for copy in 0..<copies { squares += (returns[copy] - batchMean) * (returns[copy] - batchMean) }
            merge(Double(copies), mean: batchMean, squares: squares)
            let scale = Float(1 / (variance + 1e-8).squareRoot())
            for copy in 0..<copies {
                let value = rewards[row + copy] * scale
                to[row + copy] = value > clip ? clip : value < -clip ? -clip : value
                if ends[row + copy] != EpisodeEnd.running.rawValue { returns[copy] = 0 }
            }
        }
    }

    private mutating func merge(_ batch: Double, mean batchMean: Double, squares: Double) {
        let total = count + batch
        let delta = batchMean - mean
        variance = (variance * count + squares + delta * delta * count * batch / total) / total
        mean += delta * batch / total
        count = total
    }
}
