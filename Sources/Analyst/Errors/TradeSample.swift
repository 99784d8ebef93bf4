import Market

/// One closed trade as the error analysis sees it.
public struct TradeSample: Sendable, Hashable {
    public var netReturn: Double
    public var symbol: String
    /// UTC milliseconds.
    public var entryTime: Int64
    public var bars: Int
    public var exitReason: String
    /// Lead of the chosen action over the next at entry, 0…1; nil when unknown.
    public var margin: Double?
    /// Trend at entry: `up`, `sideways`, `down`; nil without candles.
    public var regime: String?

    public init(
        netReturn: Double, symbol: String, entryTime: Int64, bars: Int, exitReason: String, margin: Double?,
        regime: String?
    ) {
        self.netReturn = netReturn
        self.symbol = symbol
        self.entryTime = entryTime
        self.bars = bars
        self.exitReason = exitReason
        self.margin = margin
        self.regime = regime
    }

    /// The trend at the last bar closed until `time`; nil without enough candles before.
    public static func regime(_ series: CandleSeries, at time: Int64) -> String? {
        let length = series.interval.milliseconds
        var low = 0
        var high = series.candles.count
        while low < high {
            let middle = (low + high) / 2
            if series.candles[middle].openTime + length <= time { low = middle + 1 } else { high = middle }
        }
        return Regime(series.candles, at: low - 1)?.trend.rawValue
    }
}

/// What trades are grouped by.
public enum ErrorFactor: String, Sendable, Hashable, Codable, CaseIterable {
    case hour, weekday, regime, symbol, holding, exit, confidence

    /// The group a trade belongs to; nil when it cannot be said.
    func level(_ trade: TradeSample) -> String? {
        switch self {
        case .hour: String(format(hour(trade.entryTime)))
        // 1970-01-01 was a Thursday.
        case .weekday: Self.weekdays[Int((day(trade.entryTime) + 3) % 7)]
        case .regime: trade.regime
        case .symbol: trade.symbol
        case .holding: Self.bucket(trade.bars)
        case .exit: trade.exitReason
        case .confidence: trade.margin.map { $0 < 0.1 ? "unsure" : ($0 < 0.3 ? "fair" : "sure") }
        }
    }

    static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    private static func bucket(_ bars: Int) -> String {
        switch bars {
        case ...2: "1–2"
        case ...8: "3–8"
        case ...32: "9–32"
        default: "33+"
        }
    }

    private func day(_ time: Int64) -> Int64 { max(0, time) / 86_400_000 }
    private func hour(_ time: Int64) -> Int { Int(max(0, time) % 86_400_000 / 3_600_000) }
    private func format(_ hour: Int) -> String { hour < 10 ? "0\(hour)" : "\(hour)" }
}
