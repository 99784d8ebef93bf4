import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The bundled market in motion: one symbol, bar after bar from the epoch on.
struct SyntheticWalk {
    private let interval: Interval
    private let traits: SyntheticTraits
    private let volatility: Double
    /// As `volatility`, of a symbol without traits of its own.
    private let ordinaryVolatility: Double
    private let commonKey: UInt64
    private let ownKey: UInt64

    private var index: UInt64 = 0
    private var regime = Regime.resting
    private var cluster = VolatilityCluster()
    /// Sum of the regimes' drifts, in log price of a market of ordinary volatility: the same for all symbols.
    private var trend = 0.0
    /// Sum of the shocks, in this symbol's log price.
    private var level = 0.0
    /// What the last bar moved, in standard deviations.
    private var deviations = 0.0
    /// The last bar's own random numbers that are not used yet.
    private var own = SplitMix64(state: 0)

    /// Raw values: the direction of the drift.
    private enum Regime: Double {
        case rising = 1
        case falling = -1
        case resting = 0
    }

    init(symbol: Symbol, interval: Interval, seed: UInt64) {
        self.interval = interval
        traits = SyntheticTraits(symbol)
        volatility = traits.dailyVolatility / Double(interval.barsPerDay).squareRoot()
        ordinaryVolatility = volatility / traits.beta
        var keys = SplitMix64(state: seed ^ UInt64(bitPattern: interval.milliseconds))
        commonKey = keys.next()
        ownKey = keys.next() ^ SyntheticTraits.hash(symbol)
    }

    /// Lets the next bar pass.
    mutating func step() {
        var common = SplitMix64(state: commonKey &+ index &* 0xD1B5_4A32_D192_ED03)
        own = SplitMix64(state: ownKey &+ index &* 0xD1B5_4A32_D192_ED03)
        index += 1
        changeRegime(&common)
        let shock = Self.commonWeight * common.heavyTailed() + Self.ownWeight * own.heavyTailed()
        let noise = cluster.next(shock: shock)
        let drift = SyntheticMarket.edge * regime.rawValue
        trend += ordinaryVolatility * drift
        level += volatility * noise - Self.pull * level
        deviations = drift + noise
    }

    /// The price after the last step, on the symbol's ticks.
    var price: Double { max(traits.tick, traits.grid.round(traits.price * exp(traits.beta * trend + level))) }

    /// The last bar as a candle; `open` is the price before it. Called at most once a step.
    mutating func candle(open: Double) -> Candle {
        let close = price
        let wick = 0.35 * volatility * cluster.variance.squareRoot()
        let top = max(open, close)
        let bottom = min(open, close)
        let high = max(top, traits.grid.round(top * (1 + wick * own.exponential())))
        let low = min(bottom, traits.grid.round(bottom / (1 + wick * own.exponential())))
        let ordinary = traits.dailyTurnover / Double(interval.barsPerDay) / traits.price
        let volume = ordinary * exp(0.4 * own.roughlyNormal()) * (0.4 + 0.75 * min(abs(deviations), 20))
        let buyers = 0.5 + 0.2 * max(-1, min(1, 0.5 * deviations))
        let mean = 0.5 * (open + close)
        return Candle(
            openTime: SyntheticMarket.epoch + Int64(index - 1) * interval.milliseconds, open: open, high: high,
            low: max(low, min(traits.tick, bottom)), close: close, volume: volume, quoteVolume: volume * mean,
            trades: Int64(10 + 50 * volume / ordinary), takerBuyBase: volume * buyers,
            takerBuyQuote: volume * buyers * mean)
    }

    private static let commonWeight = 0.7.squareRoot()
    private static let ownWeight = 0.3.squareRoot()
    private static let switching = 1.0 / 250
    /// Of the level, a bar: half of a displacement is gone after 35,000 bars, so no bar shows it.
    private static let pull = 2e-5

    private mutating func changeRegime(_ stream: inout SplitMix64) {
        let draw = stream.open01()
        guard draw < Self.switching else { return }
        // The drawn number is uniform below the rate, so it serves again as the choice.
        let choice = draw / Self.switching
        // A market far above its start falls more often, one far below rises more often.
        let rising = 0.75 / (1 + exp(3 * trend))
        regime = choice < rising ? .rising : (choice < 0.75 ? .falling : .resting)
    }
}
