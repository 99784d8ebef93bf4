/// Waits that double from failure to failure up to a ceiling; the lower half is drawn at random, so that many clients do
/// not come back at the same moment.
public struct Backoff: Sendable, Hashable {
    /// Seconds before the first retry, at most.
    public var first: Double
    /// Seconds, the longest wait.
    public var ceiling: Double

    public init(first: Double, ceiling: Double) {
        self.first = first
        self.ceiling = ceiling
    }

    /// - Parameters:
    ///   - failures: in a row, from 1.
    ///   - chance: in 0..<1.
    /// - Returns: seconds, between half the nominal wait and all of it.
    public func delay(failures: Int, chance: Double) -> Double {
        var nominal = first
        for _ in 1..<max(2, min(failures, 64)) where nominal < ceiling && failures > 1 { nominal *= 2 }
        return min(nominal, ceiling) * (0.5 + 0.5 * chance)
    }
}
