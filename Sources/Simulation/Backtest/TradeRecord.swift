import Market

/// One closed trade: a stretch of bars with the same exposure.
///
/// Returns are fractions of the equity at entry, before costs of the entry. They add up exactly: `netReturn ==
/// grossReturn - fees - slippage` to rounding. A position keeps a constant exposure of ±1 of the equity, as in
/// training, so a long trade's gross return is exit price / entry price − 1, and a short trade's is compounded bar by
/// bar.
public struct TradeRecord: Sendable, Hashable, Codable {
    public let symbol: Symbol
    /// `.long` or `.short`.
    public let side: Exposure
    /// Close of the bar the trade was decided on, UTC milliseconds.
    public let entryTime: Int64
    /// Close of the bar the trade ended in, UTC milliseconds.
    public let exitTime: Int64
    /// Open times of these two bars, UTC milliseconds.
    public let entryBar: Int64
    public let exitBar: Int64
    /// Market prices; slippage is accounted for in `slippage`.
    public let entryPrice: Double
    public let exitPrice: Double
    public let grossReturn: Double
    /// Shares of the costs of entering and leaving; half the cost of a flip belongs to either trade.
    public let fees: Double
    public let slippage: Double
    public let netReturn: Double
    public let barsHeld: Int
    /// Maximum adverse excursion: the furthest the price went against the trade, as a fraction of the entry price, at
    /// most 0.
    public let adverseExcursion: Double
    /// Maximum favourable excursion, at least 0.
    public let favourableExcursion: Double
    public let exitReason: ExitReason
    /// What the policy answered at entry.
    public let entryDecision: PolicyDecision
    /// What the policy saw at entry, in `layout`.
    public let entryObservation: [Float]
    /// Version of the ``ObservationLayout``.
    public let layout: String

    /// Whether anything is left after costs.
    public var isWin: Bool { netReturn > 0 }
}
