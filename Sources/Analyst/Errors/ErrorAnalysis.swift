import Neural

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where losses concentrate over many trades: each group of trades against all others, by a permutation test of the difference of
/// mean net results, corrected for the number of groups (Holm, *A simple sequentially rejective multiple test procedure*, 1979).
public struct ErrorAnalysis: Sendable, Hashable {
    /// One group against the rest.
    public struct Group: Sendable, Hashable {
        public let factor: ErrorFactor
        public let level: String
        public let count: Int
        /// Mean net result within and without the group.
        public let mean: Double
        public let others: Double
        /// Difference over the standard deviation of all results (Cohen's d).
        public let effect: Double
        /// One-sided: a random group of this size does as badly.
        public let p: Double
        /// After correction.
        public let corrected: Double

        public var isSignificant: Bool { corrected <= ErrorAnalysis.level }
    }

    public let trades: Int
    public let losses: Int
    public let mean: Double
    /// The most certain first, of equals the worst.
    public let groups: [Group]

    public var significant: [Group] { groups.filter(\.isSignificant) }

    public static let level = 0.05
    /// Smaller groups say too little, and so do rests.
    public static let smallestGroup = 8
    public static let permutations = 9_999
    /// Trades that are looked at, at least and at most.
    public static let trades = 50...5_000

    public init(_ samples: [TradeSample], seed: UInt64 = 1) {
        let results = samples.map(\.netReturn)
        let count = Double(max(1, samples.count))
        trades = samples.count
        losses = results.filter { $0 < 0 }.count
        let mean = results.reduce(0, +) / count
        self.mean = mean
        let deviation = (results.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        let memberships = Self.memberships(samples)
        let chances = Self.chances(memberships.map(\.members), results, seed: seed)
        let order = chances.indices.sorted { chances[$0] < chances[$1] }
        var corrected = chances
        var floor = 0.0
        for (place, index) in order.enumerated() {
            floor = max(floor, min(1, Double(chances.count - place) * chances[index]))
            corrected[index] = floor
        }
        groups = memberships.indices.map { index in
            let (factor, level, members) = memberships[index]
            let own = members.reduce(0) { $0 + results[$1] }
            let inside = own / Double(members.count)
            let outside = (mean * count - own) / (count - Double(members.count))
            return Group(
                factor: factor, level: level, count: members.count, mean: inside, others: outside,
                effect: deviation > 0 ? (inside - outside) / deviation : 0, p: chances[index],
                corrected: corrected[index])
        }.sorted { ($0.corrected, $0.effect) < ($1.corrected, $1.effect) }
    }

    private typealias Membership = (factor: ErrorFactor, level: String, members: [Int])

    private static func memberships(_ samples: [TradeSample]) -> [Membership] {
        ErrorFactor.allCases.flatMap { factor -> [Membership] in
            var levels: [String: [Int]] = [:]
            for (index, sample) in samples.enumerated() {
                if let level = factor.level(sample) { levels[level, default: []].append(index) }
            }
            return levels.sorted { $0.key < $1.key }.compactMap { level, members in
                guard members.count >= smallestGroup, samples.count - members.count >= smallestGroup else { return nil }
                return (factor, level, members)
            }
        }
    }

    /// Of each group the share of permutations of the results, itself among them, under which its sum is as low.
    private static func chances(_ groups: [[Int]], _ results: [Double], seed: UInt64) -> [Double] {
        var random = RandomStream(seed: seed).split("errors")
        let sums = groups.map { $0.reduce(0) { $0 + results[$1] } + 1e-12 }
        var asLow = [Int](repeating: 1, count: groups.count)
        var shuffled = results
        for _ in 0..<permutations {
            for index in stride(from: shuffled.count - 1, to: 0, by: -1) {
                shuffled.swapAt(index, random.below(index + 1))
            }
            for (group, members) in groups.enumerated() {
                var sum = 0.0
                for member in members { sum += shuffled[member] }
                if sum <= sums[group] { asLow[group] += 1 }
            }
        }
        return asLow.map { Double($0) / Double(permutations + 1) }
    }
}
