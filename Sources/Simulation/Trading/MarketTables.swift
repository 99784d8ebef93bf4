import Market

/// Everything a simulated trader sees or earns of one series, computed once from its candles.
///
/// Per bar `t` there is
/// - its return, a `Float`, in an array of its own, so that the window of 32 returns is one contiguous copy;
/// - a row of `stride` floats: the layout's features, then the *growth* of each exposure, then 1/σ (1 in candle-v1),
///   then padding to a multiple of 16, so that candle-v1 reads one cache line a step;
/// - its prices as `Double`, for fills and bookkeeping.
///
/// The growth of an exposure is the change of log equity, × 100, from the close of `t` to the close of `t + 1`; with x
/// = c[t+1]/c[t] − 1: flat 0, long 100 ln max(1 + x, 10⁻⁶), short 100 ln max(1 − x, 10⁻⁶). A position keeps a constant
/// exposure of ±1 of the equity. Growth is what the *next* bar pays; it is never part of an observation. All inputs of
/// bar `t` depend on bars up to and including `t` only.
///
/// Missing bars (exchange outages) are walked over: the return across a gap is that of a single bar.
public final class MarketTables: @unchecked Sendable {
    // Sendable: the memory is written in `init` and never again.
    public let symbol: Symbol
    public let interval: Interval
    public let isSynthetic: Bool
    public let layout: ObservationLayout
    public let count: Int
    /// UTC milliseconds.
    public let openTimes: [Int64]

    let kind: LayoutKind
    let returns: UnsafeMutablePointer<Float>
    let rows: UnsafeMutablePointer<Float>
    let prices: UnsafeMutablePointer<BarPrices>

    /// The bars on which a decision can be taken: those with enough history behind them. The last one can be decided
    /// on, but has no following bar to earn from.
    public var usableBars: Range<Int> { min(kind.firstBar, count)..<count }

    /// Candles needed for one observation of `layout`.
    public static func historyNeeded(_ layout: ObservationLayout) -> Int { layout.history }

    /// Computes the tables. `series` needs at least ``ObservationLayout/history`` candles.
    ///
    /// - Throws: ``MarketTablesError`` for candles that are not finite, not positive, inconsistent or out of order, a
    ///   series that never moves, too few candles or a layout this build does not know.
    public convenience init(_ series: CandleSeries, layout: ObservationLayout = .trading1) throws(MarketTablesError) {
        try self.init(
            candles: series.candles, symbol: series.symbol, interval: series.interval, isSynthetic: series.isSynthetic,
            layout: layout)
    }

    init(
        candles: [Candle], symbol: Symbol, interval: Interval, isSynthetic: Bool, layout: ObservationLayout
    ) throws(MarketTablesError) {
        guard let kind = LayoutKind(layout) else { throw .unknownLayout(version: layout.version) }
        try Self.check(candles, symbol: symbol, interval: interval, needed: kind.firstBar + 1)
        self.symbol = symbol
        self.interval = interval
        self.isSynthetic = isSynthetic
        self.layout = layout
        self.kind = kind
        count = candles.count
        openTimes = candles.map(\.openTime)
        returns = .zeros(candles.count)
        rows = .zeros(candles.count * kind.stride)
        prices = .allocate(capacity: candles.count)
        for (index, candle) in candles.enumerated() {
            (prices + index).initialize(
                to: BarPrices(open: candle.open, high: candle.high, low: candle.low, close: candle.close))
        }
        switch kind {
        case .candleV1: fillCandleV1(candles)
        case .trading1: fillTrading1(candles)
        }
        fillGrowth()
    }

    deinit {
        returns.deallocate()
        rows.deallocate()
        prices.deallocate()
    }

    private static func check(
        _ candles: [Candle], symbol: Symbol, interval: Interval, needed: Int
    ) throws(MarketTablesError) {
        guard candles.count >= needed else {
            throw .tooFewCandles(symbol: symbol, count: candles.count, needed: needed)
        }
        var previous = Int64.min
        var moves = false
        for (index, candle) in candles.enumerated() {
            if let fault = candle.tradingFault {
                throw .badCandle(symbol: symbol, index: index, openTime: candle.openTime, fault: fault)
            }
            guard candle.openTime > previous else {
                throw .outOfOrder(symbol: symbol, index: index, openTime: candle.openTime)
            }
            previous = candle.openTime
            moves = moves || candle.close != candles[0].close
        }
        guard moves else { throw .constant(symbol: symbol, count: candles.count) }
    }

    private func fillGrowth() {
        let growthOffset = kind.features
        for bar in 0..<count - 1 {
            let growth = rows + bar * kind.stride + growthOffset
            growth[1] = Float(Growth.long(from: prices[bar].close, to: prices[bar + 1].close))
            growth[2] = Float(Growth.short(from: prices[bar].close, to: prices[bar + 1].close))
        }
    }
}

/// Open, high, low and close of a bar.
struct BarPrices: Sendable, Hashable {
    let open: Double
    let high: Double
    let low: Double
    let close: Double
}

extension Candle {
    /// As `fault(interval:)`, without the grid, and in one pass cheap enough for millions of bars.
    fileprivate var tradingFault: CandleFault? {
        let sound =
            low > 0 && low <= open && low <= close && high >= open && high >= close && high < .infinity && volume >= 0
            && volume < .infinity
        if sound { return nil }
        for (field, value) in [("open", open), ("high", high), ("low", low), ("close", close), ("volume", volume)] {
            if !value.isFinite { return .notFinite(field: field) }
            if field == "volume" {
                if value < 0 { return .negative(field: field, value: value) }
            } else if value <= 0 {
                return .notPositive(field: field, value: value)
            }
        }
        if low > high { return .lowAboveHigh(low: low, high: high) }
        if open < low || open > high { return .outsideRange(field: "open", value: open, low: low, high: high) }
        return .outsideRange(field: "close", value: close, low: low, high: high)
    }
}

extension UnsafeMutablePointer<Float> {
    /// `count` zeros, aligned to a cache line.
    static func zeros(_ count: Int) -> UnsafeMutablePointer<Float> {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
        let floats = memory.bindMemory(to: Float.self, capacity: count)
        floats.initialize(repeating: 0, count: count)
        return floats
    }
}
