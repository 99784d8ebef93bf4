/// The last `capacity` values of a stream, in memory of fixed size.
struct RecentValues: Sendable, Hashable {
    private var values: [Double]
    private var next = 0
    private(set) var count = 0

    init(capacity: Int) {
        precondition(capacity > 0, "an indicator looks at one value at least")
        values = Array(repeating: 0, count: capacity)
    }

    var capacity: Int { values.count }
    var isFull: Bool { count == values.count }

    /// Puts `value` in the place of the oldest one, which it returns once the window is full.
    mutating func push(_ value: Double) -> Double? {
        let oldest = isFull ? values[next] : nil
        values[next] = value
        next += 1
        if next == values.count { next = 0 }
        if count < values.count { count += 1 }
        return oldest
    }

    /// Sum over all values, whatever their order.
    func sum(_ term: (Double) -> Double) -> Double {
        var total = 0.0
        for index in 0..<count { total += term(values[index]) }
        return total
    }
}
