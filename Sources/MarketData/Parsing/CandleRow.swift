import Market

/// One line in the column order of Binance's public kline dumps.
enum CandleRow {
    /// The candle of `line`, sound as a bar of `interval`.
    @inline(__always)
    static func parse(_ line: UnsafeBufferPointer<UInt8>, interval: Interval) throws(CandleRowFault) -> Candle {
        var fields = FieldScanner(line)
        let openTime = try milliseconds("open_time", fields.integer("open_time"), isExact: true)
        let open = try required("open", &fields, line)
        let high = try required("high", &fields, line)
        let low = try required("low", &fields, line)
        let close = try required("close", &fields, line)
        let volume = try required("volume", &fields, line)
        let closeTime = try milliseconds("close_time", fields.optionalInteger("close_time"), isExact: false)
        let quoteVolume = try fields.optionalDecimal("quote_volume")
        let trades = try fields.optionalInteger("trades")
        let takerBuyBase = try fields.optionalDecimal("taker_buy_base")
        let takerBuyQuote = try fields.optionalDecimal("taker_buy_quote")
        if fields.nextColumn() { fields.skip() }
        guard fields.isAtEnd else { throw .columnCount(columns(of: line)) }

        let candle = Candle(
            openTime: openTime, open: open, high: high, low: low, close: close, volume: volume,
            quoteVolume: quoteVolume,
            trades: trades, takerBuyBase: takerBuyBase, takerBuyQuote: takerBuyQuote)
        if let fault = candle.fault(interval: interval) { throw .candle(fault) }
        // A 1h file read as 15m would pass every other check, with gaps between all bars. 0 is unknown.
        if closeTime != 0, !(openTime..<openTime + interval.milliseconds).contains(closeTime) {
            throw .closeOutsideBar(closeTime: closeTime, openTime: openTime, interval: interval)
        }
        return candle
    }

    @inline(__always)
    private static func required(
        _ column: StaticString, _ fields: inout FieldScanner, _ line: UnsafeBufferPointer<UInt8>
    ) throws(CandleRowFault) -> Double {
        guard fields.nextColumn() else { throw .columnCount(columns(of: line)) }
        return try fields.decimal(column)
    }

    /// Binance's spot dumps are in microseconds from 2025 on; 10¹⁴ ms is the year 5138 and 10¹⁴ µs is 1973.
    @inline(__always)
    private static func milliseconds(
        _ column: StaticString, _ stamp: Int64, isExact: Bool
    ) throws(CandleRowFault) -> Int64 {
        if stamp < Candle.openTimes.upperBound { return stamp }
        let (milliseconds, rest) = stamp.quotientAndRemainder(dividingBy: 1000)
        guard milliseconds < Candle.openTimes.upperBound, !isExact || rest == 0 else {
            throw .unknownTimeUnit(column: "\(column)", value: stamp)
        }
        return milliseconds
    }

    private static func columns(of line: UnsafeBufferPointer<UInt8>) -> Int {
        line.count { $0 == Ascii.comma } + 1
    }
}
