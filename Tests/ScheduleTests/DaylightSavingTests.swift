import Foundation
import Schedule
import Testing

/// Offsets and moments of change from the IANA database: New York −5/−4, changes 2024-03-10 07:00Z and 2024-11-03 06:00Z; Berlin
/// +1/+2, 2025-03-30 01:00Z and 2025-10-26 01:00Z; Lord Howe +10:30/+11, 2024-04-06 15:00Z and 2024-10-05 15:30Z; São Paulo
/// −3/−2, 2018-11-04 03:00Z at midnight; Apia left out 2011-12-30 at 10:00Z; Kolkata always +5:30.
struct DaylightSavingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let zone: String
        let expression: String
        let after: String
        let expected: [String]
        var testDescription: String { "\(expression) in \(zone) after \(after)" }
    }

    @Test(
        "a skipped local time runs once, at the jump",
        arguments: [
            Case(
                zone: "America/New_York", expression: "30 2 * * *", after: "2024-03-09T12:00:00Z",
                expected: ["2024-03-10T07:00:00Z", "2024-03-11T06:30:00Z"]),
            Case(
                zone: "America/New_York", expression: "*/10 2 * * *", after: "2024-03-10T06:00:00Z",
                expected: ["2024-03-10T07:00:00Z", "2024-03-11T06:00:00Z", "2024-03-11T06:10:00Z"]),
            Case(
                zone: "Europe/Berlin", expression: "0 2,3 * * *", after: "2025-03-30T00:00:00Z",
                expected: ["2025-03-30T01:00:00Z", "2025-03-31T00:00:00Z", "2025-03-31T01:00:00Z"]),
            Case(
                zone: "Australia/Lord_Howe", expression: "15 2 * * *", after: "2024-10-05T00:00:00Z",
                expected: ["2024-10-05T15:30:00Z", "2024-10-06T15:15:00Z"]),
            Case(
                zone: "America/Sao_Paulo", expression: "@daily", after: "2018-11-03T12:00:00Z",
                expected: ["2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"]),
            Case(
                zone: "Pacific/Apia", expression: "0 12 * * *", after: "2011-12-29T23:00:00Z",
                expected: ["2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z"]),
        ])
    func skipped(_ item: Case) throws {
        #expect(try runs(item.expected.count, of: item.expression, after: item.after, in: item.zone) == item.expected)
    }

    @Test(
        "a doubled local time runs the first time only",
        arguments: [
            Case(
                zone: "America/New_York", expression: "30 1 * * *", after: "2024-11-02T12:00:00Z",
                expected: ["2024-11-03T05:30:00Z", "2024-11-04T06:30:00Z"]),
            Case(
                zone: "America/New_York", expression: "30 1 * * *", after: "2024-11-03T06:10:00Z",
                expected: ["2024-11-04T06:30:00Z"]),
            Case(
                zone: "America/New_York", expression: "* * 1 * * *", after: "2024-11-03T05:59:58Z",
                expected: ["2024-11-03T05:59:59Z", "2024-11-04T06:00:00Z"]),
            Case(
                zone: "Europe/Berlin", expression: "15 2 * * *", after: "2025-10-25T12:00:00Z",
                expected: ["2025-10-26T00:15:00Z", "2025-10-27T01:15:00Z"]),
            Case(
                zone: "Australia/Lord_Howe", expression: "45 1 * * *", after: "2024-04-06T00:00:00Z",
                expected: ["2024-04-06T14:45:00Z", "2024-04-07T15:15:00Z"]),
        ])
    func doubled(_ item: Case) throws {
        #expect(try runs(item.expected.count, of: item.expression, after: item.after, in: item.zone) == item.expected)
    }

    @Test(
        "a schedule of every hour keeps its pace through a change",
        arguments: [
            Case(
                zone: "America/New_York", expression: "@hourly", after: "2024-03-10T05:30:00Z",
                expected: ["2024-03-10T06:00:00Z", "2024-03-10T07:00:00Z", "2024-03-10T08:00:00Z"]),
            Case(
                zone: "America/New_York", expression: "*/30 * * * *", after: "2024-11-03T05:15:00Z",
                expected: [
                    "2024-11-03T05:30:00Z", "2024-11-03T06:00:00Z", "2024-11-03T06:30:00Z", "2024-11-03T07:00:00Z",
                ]),
            Case(
                zone: "America/New_York", expression: "0 0-23 3 11 *", after: "2024-11-03T04:30:00Z",
                expected: ["2024-11-03T05:00:00Z", "2024-11-03T06:00:00Z", "2024-11-03T07:00:00Z"]),
            Case(
                zone: "Australia/Lord_Howe", expression: "*/15 * * * *", after: "2024-04-06T14:40:00Z",
                expected: [
                    "2024-04-06T14:45:00Z", "2024-04-06T15:00:00Z", "2024-04-06T15:15:00Z", "2024-04-06T15:30:00Z",
                ]),
        ])
    func everyHour(_ item: Case) throws {
        #expect(try runs(item.expected.count, of: item.expression, after: item.after, in: item.zone) == item.expected)
    }

    @Test(
        "other days follow the wall clock of the zone",
        arguments: [
            Case(
                zone: "Asia/Kolkata", expression: "0 9 * * *", after: "2024-06-01T00:00:00Z",
                expected: ["2024-06-01T03:30:00Z", "2024-06-02T03:30:00Z"]),
            Case(
                zone: "Europe/Berlin", expression: "0 */6 * * *", after: "2025-03-29T20:00:00Z",
                expected: [
                    "2025-03-29T23:00:00Z", "2025-03-30T04:00:00Z", "2025-03-30T10:00:00Z", "2025-03-30T16:00:00Z",
                ]),
            Case(
                zone: "Europe/Berlin", expression: "0 9 * * *", after: "2025-03-29T08:00:00Z",
                expected: ["2025-03-30T07:00:00Z", "2025-03-31T07:00:00Z"]),
            Case(
                zone: "America/New_York", expression: "0 * 29 2 *", after: "2024-03-01T06:00:00Z",
                expected: ["2028-02-29T05:00:00Z", "2028-02-29T06:00:00Z"]),
        ])
    func wallClock(_ item: Case) throws {
        #expect(try runs(item.expected.count, of: item.expression, after: item.after, in: item.zone) == item.expected)
    }

    @Test("the last run before a moment is the last of those that next() lists")
    func last() throws {
        for identifier in ["UTC", "America/New_York", "Australia/Lord_Howe"] {
            let zone = try zone(identifier)
            for text in ["*/7 * * * *", "30 2 * * *", "0 */6 * * *", "15 1 * * MON", "*/30 9 0-2 * * *"] {
                let expression = try CronExpression(parsing: text)
                let start = try moment("2024-03-09T00:00:00Z")
                for hours in [0.001, 1, 5, 26, 40, 100] {
                    let end = start.addingTimeInterval(hours * 3600)
                    let listed = expression.next(2_000, after: start, in: zone).last { $0 <= end }
                    #expect(
                        expression.last(notAfter: end, after: start, in: zone) == listed,
                        "\(text) \(identifier) \(hours)")
                }
            }
        }
    }
}
