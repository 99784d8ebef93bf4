import Market

/// What the name of a dump file says: `BTCUSDT-15m-2024-08.zip` holds 15-minute candles of BTCUSDT.
public struct CandleFileName: Sendable, Hashable {
    public let symbol: Symbol
    public let interval: Interval

    /// Nil unless the last path component begins with `SYMBOL-INTERVAL`, followed by `-`, `.` or nothing.
    public init?(path: String) {
        let name = path.split(separator: "/").last ?? ""
        let parts = name.split(maxSplits: 2, omittingEmptySubsequences: false) { $0 == "-" || $0 == "." }
        guard parts.count >= 2, let symbol = Symbol(rawValue: String(parts[0])),
            let interval = Interval(rawValue: String(parts[1]))
        else { return nil }
        self.symbol = symbol
        self.interval = interval
    }
}
