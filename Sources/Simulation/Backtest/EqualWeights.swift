import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Several backtests as one whole, its symbols held in equal parts and evened out at every bar.
///
/// A bar that only some of the series have is shared by those.
public struct EqualWeights: Sendable {
    /// Open times of the bars that earned, UTC milliseconds, rising.
    public let openTimes: [Int64]
    /// Net log return of the whole, one per open time.
    public let netLogReturns: [Double]
    /// The trades of all, series after series.
    public let trades: [TradeRecord]

    public init(_ results: [BacktestResult]) {
        trades = results.flatMap(\.trades)
        if results.count == 1 {
            openTimes = Array(results[0].openTimes.dropFirst())
            netLogReturns = results[0].netLogReturns
            return
        }
        var sums: [Int64: (growth: Double, count: Int)] = [:]
        for result in results {
            for (time, value) in zip(result.openTimes.dropFirst(), result.netLogReturns) {
                let before = sums[time] ?? (0, 0)
                sums[time] = (before.growth + expm1(value), before.count + 1)
            }
        }
        let times = sums.keys.sorted()
        openTimes = times
        netLogReturns = times.map { time in
            let sum = sums[time] ?? (0, 1)
            return log1p(sum.growth / Double(sum.count))
        }
    }
}
