extension CronExpression {
    /// The schedule in words (`every 6 hours`, `каждые 6 часов`); the expression itself where words would be longer than it is.
    public func description(in language: CronLanguage) -> String {
        let phrases: any CronPhrases = language == .russian ? RussianCronPhrases() : EnglishCronPhrases()
        return repetition(phrases) ?? calendar(phrases) ?? text
    }

    /// "Every so often", on all days.
    private func repetition(_ phrases: any CronPhrases) -> String? {
        guard days.isEveryDay, months.count == 12 else { return nil }
        if minutes.count == 60, hours.count == 24 {
            if seconds.count == 60 { return phrases.every(1, .second) }
            if let step = seconds.evenStep(below: 60) { return phrases.every(step, .second) }
        }
        guard seconds.bits == 1 else { return nil }
        if hours.count == 24 {
            if minutes.count == 60 { return phrases.every(1, .minute) }
            if let step = minutes.evenStep(below: 60) { return phrases.every(step, .minute) }
        }
        guard minutes.count == 1, let minute = minutes.first else { return nil }
        let step = hours.count == 24 ? 1 : hours.evenStep(below: 24)
        guard let step, step < 12 || minute == 0 && step == 12 else { return nil }
        return phrases.every(step, .hour) + (minute == 0 ? "" : phrases.atMinute(minute))
    }

    /// "On such days at such times", up to four times of the day.
    private func calendar(_ phrases: any CronPhrases) -> String? {
        guard seconds.bits == 1, minutes.count * hours.count <= 4, let dates = dates(phrases) else { return nil }
        let times = hours.values.flatMap { hour in
            minutes.values.map { Self.twoDigits(hour) + ":" + Self.twoDigits($0) }
        }
        return dates + phrases.at(times)
    }

    private func dates(_ phrases: any CronPhrases) -> String? {
        if days.isEveryDay { return months.count == 12 ? phrases.everyDay : nil }
        if days.anyDay, days.days.count == 31, months.count == 12, let weekdays = days.plainWeekdays {
            return phrases.on(weekdays: weekdays)
        }
        guard days.anyWeekday, days.weekdays.count == 7 else { return nil }
        if months.count == 12, days.isLastDay { return phrases.lastDayOfMonth }
        guard let dates = days.plainDays, dates.count <= 3 else { return nil }
        if months.count == 12 { return phrases.on(days: dates) }
        guard dates.count == 1, months.count == 1, let day = dates.first, let month = months.first else { return nil }
        return phrases.on(day: day, month: month)
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}

extension DayRule {
    /// The weekdays, when the field holds nothing but plain ones.
    fileprivate var plainWeekdays: [Int]? {
        lastWeekdays.isEmpty && nthWeekdays.isEmpty && !weekdays.isEmpty ? weekdays.values : nil
    }

    /// The days of the month, when the field holds nothing but plain ones.
    fileprivate var plainDays: [Int]? {
        fromEnd.isEmpty && nearWeekday.isEmpty && !lastBusinessDay && !days.isEmpty ? days.values : nil
    }

    fileprivate var isLastDay: Bool {
        days.isEmpty && nearWeekday.isEmpty && !lastBusinessDay && fromEnd.values == [0]
    }
}
