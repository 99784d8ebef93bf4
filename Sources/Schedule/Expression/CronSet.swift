/// A set of small numbers (0…63), one bit each: the values a cron field selects.
struct CronSet: Sendable, Hashable {
    var bits: UInt64 = 0

    init() {}

    init(_ range: ClosedRange<Int>) {
        for value in range { insert(value) }
    }

    mutating func insert(_ value: Int) { bits |= 1 << UInt64(value) }
    func contains(_ value: Int) -> Bool { bits & (1 << UInt64(value)) != 0 }

    var isEmpty: Bool { bits == 0 }
    var count: Int { bits.nonzeroBitCount }
    var first: Int? { isEmpty ? nil : bits.trailingZeroBitCount }
    var last: Int? { isEmpty ? nil : 63 - bits.leadingZeroBitCount }

    /// The smallest member that is at least `value`.
    func next(from value: Int) -> Int? {
        guard value < 64 else { return nil }
        let rest = (bits >> UInt64(value)) << UInt64(value)
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    /// Members, ascending.
    var values: [Int] {
        var found: [Int] = []
        var rest = bits
        while rest != 0 {
            found.append(rest.trailingZeroBitCount)
            rest &= rest - 1
        }
        return found
    }

    /// The longest distance between neighbours; 0 with fewer than two members.
    var longestStep: Int {
        zip(values, values.dropFirst()).map { $1 - $0 }.max() ?? 0
    }

    /// The step when the members are exactly 0, step, 2·step … below `size` and `step` divides `size`.
    func evenStep(below size: Int) -> Int? {
        guard first == 0, count > 1, size % count == 0 else { return nil }
        let step = size / count
        return values.enumerated().allSatisfy { $0.element == $0.offset * step } ? step : nil
    }
}
