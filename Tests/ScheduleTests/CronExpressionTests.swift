import Foundation
import Schedule
import Testing

struct CronExpressionTests {
    /// Expected values: croniter 7.0.0 (Python) from 2024-01-17 10:07:33 UTC; `5L` is written `L5` there.
    @Test(
        "runs are those that croniter finds",
        arguments: [
            ("*/15 * * * *", ["01-17T10:15", "01-17T10:30", "01-17T10:45", "01-17T11:00"]),
            ("0 */6 * * *", ["01-17T12:00", "01-17T18:00", "01-18T00:00", "01-18T06:00"]),
            ("5 4 * * sun", ["01-21T04:05", "01-28T04:05", "02-04T04:05", "02-11T04:05"]),
            ("0 22 * * 1-5", ["01-17T22:00", "01-18T22:00", "01-19T22:00", "01-22T22:00"]),
            ("23 0-20/2 * * *", ["01-17T10:23", "01-17T12:23", "01-17T14:23", "01-17T16:23"]),
            ("0 0,12 1 */2 *", ["03-01T00:00", "03-01T12:00", "05-01T00:00", "05-01T12:00"]),
            ("0 4 8-14 * *", ["02-08T04:00", "02-09T04:00", "02-10T04:00", "02-11T04:00"]),
            (
                "0 0 1,15 * 3",
                ["01-24T00:00", "01-31T00:00", "02-01T00:00", "02-07T00:00", "02-14T00:00", "02-15T00:00"]
            ),
            ("15 14 1 * *", ["02-01T14:15", "03-01T14:15", "04-01T14:15", "05-01T14:15"]),
            ("0 0 L * *", ["01-31T00:00", "02-29T00:00", "03-31T00:00", "04-30T00:00"]),
            ("30 8 * * mon#1", ["02-05T08:30", "03-04T08:30", "04-01T08:30", "05-06T08:30"]),
            ("0 12 * * 5L", ["01-26T12:00", "02-23T12:00", "03-29T12:00", "04-26T12:00"]),
            ("10 2 31 * *", ["01-31T02:10", "03-31T02:10", "05-31T02:10", "07-31T02:10"]),
            ("0 9-17/4 * jan-mar mon-fri", ["01-17T13:00", "01-17T17:00", "01-18T09:00", "01-18T13:00"]),
            ("59 23 31 12 5", ["12-06T23:59", "12-13T23:59", "12-20T23:59", "12-27T23:59", "12-31T23:59"]),
            ("0 0 13 * 5", ["01-19T00:00", "01-26T00:00", "02-02T00:00", "02-09T00:00", "02-13T00:00"]),
            ("45 6 1-7 * 1", ["01-22T06:45", "01-29T06:45", "02-01T06:45", "02-02T06:45"]),
        ])
    func table(expression: String, expected: [String]) throws {
        let found = try runs(expected.count, of: expression, after: "2024-01-17T10:07:33Z")
        #expect(found == expected.map { "2024-\($0):00Z" })
    }

    /// Worked out on a calendar: 2024-02-29 is a Thursday, 2024-06-15 a Saturday, 2024-06-30 a Sunday, 2024-09-01 a Sunday.
    @Test(
        "days counted from the end, nearest weekdays and seconds",
        arguments: [
            ("0 0 L-3 2 *", "2024-01-01T00:00:00Z", "2024-02-26T00:00:00Z"),
            ("0 0 L-30 * *", "2024-01-01T12:00:00Z", "2024-03-01T00:00:00Z"),
            ("0 0 15W 6 *", "2024-01-01T00:00:00Z", "2024-06-14T00:00:00Z"),
            ("0 0 LW 6 ?", "2024-01-01T00:00:00Z", "2024-06-28T00:00:00Z"),
            ("0 0 1W 9 *", "2024-01-01T00:00:00Z", "2024-09-02T00:00:00Z"),
            ("0 0 ? * FRI#5", "2024-01-01T00:00:00Z", "2024-03-29T00:00:00Z"),
            ("0 0 29 2 *", "2024-03-01T00:00:00Z", "2028-02-29T00:00:00Z"),
            ("0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z"),
            ("*/20 59 23 * * *", "2024-01-01T23:59:40Z", "2024-01-02T23:59:00Z"),
            ("10 0 0 1 1 *", "2024-01-01T00:00:09Z", "2024-01-01T00:00:10Z"),
            ("5/20 0 * * *", "2024-01-01T00:25:00Z", "2024-01-01T00:45:00Z"),
        ])
    func marks(expression: String, after: String, expected: String) throws {
        #expect(try runs(1, of: expression, after: after) == [expected])
    }

    @Test(
        "short forms stand for their fields",
        arguments: [
            ("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@midnight", "0 0 * * *"), ("@weekly", "0 0 * * 0"),
            ("@monthly", "0 0 1 * *"), ("@yearly", "0 0 1 1 *"), ("@Annually", "0 0 1 1 *"),
            ("@every 15m", "*/15 * * * *"), ("@every 6h", "0 */6 * * *"), ("@every 1d", "0 0 * * *"),
            ("@every 30s", "*/30 * * * * *"), ("0 0 * * 7", "0 0 * * 0"), ("0 0 * * FRI-SUN", "0 0 * * 0,5,6"),
            ("0 0 * * 5-7", "0 0 * * 0,5,6"), ("  0   0\t* * ? ", "0 0 * * *"), ("0 0 0 * * *", "0 0 * * *"),
        ])
    func equivalent(short: String, long: String) throws {
        let start = "2024-02-27T22:10:05Z"
        #expect(try runs(40, of: short, after: start) == runs(40, of: long, after: start))
    }

