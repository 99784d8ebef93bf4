/// A cron expression: when something repeats, on the wall clock of some time zone.
///
/// Five fields, minute hour day-of-month month day-of-week, or six with seconds first. A field holds `*`, numbers, ranges
/// (`9-17`), lists (`1,15`) and steps (`*/6`, `10-50/20`, `5/15` = from 5 to the end); months and weekdays also go by
/// English name (`JAN`, `mon-fri`). Sunday is 0 and 7. Days of the month know `L` (last day), `L-3` (third before it),
/// `15W` (weekday nearest the 15th) and `LW`; days of the week `5L` (last Friday) and `1#2` (second Monday); `?` is `*`
/// in either. `@hourly @daily @weekly @monthly @yearly` and `@every 6h` are short forms.
///
/// When both day fields are restricted, a day that fits *either* is meant; a field that begins with `*` (also `*/2`) does not
/// restrict in this sense, and then both must fit: the rule of crontab(5).
public struct CronExpression: Sendable, Hashable, CustomStringConvertible {
    /// The expression as it was written, spaces trimmed.
    public let text: String

    let seconds: CronSet
    let minutes: CronSet
    let hours: CronSet
    let months: CronSet
    let days: DayRule

    /// - Throws: ``CronError`` with the field, what is wrong there and an example; also for a date that never comes (30 February).
    public init(parsing text: String) throws(CronError) {
        let trimmed = Self.words(text).joined(separator: " ")
        guard !trimmed.isEmpty else { throw .empty }
        let expanded = trimmed.hasPrefix("@") ? try CronMacro.expand(trimmed) : trimmed
        var fields = Self.words(expanded)
        guard fields.count == 5 || fields.count == 6 else {
            throw .fieldCount(expression: trimmed, count: fields.count)
        }
        if fields.count == 5 { fields.insert("0", at: 0) }

        self.text = trimmed
        seconds = try CronFieldParser(.second, fields[0]).values()
        minutes = try CronFieldParser(.minute, fields[1]).values()
        hours = try CronFieldParser(.hour, fields[2]).values()
        months = try CronFieldParser(.month, fields[4]).values()
        days = try DayRule(dayOfMonth: fields[3], dayOfWeek: fields[5])

        // The calendar repeats after 400 years: what does not come within them never comes.
        if nextLocal(from: 946_684_800) == nil {
            let weekdays = days.anyWeekday ? "" : #" and day-of-week "\#(fields[5])""#
            throw .neverRuns(
                expression: trimmed,
                reason: #"no date fits day-of-month "\#(fields[3])", month "\#(fields[4])"\#(weekdays)"#)
        }
    }

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    public var description: String { text }

    /// Every hour of the day is selected: such a schedule follows real time through a change of clocks.
    var runsEveryHour: Bool { hours.count == 24 }
}

extension CronExpression: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        try self.init(parsing: text)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
