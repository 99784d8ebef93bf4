#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension CronExpression {
    /// How far apart runs lie around `date`, in seconds: the *longest* distance between neighbouring runs, so that nights and
    /// weekends a schedule leaves out raise no alarm. Counted on the wall clock: a change of clocks does not alter it.
    ///
    /// 21,600 for `0 */6 * * *`; 259,200 for `0 9 * * MON-FRI` (Friday to Monday). Takes the 64 selected days that follow.
    public func period(around date: Date) -> TimeInterval {
        guard let firstHour = hours.first, let lastHour = hours.last, let firstMinute = minutes.first,
            let lastMinute = minutes.last, let firstSecond = seconds.first, let lastSecond = seconds.last
        else { return 0 }
        let withinMinutes = lastSecond - firstSecond
        let withinHours = (lastMinute - firstMinute) * 60 + withinMinutes
        let withinDays = (lastHour - firstHour) * 3600 + withinHours

        var longest = seconds.longestStep
        if minutes.count > 1 { longest = max(longest, minutes.longestStep * 60 - withinMinutes) }
        if hours.count > 1 { longest = max(longest, hours.longestStep * 3600 - withinHours) }
        longest = max(longest, longestDayStep(around: date) * Self.secondsPerDay - withinDays)
        return TimeInterval(longest)
    }

    private func longestDayStep(around date: Date) -> Int {
        let seconds = min(max(date.timeIntervalSince1970, -62_135_596_800), 253_402_300_799)
        guard var day = nextDay(from: Int(seconds).flooredQuotient(Self.secondsPerDay)) else { return 0 }
        var longest = 0
        for _ in 0..<64 {
            guard let following = nextDay(from: day + 1) else { break }
            longest = max(longest, following - day)
            day = following
        }
        return longest
    }
}
