#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The wall clock of a zone, in whole seconds: instants are seconds since 1970 UTC, local times seconds since 1970 of the wall clock.
///
/// Supposes, as holds for every IANA zone since 1970, that two changes of clocks never lie within 28 hours of each other.
struct ZoneClock {
    let zone: TimeZone

    func offset(at instant: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(instant)))
    }

    /// The instant at which the wall clock shows `local`: the first of two when clocks went back, the moment of the jump when
    /// they went forward over it.
    func instant(ofLocal local: Int) -> Int {
        // Offsets lie within −12 h … +14 h, so these two are read before and after any change that could concern `local`.
        let before = offset(at: local - 15 * 3600)
        let after = offset(at: local + 13 * 3600)
        if before == after || offset(at: local - before) == before { return local - before }
        if offset(at: local - after) == after { return local - after }
        return change(from: local - after, through: local - before)
    }

    /// The first instant in (`start`, `end`] with another offset than at `start`; one change lies between them.
    func change(from start: Int, through end: Int) -> Int {
        let initial = offset(at: start)
        var (low, high) = (start, end)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(at: middle) == initial { low = middle } else { high = middle }
        }
        return high
    }
}
