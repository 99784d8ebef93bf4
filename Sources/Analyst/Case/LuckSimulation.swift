import Market
import Neural

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What chance does to a trade like this one: paths drawn from the bars before its entry, left by the same exit rule.
///
/// Bars are drawn in blocks of ``block`` from the last ``window`` (the block bootstrap of Künsch, 1989), scaled to the volatility of
/// the latest 48. Their drift is taken out unless it is plain (|t| above 2). The exit rule is the trade's own stop or target where that
/// ended it, and the same number of bars otherwise.
struct LuckSimulation {
    struct Result {
        var net: Double
        var gross: Double
        /// The most that moving the entry or the exit by up to six bars would have added.
        var entryRecovery: Double
        var exitRecovery: Double
        /// t value of the trend at the exit.
        var trend: Double
    }

    let results: [Result]
    /// The paths that lose; the worst ``fewestLosers`` where fewer do.
    private let losers: [Result]
    private let sign: Double

    static let paths = 500
    static let block = 8
    static let window = 480
    static let fewestBars = 60
    static let longestTrade = 5000
    static let fewestLosers = 50

    /// Nil with fewer than ``fewestBars`` bars before the entry, or for a trade longer than ``longestTrade`` bars.
    init?(_ path: PricePath) {
        guard path.entry >= Self.fewestBars, path.bars <= Self.longestTrade else { return nil }
        sign = path.side.sign
        var simulator = PathSimulator(path)
        results = (0..<Self.paths).map { _ in simulator.next() }
        let worst = results.sorted { $0.net < $1.net }
        losers = Array(worst.prefix(max(Self.fewestLosers, worst.firstIndex { $0.net >= 0 } ?? worst.count)))
    }

    func share(where holds: (Result) -> Bool) -> Double {
        Double(results.filter(holds).count) / Double(results.count)
    }

    /// Share of the paths that end below `net`.
    func percentile(of net: Double) -> Double {
        share { $0.net < net } + share { $0.net == net } / 2
    }

    func quantile(_ share: Double) -> Double {
        let sorted = results.map(\.net).sorted()
        return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }

    /// Share of the losing paths on which moving the entry would have added as much.
    func chance(ofEntryRecovery recovered: Double) -> Double { chance { $0.entryRecovery >= recovered } }
    func chance(ofExitRecovery recovered: Double) -> Double { chance { $0.exitRecovery >= recovered } }
    /// Share of the losing paths whose trend at the exit is as much against the position.
    func chance(ofTrend t: Double) -> Double { chance { $0.trend * sign <= t * sign } }

    /// The path in question counts as one of them, so that nothing is impossible.
    private func chance(_ holds: (Result) -> Bool) -> Double {
        Double(losers.filter(holds).count + 1) / Double(losers.count + 1)
    }
}

/// Draws one path after another.
private struct PathSimulator {
    private struct Bar {
        /// Logarithms over the close before.
        var close: Double
        var low: Double
        var high: Double
    }

    private let path: PricePath
    private let source: [Bar]
    private let pastReturns: [Double]
    /// Growth of the real bars from a shifted entry to the real one, by shift.
    private let earlier: [(shift: Int, growth: Double)]
    private let level: (price: Double, isBelow: Bool)?
    private var random: RandomStream
    /// From the entry on: log price over the entry price, and log equity without costs.
    private var prices: [Double] = []
    private var equity: [Double] = []

