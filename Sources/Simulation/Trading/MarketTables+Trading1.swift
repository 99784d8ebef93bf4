import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension MarketTables {
    /// The product's features. With r the log return of a bar and σ the root of its exponentially weighted mean square
    /// over the last 128 bars (half-life 32, the bar itself included):
    ///
    /// | input | formula |
    /// |---|---|
    /// | returns | r/σ, each with the σ of its own bar |
    /// | range, body, wicks | ln(h/l), ln(c/o), ln(h/max(o,c)), ln(min(o,c)/l), each by σ |
    /// | volume | ln(v / mean of 32), ln(mean of 8 / mean of 128); 0 where unknown |
    /// | momentum k | Σ of the last k r / (σ √k) |
    /// | macd_12_26 | EMA₁₂ − EMA₂₆ of log closes, over 128 bars, in units of its deviation under a random walk of σ |
    /// | rsi_14 | 2 · up / (up + down) − 1 over 14 log returns |
    /// | channel k | place of the close between the extremes of the last k bars, −1 to 1 |
    /// | efficiency_32 | Σr / Σ\|r\| |
    /// | autocorrelation_64 | Σ r·r₋₁ / Σ r² |
    /// | up_share_32 | (rising − falling bars) / 32 |
    /// | log_volatility | ln(100 σ) |
    /// | volatility_8, _32_128 | ln(rms of 8 / σ), ln(rms of 32 / rms of 128) |
    /// | downside_64 | 2 · Σ r² of falling bars / Σ r² − 1 |
    /// | clock | sine and cosine of the bar's close within the UTC day and the week |
    /// | state | −1, 0, 1 · result since entry by σ√128 · bars held / 256, at most 1 · result given back since its best, same unit · cost of a side by σ |
    ///
    /// Every row is a function of its last 160 bars and of nothing earlier, summed in a fixed order: tables that start
    /// at different bars of a series agree bit for bit where both are usable, so paper trading needs no long history.
    func fillTrading1(_ candles: [Candle]) {
        let logClose = candles.map { log($0.close) }
        let change = [0] + zip(logClose.dropFirst(), logClose).map { $0 - $1 }
        let volumes = candles.map(\.volume)
        let weights = TrailingWeights()
        for bar in 128..<count {
            let recent = change.withUnsafeBufferPointer { weights.moments(of: $0, endingAt: bar) }
            returns[bar] = Float(change[bar] / recent.sigma)
            guard bar >= Trading1Shape.firstBar else { continue }
            let row = rows + bar * Trading1Shape.stride
            fillBar(candles[bar], volumes: volumes, bar: bar, sigma: recent.sigma, row: row)
            fillTrend(change, bar: bar, recent: recent, row: row + 6)
            fillVolatility(change, bar: bar, sigma: recent.sigma, row: row + 19)
            fillClock(openTimes[bar] + interval.milliseconds, row: row + 23)
            row[Trading1Shape.features + 3] = Float(1 / recent.sigma)
        }
    }

    private func fillBar(_ candle: Candle, volumes: [Double], bar: Int, sigma: Double, row: UnsafeMutablePointer<Float>)
    {
        let top = max(candle.open, candle.close)
        let bottom = min(candle.open, candle.close)
        row[0] = bounded(log(candle.high / candle.low) / sigma, 10)
        row[1] = bounded(log(candle.close / candle.open) / sigma, 10)
        row[2] = bounded(log(candle.high / top) / sigma, 10)
        row[3] = bounded(log(bottom / candle.low) / sigma, 10)
        let last8 = sum(volumes, bar - 7...bar)
        let last32 = sum(volumes, bar - 31...bar - 8) + last8
        let last128 = sum(volumes, bar - 127...bar - 32) + last32
        row[4] = last32 > 0 ? bounded(log(candle.volume / (last32 / 32)), 4) : 0
        row[5] = last128 > 0 ? bounded(log((last8 / 8) / (last128 / 128)), 4) : 0
    }

    private func fillTrend(_ change: [Double], bar: Int, recent: TrailingMoments, row: UnsafeMutablePointer<Float>) {
        var sum = 0.0
        var path = 0.0
        var rises = 0.0
        var up14 = 0.0
        var path14 = 0.0
        var slot = 0
        for back in 0..<128 {
            let r = change[bar - back]
            sum += r
            if back < 32 {
                path += abs(r)
                rises += r > 0 ? 1 : (r < 0 ? -1 : 0)
                if back == 31 {
                    row[10] = path > 0 ? Float(sum / path) : 0
                    row[12] = Float(rises / 32)
                }
            }
            if back < 14 {
                up14 += max(r, 0)
                path14 += abs(r)
            }
            if back + 1 == 4 << slot {
                row[slot] = bounded(sum / (recent.sigma * Double(back + 1).squareRoot()), 20)
                slot += 1
            }
        }
        row[6] = bounded(recent.macd / recent.sigma, 20)
        row[7] = path14 > 0 ? Float(2 * up14 / path14 - 1) : 0
        fillChannels(bar: bar, row: row + 8)
        var square = 0.0
        var product = 0.0
        for back in 0..<64 {
            let r = change[bar - back]
            square += r * r
            product += r * change[bar - back - 1]
        }
        row[11] = square > 0 ? bounded(product / square, 1) : 0
    }

    private func fillChannels(bar: Int, row: UnsafeMutablePointer<Float>) {
        var low = Double.infinity
        var high = 0.0
        let close = prices[bar].close
        for back in 0..<128 {
            low = min(low, prices[bar - back].low)
            high = max(high, prices[bar - back].high)
            if back == 31 { row[0] = high > low ? Float(2 * (close - low) / (high - low) - 1) : 0 }
        }
        row[1] = high > low ? Float(2 * (close - low) / (high - low) - 1) : 0
    }

    private func fillVolatility(_ change: [Double], bar: Int, sigma: Double, row: UnsafeMutablePointer<Float>) {
        var square = 0.0
        var falling = 0.0
        var last8 = 0.0
        var last32 = 0.0
        row[3] = 0
        for back in 0..<128 {
            let r = change[bar - back]
            square += r * r
            if r < 0 { falling += r * r }
            if back == 7 { last8 = square }
            if back == 31 { last32 = square }
            if back == 63, square > 0 { row[3] = Float(2 * falling / square - 1) }
        }
        let floor = TrailingWeights.smallest * TrailingWeights.smallest
        row[0] = Float(log(100 * sigma))
        row[1] = bounded(0.5 * log(max(last8 / 8, floor) / (sigma * sigma)), 3)
        row[2] = bounded(0.5 * log(max(last32 / 32, floor) / max(square / 128, floor)), 3)
    }

    private func fillClock(_ closeTime: Int64, row: UnsafeMutablePointer<Float>) {
        let day = 2 * Double.pi * Double(positiveRemainder(closeTime, 86_400_000)) / 86_400_000
        // 1970-01-01 was a Thursday; three days on, weeks start on Monday.
        let week = 2 * Double.pi * Double(positiveRemainder(closeTime + 3 * 86_400_000, 604_800_000)) / 604_800_000
        row[0] = Float(sin(day))
        row[1] = Float(cos(day))
        row[2] = Float(sin(week))
        row[3] = Float(cos(week))
    }
}

