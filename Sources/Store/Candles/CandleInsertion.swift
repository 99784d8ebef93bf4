import Market

/// What storing candles changed.
public struct CandleInsertion: Sendable, Hashable {
    /// Open times that were not there before.
    public var inserted = 0
    /// Stored candles that now have other figures.
    public var updated = 0
    /// Candles that were there already, just so.
    public var identical = 0
    /// Missing stretches the candles touch or span, and the bars missing in them.
    public var gaps = 0
    public var missing = 0

    public init(inserted: Int = 0, updated: Int = 0, identical: Int = 0, gaps: Int = 0, missing: Int = 0) {
        self.inserted = inserted
        self.updated = updated
        self.identical = identical
        self.gaps = gaps
        self.missing = missing
    }
}

/// What is stored of one series.
public struct CandleSeriesStatus: Sendable, Hashable {
    public let symbol: Symbol
    public let interval: Interval
    public let isSynthetic: Bool
    public let rows: Int
    /// Open times of the first and the last candle, UTC milliseconds.
    public let first: Int64
    public let last: Int64
    /// Missing stretches between them, and the bars missing in those.
    public let gaps: Int
    public let missing: Int
}
