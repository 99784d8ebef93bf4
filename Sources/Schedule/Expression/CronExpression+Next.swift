#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Runs as instants, through changes of clocks:
///
/// - A local time that is skipped when clocks go forward runs at the moment of the jump; several skipped ones run there once.
/// - A local time that comes twice when clocks go back runs the first time only.
/// - A schedule that selects every hour (`*/15 * * * *`, `@hourly`) does neither: it fires whenever the wall clock shows a
///   selected time, so that work meant to happen every few minutes goes on through the change. This is how cron itself
///   treats its wildcard jobs.
extension CronExpression {
    /// The first run strictly after `date`; nil after the year 9999. Dates before the year 1 count as its beginning.
    public func next(after date: Date, in zone: TimeZone) -> Date? {
        let seconds = max(date.timeIntervalSince1970.rounded(.down), -62_135_596_800)
        guard seconds <= 253_402_300_799 else { return nil }
        let clock = ZoneClock(zone: zone)
        let start = Int(seconds) + 1
        let instant = runsEveryHour ? nextByRealTime(from: start, clock) : nextByLocalTime(from: start, clock)
        guard let instant, instant <= 253_402_300_799 else { return nil }
        return Date(timeIntervalSince1970: TimeInterval(instant))
    }

    /// Up to `count` runs after `date`, in order.
    public func next(_ count: Int, after date: Date, in zone: TimeZone) -> [Date] {
        var runs: [Date] = []
        var last = date
        while runs.count < count, let run = next(after: last, in: zone) {
            runs.append(run)
            last = run
        }
        return runs
    }

    /// The last run in (`earliest`, `latest`], or nil.
    public func last(notAfter latest: Date, after earliest: Date, in zone: TimeZone) -> Date? {
        guard var found = next(after: earliest, in: zone), found <= latest else { return nil }
        // Halves the stretch that holds the last run instead of walking through every run of a long absence.
        var end = latest
        while let following = next(after: found, in: zone), following <= latest {
            let middle = found.addingTimeInterval(end.timeIntervalSince(found) / 2)
            if let later = next(after: middle, in: zone), later <= latest {
                found = later
            } else {
                end = middle
                found = following
            }
        }
        return found
    }

    /// Local times map to instants in order (skipped ones to the jump), so the first whose instant is late enough is the answer.
    private func nextByLocalTime(from start: Int, _ clock: ZoneClock) -> Int? {
        var local = nextLocal(from: start + clock.offset(at: start))
        while let candidate = local {
            let instant = clock.instant(ofLocal: candidate)
            if instant >= start { return instant }
            local = nextLocal(from: candidate + 1)
        }
        return nil
    }

    /// Walks real time in stretches of one offset.
    private func nextByRealTime(from start: Int, _ clock: ZoneClock) -> Int? {
        var position = start
        while true {
            let offset = clock.offset(at: position)
            guard let local = nextLocal(from: position + offset) else { return nil }
            let candidate = local - offset
            let horizon = min(candidate, position + Self.secondsPerDay)
            if clock.offset(at: horizon) != offset {
                let change = clock.change(from: position, through: horizon)
                if candidate < change { return candidate }
                position = change
            } else if candidate == horizon {
                return candidate
            } else {
                // No selected local time before `local`; a change of clocks shifts it by a day at most.
                position = max(horizon, candidate - Self.secondsPerDay - 3600)
            }
        }
    }
}
