/// A finite stretch of values on an axis; never empty.
package struct Span: Sendable, Hashable {
    var low: Double
    var high: Double

    var length: Double { high - low }

    /// Larger magnitudes would overflow in differences; they are treated like infinities.
    static func isUsable(_ value: Double) -> Bool { value.isFinite && abs(value) < 1e300 }

    /// The stretch that covers the usable `values`, or nil when there is none.
    package init?(covering values: some Sequence<Double>) {
        var low = Double.infinity
        var high = -Double.infinity
        for value in values where Self.isUsable(value) {
            low = min(low, value)
            high = max(high, value)
        }
        guard low <= high else { return nil }
        self.low = low
        self.high = high
    }

    /// Wider by `share` of the length on either side; a single value gets room of at least `minimum` around it.
    func padded(by share: Double, minimum: Double) -> Span {
        // Below about 12 significant digits a difference is rounding noise, not a movement worth drawing.
        let noise = max(abs(low), abs(high)) * 1e-12
        let room = length > noise ? length * share : max(minimum, noise * 10)
        var copy = self
        copy.low -= room
        copy.high += room
        return copy
    }

    /// Position of `value`, 0 at `low` and 1 at `high`.
    func fraction(_ value: Double) -> Double { (value - low) / length }
}
