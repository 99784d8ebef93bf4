/// Turns a model's scores into probabilities: the best rising fit to what happened, by pool adjacent violators (Ayer et al.
/// 1955), straight lines between its blocks.
public struct IsotonicCalibration: Sendable, Hashable, Codable {
    /// Mean score and share of successes of each block, both rising.
    public let scores: [Double]
    public let shares: [Double]

    /// - Parameters:
    ///   - scores: finite.
    ///   - outcomes: true where it came true; as many.
    public init(scores: [Double], outcomes: [Bool]) {
        var blocks: [Block] = []
        for index in scores.indices.sorted(by: { scores[$0] < scores[$1] }) {
            let new = Block(score: scores[index], successes: outcomes[index] ? 1 : 0, count: 1)
            // Equal scores are one block: they cannot be told apart.
            if let last = blocks.last, last.score / last.count == new.score {
                blocks[blocks.count - 1].add(new)
            } else {
                blocks.append(new)
            }
            while blocks.count > 1, blocks[blocks.count - 2].share >= blocks[blocks.count - 1].share {
                let last = blocks.removeLast()
                blocks[blocks.count - 1].add(last)
            }
        }
        self.scores = blocks.map { $0.score / $0.count }
        shares = blocks.map(\.share)
    }

    /// The probability that belongs to `score`; 0.5 when nothing was ever seen.
    public func callAsFunction(_ score: Double) -> Double {
        guard let first = scores.first, let last = scores.last else { return 0.5 }
        if score <= first { return shares[0] }
        if score >= last { return shares[shares.count - 1] }
        var (low, high) = (0, scores.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if scores[middle] <= score { low = middle } else { high = middle }
        }
        let part = (score - scores[low]) / (scores[high] - scores[low])
        return shares[low] + part * (shares[high] - shares[low])
    }

    private struct Block {
        /// Sums over the block.
        var score: Double
        var successes: Double
        var count: Double

        var share: Double { successes / count }

        mutating func add(_ other: Block) {
            score += other.score
            successes += other.successes
            count += other.count
        }
    }
}
