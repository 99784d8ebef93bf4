/// The highest or the lowest of the last `period` values, in constant time a value on average.
public struct RollingExtreme: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case highest
        case lowest
    }

    /// Nil until `period` values were seen.
    public var value: Double? { seen >= period ? values[head] : nil }
    private let kind: Kind
    private let period: Int
    /// Candidates in rising age order, a ring of `period` + 1 places: each one is beaten by none that came later.
    private var values: [Double]
    private var births: [Int]
    private var head = 0
    private var tail = 0
    private var seen = 0

    /// - Parameter period: 1 or more.
    public init(_ kind: Kind, period: Int) {
        precondition(period > 0, "an indicator looks at one value at least")
        self.kind = kind
        self.period = period
        values = Array(repeating: 0, count: period + 1)
        births = Array(repeating: 0, count: period + 1)
    }

    @discardableResult
    public mutating func update(_ input: Double) -> Double? {
        if head != tail, births[head] <= seen - period { head = after(head) }
        while head != tail {
            let last = tail == 0 ? period : tail - 1
            guard kind == .highest ? values[last] <= input : values[last] >= input else { break }
            tail = last
        }
        values[tail] = input
        births[tail] = seen
        tail = after(tail)
        seen += 1
        return value
    }

    private func after(_ place: Int) -> Int { place == period ? 0 : place + 1 }
}