/// What the exponentially weighted sums over a bar's last 128 returns come to.
private struct TrailingMoments {
    let sigma: Double
    let macd: Double
}

private struct TrailingWeights {
    /// A market that stood still has this σ, so that nothing is divided by zero.
    static let smallest = 1e-6

    private let square: [Double]
    private let macd: [Double]

    init() {
        let decay = pow(0.5, 1.0 / 32)
        let raw = (0..<128).map { pow(decay, Double($0)) }
        let total = raw.reduce(0, +)
        square = raw.map { $0 / total }
        // ln c − EMA of ln c = Σ q^(k+1) r[t−k] with q = 1 − 2/(n+1); the difference of two such sums is the MACD.
        let difference = (0..<128).map { pow(25.0 / 27, Double($0 + 1)) - pow(11.0 / 13, Double($0 + 1)) }
        let deviation = difference.reduce(0) { $0 + $1 * $1 }.squareRoot()
        macd = difference.map { $0 / deviation }
    }

    func moments(of change: UnsafeBufferPointer<Double>, endingAt bar: Int) -> TrailingMoments {
        var variance = 0.0
        var difference = 0.0
        for back in 0..<128 {
            let r = change[bar - back]
            variance += square[back] * (r * r)
            difference += macd[back] * r
        }
        return TrailingMoments(sigma: max(variance.squareRoot(), Self.smallest), macd: difference)
    }
}

private func bounded(_ value: Double, _ limit: Double) -> Float {
    Float(max(-limit, min(limit, value)))
}

private func sum(_ values: [Double], _ range: ClosedRange<Int>) -> Double {
    var sum = 0.0
    for index in range { sum += values[index] }
    return sum
}

private func positiveRemainder(_ value: Int64, _ divisor: Int64) -> Int64 {
    let remainder = value % divisor
    return remainder < 0 ? remainder + divisor : remainder
}
