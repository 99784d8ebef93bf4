/// Running mean and variance of each observation feature, and the scaling they imply (SB3 `VecNormalize`, `RunningMeanStd`).
public struct ObservationNormaliser: Sendable, Equatable {
    /// Observations behind the statistics.
    public private(set) var count: Double = 0
    public private(set) var mean: [Double]
    /// Population variance; 1 before the first observation.
    public private(set) var variance: [Double]
    /// Scaled features are clipped to ± this.
    public let clip: Float

    private var shift: [Float]
    private var scale: [Float]

    public init(features: Int, clip: Float = 10) {
        mean = Array(repeating: 0, count: features)
        variance = Array(repeating: 1, count: features)
        self.clip = clip
        shift = Array(repeating: 0, count: features)
        scale = Array(repeating: 1, count: features)
        refreshScaling()
    }

    init(count: Double, mean: [Double], variance: [Double], clip: Float) {
        self.init(features: mean.count, clip: clip)
        self.count = count
        self.mean = mean
        self.variance = variance
        refreshScaling()
    }

    public var features: Int { mean.count }

    /// Takes in `batchCount` observations of this mean and population variance (Chan et al. 1983).
    public mutating func merge(batchCount: Double, batchMean: [Double], batchVariance: [Double]) {
        guard batchCount > 0 else { return }
        let total = count + batchCount
        for index in mean.indices {
            let delta = batchMean[index] - mean[index]
            let old = count > 0 ? variance[index] * count : 0
            variance[index] =
                (old + batchVariance[index] * batchCount + delta * delta * count * batchCount / total) / total
            mean[index] += delta * batchCount / total
        }
        count = total
        refreshScaling()
    }

    /// Scales `rows` observations; `from` and `to` may be the same.
    public func apply(_ from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>, rows: Int) {
        let features = features
        shift.withUnsafeBufferPointer { shift in
            scale.withUnsafeBufferPointer { scale in
                for row in 0..<rows {
                    for index in 0..<features {
                        let value = (from[row * features + index] - shift[index]) * scale[index]
                        to[row * features + index] = value > clip ? clip : value < -clip ? -clip : value
                    }
                }
            }
        }
    }

    private mutating func refreshScaling() {
        for index in mean.indices {
            shift[index] = Float(mean[index])
            scale[index] = Float(1 / (variance[index] + 1e-8).squareRoot())
        }
    }
}
