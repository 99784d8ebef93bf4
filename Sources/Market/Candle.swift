/// One closed bar of a market.
///
/// Prices are in the quote currency, `volume` in the base currency. Figures a source does not carry are 0, which means
/// *unknown*, not *none*; Binance's own dumps do the same.
public struct Candle: Sendable, Hashable, Codable {
    /// UTC milliseconds, on the grid of the series' interval.
    public var openTime: Int64
    public var open: Double
    public var high: Double
    public var low: Double
    public var close: Double
    public var volume: Double
    public var quoteVolume: Double
    public var trades: Int64
    public var takerBuyBase: Double
    public var takerBuyQuote: Double

    public init(
        openTime: Int64, open: Double, high: Double, low: Double, close: Double, volume: Double,
        quoteVolume: Double = 0, trades: Int64 = 0, takerBuyBase: Double = 0, takerBuyQuote: Double = 0
    ) {
        self.openTime = openTime
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
        self.quoteVolume = quoteVolume
        self.trades = trades
        self.takerBuyBase = takerBuyBase
        self.takerBuyQuote = takerBuyQuote
    }
}

/// What is wrong with a candle, in words for the person who supplied it.
public enum CandleFault: Error, Sendable, Hashable, CustomStringConvertible {
    case notFinite(field: String)
    case notPositive(field: String, value: Double)
    case negative(field: String, value: Double)
    case lowAboveHigh(low: Double, high: Double)
    case outsideRange(field: String, value: Double, low: Double, high: Double)
    case offGrid(openTime: Int64, interval: Interval)
    case timeOutOfRange(openTime: Int64)

    public var description: String {
        switch self {
        case .notFinite(let field): "\(field) is not a finite number"
        case .notPositive(let field, let value): "\(field) is \(value), but prices are above zero"
        case .negative(let field, let value): "\(field) is \(value), but cannot be negative"
        case .lowAboveHigh(let low, let high): "low \(low) is above high \(high)"
        case .outsideRange(let field, let value, let low, let high):
            "\(field) \(value) lies outside low \(low) … high \(high)"
        case .offGrid(let time, let interval): "open time \(time) is not on the \(interval) grid"
        case .timeOutOfRange(let time): "open time \(time) is not a UTC time in milliseconds"
        }
    }
}

extension Candle {
    /// Open times a candle may have: 1970 to the year 5138, so that a time in microseconds is never taken for one.
    public static let openTimes: Range<Int64> = 0..<100_000_000_000_000

    /// The first thing wrong with this candle as a bar of `interval`, or nil.
    public func fault(interval: Interval) -> CandleFault? {
        isSound(interval: interval) ? nil : firstFault(interval: interval)
    }

    /// All of ``fault(interval:)`` as one expression: imports ask this of millions of rows. A NaN fails every comparison.
    @inline(__always)
    private func isSound(interval: Interval) -> Bool {
        let largest = Double.greatestFiniteMagnitude
        return low > 0 && low <= open && low <= close && open <= high && close <= high && high <= largest
            && volume >= 0 && volume <= largest && quoteVolume >= 0 && quoteVolume <= largest
            && takerBuyBase >= 0 && takerBuyBase <= largest && takerBuyQuote >= 0 && takerBuyQuote <= largest
            && trades >= 0 && Self.openTimes.contains(openTime) && openTime.isMultiple(of: interval.milliseconds)
    }

    private func firstFault(interval: Interval) -> CandleFault? {
        for (field, value) in [("open", open), ("high", high), ("low", low), ("close", close)] {
            if !value.isFinite { return .notFinite(field: field) }
            if value <= 0 { return .notPositive(field: field, value: value) }
        }
        for (field, value) in [
            ("volume", volume), ("quote_volume", quoteVolume), ("taker_buy_base", takerBuyBase),
            ("taker_buy_quote", takerBuyQuote), ("trades", Double(trades)),
        ] {
            if !value.isFinite { return .notFinite(field: field) }
            if value < 0 { return .negative(field: field, value: value) }
        }
        if low > high { return .lowAboveHigh(low: low, high: high) }
        if open < low || open > high { return .outsideRange(field: "open", value: open, low: low, high: high) }
        if close < low || close > high { return .outsideRange(field: "close", value: close, low: low, high: high) }
        if !Self.openTimes.contains(openTime) { return .timeOutOfRange(openTime: openTime) }
        if !openTime.isMultiple(of: interval.milliseconds) { return .offGrid(openTime: openTime, interval: interval) }
        return nil
    }
}
