#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Ticks {
    private static let minute = 60_000.0
    private static let day = 86_400_000.0
    /// 1970-01-05, from which weeks are counted.
    private static let firstMonday = 4 * day

    /// Round moments of UTC inside `span` (milliseconds), at most `count` of them, written as ISO 8601 does.
    package static func times(in span: Span, count: Int) -> [Tick] {
        // Years 1600…3500: outside, the figures are no moments in time.
        guard span.low > -1.2e13, span.high < 4.8e13 else { return numbers(in: span, count: count, format: .number) }
        let most = Double(max(1, count))
        for minutes in [1.0, 5, 15, 30, 60, 180, 360, 720] where span.length / (minutes * minute) <= most {
            return regular(in: span, step: minutes * minute) { "\($0.monthDay) \($0.time)" }
        }
        for days in [1.0, 2, 7, 14] where span.length / (days * day) <= most {
            return regular(in: span, step: days * day, origin: firstMonday) { $0.date }
        }
        for months in [1, 2, 3, 6] where span.length / (30.4 * day * Double(months)) <= most {
            return calendar(in: span, months: months) { $0.month }
        }
        for years in [1, 2, 5, 10, 20, 50, 100] where span.length / (365 * day * Double(years)) <= most {
            return calendar(in: span, months: years * 12) { $0.year }
        }
        return calendar(in: span, months: 12_000) { $0.year }
    }

    private static func regular(
        in span: Span, step: Double, origin: Double = 0, label: (Moment) -> String
    ) -> [Tick] {
        let first = ((span.low - origin) / step).rounded(.up)
        let last = ((span.high - origin) / step).rounded(.down)
        guard first <= last else { return [] }
        return stride(from: first, through: last, by: 1).map {
            let value = origin + $0 * step
            return Tick(value: value, label: label(Moment(milliseconds: value)))
        }
    }

    private static func calendar(in span: Span, months step: Int, label: (Moment) -> String) -> [Tick] {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let start = calendar.dateComponents([.year, .month], from: Date(timeIntervalSince1970: span.low / 1000))
        guard let year = start.year, let month = start.month else { return [] }
        var ticks: [Tick] = []
        var index = (year * 12 + month - 1) / step * step
        while ticks.count < 100 {
            let components = DateComponents(year: index / 12, month: index % 12 + 1, day: 1)
            guard let date = calendar.date(from: components) else { break }
            let value = date.timeIntervalSince1970 * 1000
            if value > span.high { break }
            if value >= span.low { ticks.append(Tick(value: value, label: label(Moment(milliseconds: value)))) }
            index += step
        }
        return ticks
    }
}

/// The parts of an instant in UTC, as text.
private struct Moment {
    let date: String
    let time: String

    init(milliseconds: Double) {
        let text = Date(timeIntervalSince1970: milliseconds / 1000).formatted(.iso8601)
        date = String(text.prefix(10))
        time = String(text.dropFirst(11).prefix(5))
    }

    var monthDay: String { String(date.dropFirst(5)) }
    var month: String { String(date.prefix(7)) }
    var year: String { String(date.prefix(4)) }
}
