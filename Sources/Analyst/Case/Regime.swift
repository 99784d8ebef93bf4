import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the market was doing at a bar, seen from that bar's close backwards.
struct Regime: Equatable {
    enum Trend: String {
        case up, sideways, down
    }
    enum Activity: String {
        case calm, normal, wild
    }

    /// t value of the mean log return of the last ``window`` bars.
    let t: Double
    var trend: Trend { t >= Self.threshold ? .up : (t <= -Self.threshold ? .down : .sideways) }

    static let window = 24
    static let threshold = 1.5

    /// - Parameter returns: log returns, the latest last.
    init(returns: some Collection<Double>) {
        let count = Double(returns.count)
        let mean = returns.reduce(0, +) / count
        let square = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let error = (square / (count - 1) / count).squareRoot()
        t = error > 0 ? max(-99, min(99, mean / error)) : 0
    }

    /// Nil without enough bars before.
    init?(_ candles: [Candle], at bar: Int) {
        guard bar >= Self.window, bar < candles.count else { return nil }
        self.init(returns: LogReturns.of(candles, bar - Self.window + 1...bar))
    }

    static func activity(percentile: Double) -> Activity {
        percentile < 0.2 ? .calm : (percentile > 0.8 ? .wild : .normal)
    }
}

enum LogReturns {
    /// Of the bars in `range`, each against the close before.
    static func of(_ candles: [Candle], _ range: ClosedRange<Int>) -> [Double] {
        range.map { log(candles[$0].close / candles[$0 - 1].close) }
    }
}

/// Where a figure of a bar stands among the same figure of the bars before.
enum TrailingRank {
    /// Share of the `count` earlier values that lie below; nil with fewer than 100 of them.
    static func of(_ bar: Int, among count: Int, _ value: (Int) -> Double?) -> Double? {
        guard let own = value(bar) else { return nil }
        let earlier = (max(0, bar - count)..<bar).compactMap(value)
        guard earlier.count >= 100 else { return nil }
        let below = earlier.reduce(0.0) { $0 + ($1 < own ? 1 : ($1 == own ? 0.5 : 0)) }
        return below / Double(earlier.count)
    }
}
