/// The length of a candle, written as Binance writes it (`15m`, `1h`, `1d`).
public enum Interval: String, Sendable, Codable, CaseIterable, CustomStringConvertible {
    case oneMinute = "1m"
    case threeMinutes = "3m"
    case fiveMinutes = "5m"
    case fifteenMinutes = "15m"
    case thirtyMinutes = "30m"
    case oneHour = "1h"
    case twoHours = "2h"
    case fourHours = "4h"
    case sixHours = "6h"
    case eightHours = "8h"
    case twelveHours = "12h"
    case oneDay = "1d"

    public var milliseconds: Int64 {
        switch self {
        case .oneMinute: 60_000
        case .threeMinutes: 180_000
        case .fiveMinutes: 300_000
        case .fifteenMinutes: 900_000
        case .thirtyMinutes: 1_800_000
        case .oneHour: 3_600_000
        case .twoHours: 7_200_000
        case .fourHours: 14_400_000
        case .sixHours: 21_600_000
        case .eightHours: 28_800_000
        case .twelveHours: 43_200_000
        case .oneDay: 86_400_000
        }
    }

    /// Bars in a UTC day.
    public var barsPerDay: Int { Int(86_400_000 / milliseconds) }

    /// Bars in a year of 365 days; crypto markets never close.
    public var barsPerYear: Double { 365 * Double(barsPerDay) }

    /// The open time of the bar that contains `time` (UTC milliseconds). Wraps only within a bar of `Int64.min`.
    public func floor(_ time: Int64) -> Int64 {
        let remainder = time % milliseconds
        return time &- (remainder < 0 ? remainder + milliseconds : remainder)
    }

    public var description: String { rawValue }
}
