/// The five fields of a cron expression and the optional leading one, in the order they are written.
public enum CronField: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case second
    case minute
    case hour
    case dayOfMonth = "day-of-month"
    case month
    case dayOfWeek = "day-of-week"

    /// Values the field accepts; day of the week is 0…7 with Sunday as 0 and as 7.
    public var range: ClosedRange<Int> {
        switch self {
        case .second, .minute: 0...59
        case .hour: 0...23
        case .dayOfMonth: 1...31
        case .month: 1...12
        case .dayOfWeek: 0...7
        }
    }

    public var description: String { rawValue }

    /// What may stand in the field, and an example.
    var allowed: String {
        switch self {
        case .second: #"0–59, "*", lists, ranges and steps; for example "0" or "*/10""#
        case .minute: #"0–59, "*", lists, ranges and steps; for example "0" or "*/15""#
        case .hour: #"0–23, "*", lists, ranges and steps; for example "9-17" or "*/6""#
        case .dayOfMonth:
            #"1–31, "*", "?", lists, ranges, steps, "L" (last day), "L-3" (third before it), "15W" (nearest weekday); "#
                + #"for example "1,15""#
        case .month: #"1–12 or JAN–DEC, "*", lists, ranges and steps; for example "1-3" or "JAN,JUL""#
        case .dayOfWeek:
            #"0–7 (0 and 7 are Sunday) or SUN–SAT, "*", "?", lists, ranges, steps, "5L" (last Friday), "#
                + #""1#2" (second Monday); for example "MON-FRI""#
        }
    }
}

/// Why a cron expression is refused, for the person who wrote it.
public enum CronError: Error, Sendable, Hashable, CustomStringConvertible {
    case empty
    /// `count` fields were found where 5 or 6 belong.
    case fieldCount(expression: String, count: Int)
    case unknownMacro(String)
    /// `@every` with a span that cannot be laid evenly over a day.
    case unevenEvery(String)
    /// `item` is the part of the field `text` that is wrong.
    case field(CronField, text: String, item: String, problem: String)
    /// The fields are valid one by one, but no date satisfies them all.
    case neverRuns(expression: String, reason: String)

    public var description: String {
        switch self {
        case .empty:
            #"the schedule is empty; write five fields (minute hour day-of-month month day-of-week), for example "0 */6 * * *""#
        case .fieldCount(let expression, let count):
            #"the schedule "\#(expression)" has \#(count) field\#(count == 1 ? "" : "s"); write five (minute hour day-of-month month "#
                + #"day-of-week), or six with seconds first, for example "0 */6 * * *""#
        case .unknownMacro(let text):
            #""\#(text)" is not a known schedule; known are \#(CronMacro.names.joined(separator: ", ")) and "@every 6h""#
        case .unevenEvery(let text):
            #""\#(text)" cannot be kept at the same times every day; use a number of seconds, minutes or hours that divides a "#
                + #"minute, an hour or a day, for example "@every 15m" or "@every 6h""#
        case .field(let field, let text, let item, let problem):
            #"the \#(field) field "\#(text)" is refused: \#(item.isEmpty ? "" : "\"\(item)\" ")\#(problem); allowed: \#(field.allowed)"#
        case .neverRuns(let expression, let reason):
            #"the schedule "\#(expression)" would never run: \#(reason); choose a date that exists, for example "0 0 28 2 *" or "0 0 L * *""#
        }
    }
}
