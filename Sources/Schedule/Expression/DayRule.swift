/// Which days of a month an expression selects: the two day fields together.
struct DayRule: Sendable, Hashable {
    /// The field begins with `*` or is `?`; it then narrows the other field instead of adding to it.
    private(set) var anyDay = false
    private(set) var anyWeekday = false

    /// Plain days 1…31.
    private(set) var days = CronSet()
    /// Days counted back from the last: `L` is 0, `L-3` is 3.
    private(set) var fromEnd = CronSet()
    /// `15W`: the weekday nearest this day, inside the month.
    private(set) var nearWeekday = CronSet()
    /// `LW`: the last weekday of the month.
    private(set) var lastBusinessDay = false
    /// Plain weekdays, Sunday 0.
    private(set) var weekdays = CronSet()
    /// `5L`: the last such weekday of the month.
    private(set) var lastWeekdays = CronSet()
    /// `1#2`: weekday · 5 + (n − 1).
    private(set) var nthWeekdays = CronSet()

    init(dayOfMonth: String, dayOfWeek: String) throws(CronError) {
        anyDay = dayOfMonth == "?" || dayOfMonth.hasPrefix("*")
        anyWeekday = dayOfWeek == "?" || dayOfWeek.hasPrefix("*")
        try readDays(CronFieldParser(.dayOfMonth, dayOfMonth == "?" ? "*" : dayOfMonth))
        try readWeekdays(CronFieldParser(.dayOfWeek, dayOfWeek == "?" ? "*" : dayOfWeek))
    }

    private mutating func readDays(_ field: CronFieldParser) throws(CronError) {
        for item in field.items {
            let upper = item.uppercased()
            if upper == "L" {
                fromEnd.insert(0)
            } else if upper == "LW" {
                lastBusinessDay = true
            } else if upper.hasPrefix("L-") {
                guard let back = CronFieldParser.number(upper.dropFirst(2)), (1...30).contains(back) else {
                    throw field.fault(item, "counts back from the last day by 1–30")
                }
                fromEnd.insert(back)
            } else if upper.hasSuffix("W") {
                nearWeekday.insert(try field.value(item.dropLast()))
            } else {
                try field.add(item, to: &days)
            }
        }
    }

    private mutating func readWeekdays(_ field: CronFieldParser) throws(CronError) {
        for item in field.items {
            if item.contains("#") {
                let parts = item.split(separator: "#", omittingEmptySubsequences: false)
                guard parts.count == 2, let nth = CronFieldParser.number(parts[1]), (1...5).contains(nth) else {
                    throw field.fault(item, "needs a count of 1–5 after \"#\"")
                }
                nthWeekdays.insert(try field.value(parts[0]) % 7 * 5 + nth - 1)
            } else if item.count > 1, item.hasSuffix("L") || item.hasSuffix("l") {
                lastWeekdays.insert(try field.value(item.dropLast()) % 7)
            } else {
                try field.add(item, to: &weekdays)
            }
        }
    }

    /// The selected days of a month, bit `d` for day `d`.
    func matching(year: Int, month: Int) -> CronSet {
        let length = CivilDate.daysInMonth(year: year, month: month)
        let firstWeekday = CivilDate(year: year, month: month, day: 1).weekday
        let byDay = self.byDay(length: length, firstWeekday: firstWeekday)
        let byWeekday = self.byWeekday(length: length, firstWeekday: firstWeekday)
        var result = CronSet()
        result.bits = anyDay || anyWeekday ? byDay.bits & byWeekday.bits : byDay.bits | byWeekday.bits
        return result
    }

    private func byDay(length: Int, firstWeekday: Int) -> CronSet {
        var set = CronSet()
        set.bits = days.bits & CronSet(1...length).bits
        for back in fromEnd.values where back < length { set.insert(length - back) }
        for day in nearWeekday.values where day <= length {
            set.insert(Self.businessDay(nearest: day, length: length, firstWeekday: firstWeekday))
        }
        if lastBusinessDay { set.insert(Self.businessDay(nearest: length, length: length, firstWeekday: firstWeekday)) }
        return set
    }

    private func byWeekday(length: Int, firstWeekday: Int) -> CronSet {
        var set = CronSet()
        for day in 1...length {
            let weekday = (firstWeekday + day - 1) % 7
            if weekdays.contains(weekday)
                || lastWeekdays.contains(weekday) && day + 7 > length
                || nthWeekdays.contains(weekday * 5 + (day - 1) / 7)
            {
                set.insert(day)
            }
        }
        return set
    }

    /// Saturday moves to Friday and Sunday to Monday, unless that leaves the month.
    private static func businessDay(nearest day: Int, length: Int, firstWeekday: Int) -> Int {
        switch (firstWeekday + day - 1) % 7 {
        case 6: day > 1 ? day - 1 : day + 2
        case 0: day < length ? day + 1 : day - 2
        default: day
        }
    }

    /// No restriction at all: every day.
    var isEveryDay: Bool { anyDay && anyWeekday && days.count == 31 && weekdays.count == 7 }
}
