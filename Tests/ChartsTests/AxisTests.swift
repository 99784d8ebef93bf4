import Charts
import Foundation
import Testing

struct AxisTests {
    @Test("number ticks are round and inside the axis")
    func roundNumbers() throws {
        let cases: [(low: Double, high: Double, format: ValueFormat, labels: [String])] = [
            (0, 10, .number, ["0", "2", "4", "6", "8", "10"]),
            (-0.032, 0.112, .signedPercent, ["0%", "+5%", "+10%"]),
            (0.29, 0.31, .percent, ["29.0%", "29.5%", "30.0%", "30.5%", "31.0%"]),
            (2_048, 122_880, .number, ["50k", "100k"]),
            (95_100, 97_400, .number, ["95,500", "96,000", "96,500", "97,000"]),
            (-2.5e6, 2.5e6, .number, ["−2M", "−1M", "0", "1M", "2M"]),
            (-0.0004, 0.0007, .number, ["0.0000", "0.0005"]),
        ]
        for (low, high, format, labels) in cases {
            let span = try #require(Span(covering: [low, high]))
            #expect(Ticks.numbers(in: span, count: 5, format: format).map(\.label) == labels)
        }
    }

    @Test("time ticks are round moments of UTC")
    func roundMoments() throws {
        func labels(_ from: String, _ to: String, _ count: Int) throws -> [String] {
            let ends = try [from, to].map { try Date($0, strategy: .iso8601).timeIntervalSince1970 * 1000 }
            return Ticks.times(in: try #require(Span(covering: ends)), count: count).map(\.label)
        }
        #expect(
            try labels("2024-02-28T22:00:00Z", "2024-02-29T05:00:00Z", 4)
                == ["02-29 00:00", "02-29 03:00"])
        // 2024-11-04 and the others are Mondays.
        #expect(
            try labels("2024-11-01T00:00:00Z", "2024-12-01T00:00:00Z", 5)
                == ["2024-11-04", "2024-11-11", "2024-11-18", "2024-11-25"])
        #expect(
            try labels("2023-11-20T00:00:00Z", "2024-03-05T00:00:00Z", 5)
                == ["2023-12", "2024-01", "2024-02", "2024-03"])
        #expect(try labels("2017-08-17T00:00:00Z", "2024-12-01T00:00:00Z", 5) == ["2018", "2020", "2022", "2024"])
    }

    @Test("single values show three digits")
    func values() {
        #expect(ValueText.value(0.054551, format: .number) == "0.0546")
        #expect(ValueText.value(42_000, format: .number) == "42,000")
        #expect(ValueText.value(1_234_567, format: .number) == "1.23M")
        #expect(ValueText.value(0.0896, format: .signedPercent) == "+8.96%")
        #expect(ValueText.value(-0.00951, format: .signedPercent) == "−0.951%")
        #expect(ValueText.value(-0.5, format: .percent) == "−50.0%")
        #expect(ValueText.value(0, format: .signedPercent) == "0.00%")
    }
}
