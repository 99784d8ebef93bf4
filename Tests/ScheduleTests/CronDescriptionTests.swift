import Foundation
import Schedule
import Testing

struct CronDescriptionTests {
    @Test(
        "common schedules are read out in both languages",
        arguments: [
            ("0 */6 * * *", "every 6 hours", "каждые 6 часов"), ("0 */2 * * *", "every 2 hours", "каждые 2 часа"),
            ("@hourly", "every hour", "каждый час"),
            ("5 * * * *", "every hour at minute 5", "каждый час, на 5-й минуте"),
            ("*/15 * * * *", "every 15 minutes", "каждые 15 минут"),
            ("*/2 * * * *", "every 2 minutes", "каждые 2 минуты"),
            ("* * * * *", "every minute", "каждую минуту"), ("*/10 * * * * *", "every 10 seconds", "каждые 10 секунд"),
            ("0 0 * * *", "every day at 00:00", "каждый день в 00:00"),
            ("0 9,21 * * *", "every day at 09:00 and 21:00", "каждый день в 09:00 и 21:00"),
            ("30 8 * * 1-5", "Monday to Friday at 08:30", "с понедельника по пятницу в 08:30"),
            ("0 3 * * 0", "on Sundays at 03:00", "по воскресеньям в 03:00"),
            ("0 3 * * sun,mon", "on Mondays and Sundays at 03:00", "по понедельникам и воскресеньям в 03:00"),
            ("0 0 1,15 * *", "on days 1 and 15 of every month at 00:00", "1-го и 15-го числа каждого месяца в 00:00"),
            ("0 0 L * *", "on the last day of every month at 00:00", "в последний день каждого месяца в 00:00"),
            ("@yearly", "every year on 1 January at 00:00", "каждый год 1 января в 00:00"),
            ("*/7 9-17 * * 1-5", "*/7 9-17 * * 1-5", "*/7 9-17 * * 1-5"), ("0 0 13 * 5", "0 0 13 * 5", "0 0 13 * 5"),
            ("0 0 */2 * 1", "0 0 */2 * 1", "0 0 */2 * 1"),
        ])
    func words(expression: String, english: String, russian: String) throws {
        let parsed = try CronExpression(parsing: expression)
        #expect(parsed.description(in: .english) == english)
        #expect(parsed.description(in: .russian) == russian)
    }

    // The longest of the leap days' is from 2096 to 2104, 2,921 days.
    @Test(
        "the period is the longest distance between neighbouring runs",
        arguments: [
            ("0 */6 * * *", 21_600.0), ("*/15 * * * *", 900.0), ("* * * * * *", 1.0), ("@daily", 86_400.0),
            ("@weekly", 604_800.0),
            ("0 9 * * mon-fri", 259_200.0), ("0 9,10 * * *", 82_800.0), ("*/5 9-17 * * *", 54_300.0),
            ("0 0 1 * *", 2_678_400.0), ("10,50 * * * *", 2_400.0), ("0 0 29 2 *", 252_374_400.0),
        ])
    func period(expression: String, seconds: Double) throws {
        #expect(try CronExpression(parsing: expression).period(around: moment("2024-03-10T00:00:00Z")) == seconds)
    }
}
