import Market

/// Candles as lines of text, for files and for standard output.
public enum CandleText {
    /// The header line that ``CandleFileWriter`` writes when asked to, without line break.
    public static var header: String { CandleHeader.line }

    /// Appends one line, line break included, with Binance's twelve kline columns in milliseconds.
    public static func append(_ candle: Candle, interval: Interval, to bytes: inout [UInt8]) {
        append(candle.openTime, to: &bytes)
        for price in [candle.open, candle.high, candle.low, candle.close] { append(price, to: &bytes) }
        append(candle.volume, to: &bytes)
        append(candle.openTime + interval.milliseconds - 1, to: &bytes)
        append(candle.quoteVolume, to: &bytes)
        append(candle.trades, to: &bytes)
        append(candle.takerBuyBase, to: &bytes)
        append(candle.takerBuyQuote, to: &bytes)
        bytes.append(Ascii.zero)
        bytes.append(Ascii.lineFeed)
    }

    private static func append(_ value: Int64, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: value.description.utf8)
        bytes.append(Ascii.comma)
    }

    private static func append(_ value: Double, to bytes: inout [UInt8]) {
        var text = value.description
        if text.hasSuffix(".0") { text.removeLast(2) }
        bytes.append(contentsOf: (text.contains("e") ? plain(text) : text).utf8)
        bytes.append(Ascii.comma)
    }

    /// `1.234e-05` → `0.00001234`: many readers of such files know no exponents. Beyond 22 places they stay.
    private static func plain(_ text: String) -> String {
        let parts = text.split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1]), abs(exponent) <= 22 else { return text }
        let digits = parts[0].filter { $0 != "." }
        if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + digits }
        return digits + String(repeating: "0", count: max(0, exponent + 1 - digits.count))
    }
}
