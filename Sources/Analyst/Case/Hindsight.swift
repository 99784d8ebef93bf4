import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The best exposures that could have been chosen from the entry to the exit, knowing every close, at the trade's costs: dynamic
/// programming over flat, long and short. It begins and ends flat.
struct Hindsight {
    let net: Double
    /// Positions it takes.
    let trades: Int

    init(_ path: PricePath) {
        let side = log(path.trade.costRatio) / 2
        let growth = (path.entry + 1...path.exit).map { bar -> [Double] in
            let before = bar - 1 == path.entry ? path.trade.entryPrice : path.candles[bar - 1].close
            let move = (bar == path.exit ? path.trade.exitPrice : path.candles[bar].close) / before - 1
            return [0, log(max(1 + move, 1e-6)), log(max(1 - move, 1e-6))]
        }
        // Log equity of the best way to hold each exposure after the latest bar, and its positions taken.
        var best: [(value: Double, trades: Int)] = [(0, 0), (-.infinity, 0), (-.infinity, 0)]
        for step in growth {
            best = Exposure.allCases.map { next in
                let ways = Exposure.allCases.map { before -> (value: Double, trades: Int) in
                    let sides = Double(before.sides(to: next))
                    let taken = next != .flat && next != before ? 1 : 0
                    return (
                        best[before.rawValue].value + sides * side + step[next.rawValue],
                        best[before.rawValue].trades + taken
                    )
                }
                return ways.max { $0.value < $1.value } ?? (0, 0)
            }
        }
        let ends = Exposure.allCases.map { last in
            (best[last.rawValue].value + Double(last.sides(to: .flat)) * side, best[last.rawValue].trades)
        }
        let end = ends.max { $0.0 < $1.0 } ?? (0, 0)
        net = expm1(end.0)
        trades = end.1
    }
}
