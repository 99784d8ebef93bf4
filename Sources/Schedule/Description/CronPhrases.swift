enum CronUnit {
    case second, minute, hour
}

/// The phrases a schedule is read out with, one set a language.
protocol CronPhrases {
    var everyDay: String { get }
    var lastDayOfMonth: String { get }
    func every(_ count: Int, _ unit: CronUnit) -> String
    /// Follows ``every(_:_:)`` of hours.
    func atMinute(_ minute: Int) -> String
    func at(_ times: [String]) -> String
    func on(weekdays: [Int]) -> String
    func on(days: [Int]) -> String
    func on(day: Int, month: Int) -> String
}

extension CronPhrases {
    func list(_ items: [String], and word: String) -> String {
        guard let last = items.last, items.count > 1 else { return items.first ?? "" }
        return items.dropLast().joined(separator: ", ") + " \(word) " + last
    }
}

struct EnglishCronPhrases: CronPhrases {
    private static let weekdays = ["Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays"]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    var everyDay: String { "every day" }
    var lastDayOfMonth: String { "on the last day of every month" }

    func every(_ count: Int, _ unit: CronUnit) -> String {
        count == 1 ? "every \(unit)" : "every \(count) \(unit)s"
    }

    func atMinute(_ minute: Int) -> String { " at minute \(minute)" }
    func at(_ times: [String]) -> String { " at " + list(times, and: "and") }

    func on(weekdays: [Int]) -> String {
        switch weekdays {
        case [1, 2, 3, 4, 5]: "Monday to Friday"
        case [0, 6]: "on Saturdays and Sundays"
        default: "on " + list(Self.mondayFirst(weekdays).map { Self.weekdays[$0] }, and: "and")
        }
    }

    func on(days: [Int]) -> String {
        "on day\(days.count == 1 ? "" : "s") \(list(days.map(String.init), and: "and")) of every month"
    }

    func on(day: Int, month: Int) -> String { "every year on \(day) \(Self.months[month - 1])" }

    static func mondayFirst(_ weekdays: [Int]) -> [Int] { weekdays.filter { $0 > 0 } + weekdays.filter { $0 == 0 } }
}

struct RussianCronPhrases: CronPhrases {
    private static let weekdays = [
        "воскресеньям", "понедельникам", "вторникам", "средам", "четвергам", "пятницам", "субботам",
    ]
    private static let months = [
        "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
        "декабря",
    ]

    var everyDay: String { "каждый день" }
    var lastDayOfMonth: String { "в последний день каждого месяца" }

    func every(_ count: Int, _ unit: CronUnit) -> String {
        let (one, singular, few, many) =
            switch unit {
            case .second: ("каждую", "секунду", "секунды", "секунд")
            case .minute: ("каждую", "минуту", "минуты", "минут")
            case .hour: ("каждый", "час", "часа", "часов")
            }
        if count == 1 { return "\(one) \(singular)" }
        let noun =
            switch (count % 10, count % 100) {
            case (_, 11...14): many
            case (1, _): singular
            case (2...4, _): few
            default: many
            }
        return "каждые \(count) \(noun)"
    }

    func atMinute(_ minute: Int) -> String { ", на \(minute)-й минуте" }
    func at(_ times: [String]) -> String { " в " + list(times, and: "и") }

    func on(weekdays: [Int]) -> String {
        switch weekdays {
        case [1, 2, 3, 4, 5]: "с понедельника по пятницу"
        case [0, 6]: "по субботам и воскресеньям"
        default: "по " + list(EnglishCronPhrases.mondayFirst(weekdays).map { Self.weekdays[$0] }, and: "и")
        }
    }

    func on(days: [Int]) -> String { list(days.map { "\($0)-го" }, and: "и") + " числа каждого месяца" }
    func on(day: Int, month: Int) -> String { "каждый год \(day) \(Self.months[month - 1])" }
}
