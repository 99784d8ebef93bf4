import Market

/// What the orchestrator itself needs to know of the market at the close of a bar.
public struct MarketState: Sendable, Hashable, Codable {
    /// How wide bars are against the last thousand.
    public enum Regime: String, Sendable, Hashable, Codable, CaseIterable {
        /// Below three quarters of the usual width.
        case calm
        case normal
        /// Above one and a half times the usual width.
        case wild
    }

    /// Average true range of 14 bars, in units of the price; nil while there are too few bars.
    public var range: Double?
    public var regime: Regime

    public init(range: Double?, regime: Regime) {
        self.range = range
        self.regime = regime
    }

    /// Bars that are needed for ``range`` and a first idea of the usual width.
    public static let history = 64
    /// Bars from which the usual width is taken.
    static let memory = 1000

    /// The states at the closes of `bars`. Each depends on bars up to its own, at most ``memory`` back.
    public static func states(on series: CandleSeries, bars: Range<Int>) -> [MarketState] {
        var atr = ATR()
        var usual = EMA(period: 48)
        // The first forty-eight widths make the first idea; from there on it follows slowly.
        var slow: Double?
        var states: [MarketState] = []
        states.reserveCapacity(bars.count)
        for bar in max(0, bars.lowerBound - memory)..<bars.upperBound {
            let candle = series.candles[bar]
            var state = MarketState(range: nil, regime: .normal)
            if let range = atr.update(high: candle.high, low: candle.low, close: candle.close) {
                let width = range / candle.close
                if let before = slow {
                    slow = before + (width - before) / 500
                    state = MarketState(range: range, regime: regime(width, usual: before))
                } else {
                    slow = usual.update(width)
                }
            }
            if bar >= bars.lowerBound { states.append(state) }
        }
        return states
    }

    private static func regime(_ width: Double, usual: Double) -> Regime {
        width > 1.5 * usual ? .wild : (width < 0.75 * usual ? .calm : .normal)
    }
}