    @Test("a day field with a star narrows the other, as crontab(5) has it")
    func starNarrows() throws {
        // Mondays with an odd date in January 2024.
        #expect(
            try runs(3, of: "0 0 */2 * 1", after: "2023-12-31T12:00:00Z")
                == ["2024-01-01T00:00:00Z", "2024-01-15T00:00:00Z", "2024-01-29T00:00:00Z"])
    }

    @Test(
        "a bad expression is refused with the field, the text and an example",
        arguments: [
            ("", "empty", "0 */6 * * *"), ("* * * *", "4 fields", "five"), ("0 0 0 1 1 * 2024", "7 fields", "six"),
            ("61 * * * *", "minute", "61"), ("* 24 * * *", "hour", "24"), ("* * 0 * *", "day-of-month", "1–31"),
            ("* * * 13 *", "month", "JAN"), ("* * * * 8", "day-of-week", "MON-FRI"),
            ("*/0 * * * *", "minute", "step 0"),
            ("*/90 * * * *", "minute", "step 90"), ("5-1 * * * *", "minute", "5-59,0-1"),
            ("1,,2 * * * *", "minute", "empty"),
            ("1- * * * *", "minute", "missing"), ("a * * * *", "minute", "a"), ("-1 * * * *", "minute", "missing"),
            ("+1 * * * *", "minute", "+1"), ("٣ * * * *", "minute", "٣"), ("1.5 * * * *", "minute", "1.5"),
            ("99999999999999999999 * * * *", "minute", "0–59"), ("? * * * *", "minute", "?"),
            ("0 0 L-31 * *", "day-of-month", "1–30"), ("0 0 32W * *", "day-of-month", "32"),
            ("0 0 * * 1#6", "day-of-week", "1–5"), ("0 0 * * L", "day-of-week", "5L"),
            ("0 0 * * monday", "day-of-week", "monday"),
            ("*/2/3 * * * *", "minute", "2/3"), ("@reboot", "@reboot", "@hourly"),
            ("@every 7h", "@every 7h", "@every 6h"),
            ("@every", "@every", "@every 6h"), ("60 * * * * *", "second", "60"),
        ])
    func refused(expression: String, names: String, says: String) throws {
        let error = #expect(throws: CronError.self) { try CronExpression(parsing: expression) }
        let text = try #require(error).description
        #expect(text.contains(names) && text.contains(says), "\(text)")
    }

    @Test(
        "dates that never come are refused when read", arguments: ["0 0 30 2 *", "0 0 31 2,4,6,9,11 *", "0 0 L-29 2 *"])
    func never(expression: String) throws {
        let error = #expect(throws: CronError.self) { try CronExpression(parsing: expression) }
        guard case .neverRuns = try #require(error) else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("times at the end of the calendar end the schedule instead of the program")
    func farTimes() throws {
        let hourly = try CronExpression(parsing: "@hourly")
        for seconds in [Double.infinity, 1e300, 253_402_300_799] {
            #expect(hourly.next(after: Date(timeIntervalSince1970: seconds), in: .gmt) == nil)
        }
        let firstHour = Date(timeIntervalSince1970: -62_135_593_200)
        for seconds in [-Double.infinity, -1e300, Date.distantPast.timeIntervalSince1970] {
            #expect(hourly.next(after: Date(timeIntervalSince1970: seconds), in: .gmt) == firstHour)
        }
    }

    @Test("any text is read or refused, and what is read runs after the moment asked for")
    func anyText() throws {
        let parts = [
            "*", "?", "0", "7", "31", "L", "W", "#", "-", "/", ",", "2", "jan", "SUN", "5L", " ", "@", "é", "\u{0}",
        ]
        let start = try moment("2024-02-28T23:59:59Z")
        let berlin = try zone("Europe/Berlin")
        for _ in 0..<3000 {
            let fields = (0..<Int.random(in: 4...6)).map { _ in
                (0..<Int.random(in: 1...3)).compactMap { _ in parts.randomElement() }.joined()
            }
            let text = fields.joined(separator: " ")
            guard let expression = try? CronExpression(parsing: text) else { continue }  // refusal is an answer, too
            let run = try #require(expression.next(after: start, in: berlin), "\(text)")
            #expect(run > start, "\(text)")
            #expect(expression.period(around: start) > 0, "\(text)")
        }
    }

    @Test("an expression is coded as its text")
    func coded() throws {
        let expression = try CronExpression(parsing: "0 */6 * * *")
        let json = try JSONEncoder().encode([expression])
        #expect(try JSONDecoder().decode([String].self, from: json) == ["0 */6 * * *"])
        #expect(try JSONDecoder().decode([CronExpression].self, from: json) == [expression])
        #expect(throws: CronError.self) {
            try JSONDecoder().decode([CronExpression].self, from: Data(#"["nope"]"#.utf8))
        }
    }
}
