/// How large results usually are: the median of what the last trades would have brought each way, in absolute value. Both ways
/// count alike, so that it favours no side.
struct TypicalResult: Sendable, Hashable, Codable {
    /// Trades that are remembered.
    private static let window = 100
    /// In the order they came, both ways of a trade side by side.
    private var recent: [Double] = []
    private var sorted: [Double] = []

    private(set) var value = 0.0

    mutating func add(_ score: TradeScore) {
        if recent.count == 2 * Self.window {
            for old in recent.prefix(2) { sorted.remove(at: place(of: old)) }
            recent.removeFirst(2)
        }
        for result in [abs(score.longReturn), abs(score.shortReturn)] {
            recent.append(result)
            sorted.insert(result, at: place(of: result))
        }
        let middle = sorted.count / 2
        // Half of each, since the sum of two huge results would overflow.
        value = sorted[middle - 1] / 2 + sorted[middle] / 2
    }

    private func place(of value: Double) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
