import Foundation
import Schedule
import Testing

func moment(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

func zone(_ identifier: String) throws -> TimeZone { try #require(TimeZone(identifier: identifier)) }

func runs(_ count: Int, of expression: String, after: String, in identifier: String = "UTC") throws -> [String] {
    try CronExpression(parsing: expression).next(count, after: moment(after), in: zone(identifier))
        .map { $0.formatted(.iso8601) }
}
