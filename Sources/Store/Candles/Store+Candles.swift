import Market

/// Each of these is one transaction of its own: all or nothing, also when the process is killed half-way.
extension Store {
    /// See ``Transaction/insertCandles(_:symbol:interval:isSynthetic:)``.
    @discardableResult
    public func insertCandles(
        _ candles: [Candle], symbol: Symbol, interval: Interval, isSynthetic: Bool
    ) throws -> CandleInsertion {
        try write { try $0.insertCandles(candles, symbol: symbol, interval: interval, isSynthetic: isSynthetic) }
    }

    /// See ``Transaction/importCandles(symbol:interval:isSynthetic:from:)``. Nothing is kept if `feed` throws.
    public func importCandles<Result>(
        symbol: Symbol, interval: Interval, isSynthetic: Bool,
        from feed: (_ append: ([Candle]) throws -> Void) throws -> Result
    ) throws -> (insertion: CandleInsertion, result: Result) {
        try write { transaction in
            try transaction.importCandles(symbol: symbol, interval: interval, isSynthetic: isSynthetic, from: feed)
        }
    }

    /// See ``Transaction/candles(symbol:interval:isSynthetic:from:to:limit:)``.
    public func candles(
        symbol: Symbol, interval: Interval, isSynthetic: Bool, from: Int64? = nil, to: Int64? = nil, limit: Int? = nil
    ) throws -> CandleSeries {
        try read {
            try $0.candles(
                symbol: symbol, interval: interval, isSynthetic: isSynthetic, from: from, to: to, limit: limit)
        }
    }

    /// See ``Transaction/lastCandleTime(symbol:interval:isSynthetic:)``.
    public func lastCandleTime(symbol: Symbol, interval: Interval, isSynthetic: Bool) throws -> Int64? {
        try read { try $0.lastCandleTime(symbol: symbol, interval: interval, isSynthetic: isSynthetic) }
    }

    /// See ``Transaction/candleGaps(symbol:interval:isSynthetic:)``.
    public func candleGaps(symbol: Symbol, interval: Interval, isSynthetic: Bool) throws -> [CandleGap] {
        try read { try $0.candleGaps(symbol: symbol, interval: interval, isSynthetic: isSynthetic) }
    }

    /// See ``Transaction/candleStatus()``.
    public func candleStatus() throws -> [CandleSeriesStatus] { try read { try $0.candleStatus() } }
}
