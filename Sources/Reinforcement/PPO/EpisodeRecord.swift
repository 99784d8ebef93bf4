/// Returns and lengths of the latest finished episodes.
struct EpisodeRecord: Sendable, Equatable, Codable {
    /// As many as SB3 keeps (`ep_info_buffer`).
    private static let kept = 100

    /// Each copy's running episode.
    private var returns: [Double]
    private var lengths: [Int]
    private var finishedReturns: [Double] = []
    private var finishedLengths: [Int] = []
    private var next = 0

    init(copies: Int) {
        returns = Array(repeating: 0, count: copies)
        lengths = Array(repeating: 0, count: copies)
    }

    var copies: Int { returns.count }

    mutating func take(_ rewards: UnsafePointer<Float>, ends: UnsafePointer<UInt8>, steps: Int) {
        let copies = returns.count
        for step in 0..<steps {
            for copy in 0..<copies {
                let sample = step * copies + copy
                returns[copy] += Double(rewards[sample])
                lengths[copy] += 1
                guard ends[sample] != EpisodeEnd.running.rawValue else { continue }
                finish(returns[copy], lengths[copy])
                returns[copy] = 0
                lengths[copy] = 0
            }
        }
    }

    private mutating func finish(_ value: Double, _ length: Int) {
        if finishedReturns.count < Self.kept {
            finishedReturns.append(value)
            finishedLengths.append(length)
        } else {
            finishedReturns[next] = value
            finishedLengths[next] = length
            next = (next + 1) % Self.kept
        }
    }

    var meanReturn: Double? {
        finishedReturns.isEmpty ? nil : finishedReturns.reduce(0, +) / Double(finishedReturns.count)
    }

    var meanLength: Double? {
        finishedLengths.isEmpty ? nil : Double(finishedLengths.reduce(0, +)) / Double(finishedLengths.count)
    }
}
