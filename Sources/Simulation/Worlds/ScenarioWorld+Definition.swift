import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension ScenarioWorld {
    /// Days of at least so many bars are held to a share of falling bars between 20 and 80 % in trends.
    static let aliveBars = 20

    /// Whether a complete UTC day of valid candles is inside this world's definition. Returns run from the day's first
    /// open.
    ///
    /// - bull, bear: the day gains or loses 5 to 10 %; with at least 20 bars, 20 to 80 % of them fall.
    /// - flat: √Σr² of the day's log returns is below 0.5 %.
    /// - stress: the deepest fall from an earlier open or close to a low is 10 to 40 %; at least a fifth of it comes
    ///   back, but not all. With at least 96 bars, the median volume of the eighth of a day after the low is less than
    ///   half of that before the fall.
    ///
    /// - Parameter day: its candles in order, from midnight to midnight.
    public func holds(for day: some RandomAccessCollection<Candle>, interval: Interval) -> Bool {
        guard day.count == interval.barsPerDay, let first = day.first,
            Interval.oneDay.floor(first.openTime) == first.openTime,
            day.allSatisfy({ $0.fault(interval: interval) == nil })
        else { return false }
        let candles = Array(day)
        switch self {
        case .bull: return gain(candles, within: 0.05...0.10) && isAlive(candles)
        case .bear: return gain(candles, within: -0.10...(-0.05)) && isAlive(candles)
        case .flat: return realisedVolatility(candles) < 0.005
        case .stress: return crashes(candles)
        }
    }

    private func gain(_ day: [Candle], within range: ClosedRange<Double>) -> Bool {
        range.contains(day[day.count - 1].close / day[0].open - 1)
    }

    private func isAlive(_ day: [Candle]) -> Bool {
        guard day.count >= Self.aliveBars else { return true }
        var before = day[0].open
        var falling = 0
        for candle in day {
            if candle.close < before { falling += 1 }
            before = candle.close
        }
        return (0.2...0.8).contains(Double(falling) / Double(day.count))
    }

    private func realisedVolatility(_ day: [Candle]) -> Double {
        var before = day[0].open
        var squares = 0.0
        for candle in day {
            let change = log(candle.close / before)
            squares += change * change
            before = candle.close
        }
        return squares.squareRoot()
    }

    private func crashes(_ day: [Candle]) -> Bool {
        var highest = day[0].open
        var peak = highest
        var trough = 0
        var deepest = 0.0
        for (bar, candle) in day.enumerated() {
            highest = max(highest, candle.open)
            let fall = 1 - candle.low / highest
            if fall > deepest {
                deepest = fall
                peak = highest
                trough = bar
            }
            highest = max(highest, candle.close)
        }
        guard (0.10...0.40).contains(deepest) else { return false }
        let low = day[trough].low
        let best = day[trough...].map(\.close).max() ?? low
        let recovered = (best - low) / (peak - low)
        return recovered >= 0.2 && recovered < 1 && bookEmpties(day, after: trough)
    }

    private func bookEmpties(_ day: [Candle], after trough: Int) -> Bool {
        let stretch = day.count / 8
        guard day.count >= 96, trough > stretch, trough + stretch < day.count else { return day.count < 96 }
        return median(day[(trough + 1)...(trough + stretch)]) < 0.5 * median(day[..<(trough - stretch)])
    }

    private func median(_ candles: ArraySlice<Candle>) -> Double {
        let volumes = candles.map(\.volume).sorted()
        return volumes[volumes.count / 2]
    }
}
