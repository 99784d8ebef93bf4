/// How a classifier is boosted; defaults are LightGBM's own unless said otherwise.
public struct BoostingSettings: Sendable, Hashable, Codable {
    public var rounds = 100
    public var leaves = 31
    public var learningRate = 0.1
    public var minimumRowsPerLeaf = 20
    /// Share of the rows and of the columns each tree sees.
    public var rowShare = 1.0
    public var columnShare = 1.0
    public var l2 = 0.0
    public var seed: UInt32 = 0
    /// 1: with more, OpenMP's threads spin while they wait, which on a busy machine takes many times the work itself.
    public var threads = 1

    public init() {}

    var parameters: String {
        """
        objective=binary num_leaves=\(leaves) learning_rate=\(learningRate) min_data_in_leaf=\(minimumRowsPerLeaf) \
        bagging_fraction=\(rowShare) bagging_freq=\(rowShare < 1 ? 1 : 0) feature_fraction=\(columnShare) lambda_l2=\(l2) \
        seed=\(seed) num_threads=\(threads) deterministic=true force_row_wise=true verbosity=-1
        """
    }
}
