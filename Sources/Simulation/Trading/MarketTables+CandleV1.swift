import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension MarketTables {
    /// The benchmark's features. Rolling sums are differences of running sums and the averages start at the first bar,
    /// in the order the benchmark fixes, so that the figures can be compared bit for bit.
    func fillCandleV1(_ candles: [Candle]) {
        let logClose = candles.map { log($0.close) }
        let change = [0] + zip(logClose.dropFirst(), logClose).map { $0 - $1 }
        let difference = [0] + zip(candles.dropFirst(), candles).map { $0.close - $1.close }
        let sums = RunningSum(change)
        let squares = RunningSum(change.map { $0 * $0 })
        let volumes = RunningSum(candles.map(\.volume))
        let rises = RunningSum(difference.map { max($0, 0) })
        let falls = RunningSum(difference.map { max(-$0, 0) })
        var fast = candles[0].close
        var slow = candles[0].close

        for (bar, candle) in candles.enumerated() {
            returns[bar] = Float(Growth.scale * change[bar])
            if bar > 0 {
                fast += (2.0 / 13.0) * (candle.close - fast)
                slow += (2.0 / 27.0) * (candle.close - slow)
            }
            let open = log(candle.open)
            let high = log(candle.high)
            let low = log(candle.low)
            let close = logClose[bar]
            let row = rows + bar * CandleV1Shape.stride
            row[0] = Float(Growth.scale * (high - low))
            row[1] = Float(Growth.scale * (close - open))
            row[2] = Float(Growth.scale * (high - max(open, close)))
            row[3] = Float(Growth.scale * (min(open, close) - low))
            let meanVolume = volumes.last(32, at: bar) / 32
            row[4] = meanVolume > 0 ? Float(max(-4, min(4, log(candle.volume / meanVolume)))) : 0
            row[5] = Float(Growth.scale * sums.last(4, at: bar))
            row[6] = Float(Growth.scale * sums.last(8, at: bar))
            row[7] = Float(Growth.scale * sums.last(16, at: bar))
            row[8] = Float(Growth.scale * sums.last(32, at: bar))
            let mean = sums.last(32, at: bar) / 32
            row[9] = Float(Growth.scale * max(squares.last(32, at: bar) / 32 - mean * mean, 0).squareRoot())
            row[10] = Float(Growth.scale * log(fast / slow))
            let up = rises.last(14, at: bar)
            let total = up + falls.last(14, at: bar)
            row[11] = total > 0 ? Float(2 * up / total - 1) : 0
            row[CandleV1Shape.features + 3] = 1
        }
    }
}

/// Sums over the last bars as differences of running sums.
private struct RunningSum {
    private var sums: [Double] = [0]

    init(_ values: [Double]) {
        sums.reserveCapacity(values.count + 1)
        var sum = 0.0
        for value in values {
            sum += value
            sums.append(sum)
        }
    }

    /// The sum of the `count` values up to and including `index`; 0 while there are fewer.
    func last(_ count: Int, at index: Int) -> Double {
        index + 1 >= count ? sums[index + 1] - sums[index + 1 - count] : 0
    }
}