    init(_ path: PricePath) {
        self.path = path
        random = RandomStream(seed: UInt64(bitPattern: path.trade.id)).split("luck")
        let first = max(1, path.entry - LuckSimulation.window + 1)
        let bars = (first...path.entry).map { bar in
            let before = path.candles[bar - 1].close
            let candle = path.candles[bar]
            return Bar(
                close: log(candle.close / before), low: log(candle.low / before), high: log(candle.high / before))
        }
        let drift = Self.drift(bars.map(\.close))
        let scale = Self.scale(bars.map(\.close))
        source = bars.map { bar in
            func adjusted(_ value: Double) -> Double { (value - drift.mean) * scale + drift.kept }
            return Bar(close: adjusted(bar.close), low: adjusted(bar.low), high: adjusted(bar.high))
        }
        pastReturns = LogReturns.of(path.candles, max(1, path.entry - Regime.window + 1)...path.entry)
        earlier = EvidenceBuilder.shifts.filter { path.entry - $0 >= 0 }.map { shift in
            let moves = LogReturns.of(path.candles, path.entry - shift + 1...path.entry)
            return (-shift, moves.reduce(0) { $0 + log(max(1 + path.side.sign * expm1($1), 1e-6)) })
        }
        switch path.trade.exitReason {
        case "stop_loss": level = (log(path.trade.exitPrice / path.trade.entryPrice), path.side == .long)
        case "take_profit": level = (log(path.trade.exitPrice / path.trade.entryPrice), path.side == .short)
        default: level = nil
        }
    }

    /// The mean move a bar, and how much of it a path keeps.
    private static func drift(_ returns: [Double]) -> (mean: Double, kept: Double) {
        let count = Double(returns.count)
        let mean = returns.reduce(0, +) / count
        let square = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let error = (square / (count - 1) / count).squareRoot()
        return (mean, abs(mean) > 2 * error ? mean : 0)
    }

    /// Volatility of the latest bars over that of all, ½ to 2.
    private static func scale(_ returns: [Double]) -> Double {
        func volatility(_ part: some Collection<Double>) -> Double {
            (part.reduce(0) { $0 + $1 * $1 } / Double(part.count)).squareRoot()
        }
        let all = volatility(returns)
        return all > 0 ? max(0.5, min(2, volatility(returns.suffix(48)) / all)) : 1
    }

    mutating func next() -> LuckSimulation.Result {
        let needed = path.bars + TradeCase.shift
        prices.removeAll(keepingCapacity: true)
        equity.removeAll(keepingCapacity: true)
        prices.append(0)
        equity.append(0)
        var exit: Int?
        var exitEquity = 0.0
        var position = 0
        while prices.count <= needed {
            if (prices.count - 1) % LuckSimulation.block == 0 { position = random.below(source.count) }
            let bar = source[position]
            position = (position + 1) % source.count
            let last = prices[prices.count - 1]
            let held = equity[equity.count - 1]
            if exit == nil, let level, level.isBelow ? last + bar.low <= level.price : last + bar.high >= level.price {
                exit = prices.count
                exitEquity = held + grown(level.price - last)
            }
            prices.append(last + bar.close)
            equity.append(held + grown(bar.close))
        }
        let end = min(exit ?? path.bars, path.bars)
        return result(end: end, equity: exit.map { $0 <= path.bars } == true ? exitEquity : equity[end])
    }

    private func grown(_ move: Double) -> Double { log(max(1 + path.side.sign * expm1(move), 1e-6)) }

    private func result(end: Int, equity own: Double) -> LuckSimulation.Result {
        let ratio = path.trade.costRatio
        let net = exp(own) * ratio - 1
        var entry = -Double.infinity
        for (_, growth) in earlier { entry = max(entry, growth + own) }
        for shift in EvidenceBuilder.shifts where shift < end { entry = max(entry, own - equity[shift]) }
        var exit = -Double.infinity
        for shift in EvidenceBuilder.shifts {
            if shift < end { exit = max(exit, equity[end - shift]) }
            exit = max(exit, equity[end + shift])
        }
        return LuckSimulation.Result(
            net: net, gross: expm1(own), entryRecovery: exp(entry) * ratio - 1 - net,
            exitRecovery: exp(exit) * ratio - 1 - net, trend: trend(at: end))
    }

    private func trend(at end: Int) -> Double {
        let own = (max(0, end - Regime.window) + 1...max(end, 1)).map { prices[$0] - prices[$0 - 1] }
        return Regime(returns: pastReturns.suffix(max(0, Regime.window - own.count)) + own).t
    }
}
