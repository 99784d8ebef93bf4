import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One UTC day of a scenario, in log prices relative to the close before; its buffers are used again day after day.
struct ScenarioDay {
    private(set) var count = 0
    /// Part of a whole day it covers, at most 1.
    private var share = 1.0
    /// Jump from the close before to the first open.
    private(set) var gap = 0.0
    /// Log return of each bar, from open to close.
    private(set) var returns: [Double]
    /// Log distances of high and low from the body, at least 0.
    private(set) var upperWicks: [Double]
    private(set) var lowerWicks: [Double]
    /// Volume relative to an ordinary bar's, before scatter.
    private(set) var activity: [Double]
    /// Standard deviation of an ordinary bar's return.
    private var volatility = 0.0

    init(capacity: Int) {
        returns = Array(repeating: 0, count: capacity)
        upperWicks = returns
        lowerWicks = returns
        activity = returns
    }

    /// Starts a day of `count` bars that covers `share` of its time.
    mutating func reset(count: Int, share: Double) {
        self.count = count
        self.share = share
        gap = 0
    }

    /// A day that gains (or loses) 5 to 10 %, with both rising and falling bars.
    mutating func bendToTrend(
        sign: Double, volatility texture: Double, _ cluster: inout VolatilityCluster, _ stream: inout SplitMix64
    ) {
        let low = sign > 0 ? log(1.051) : log(0.901)
        let high = sign > 0 ? log(1.099) : log(0.949)
        let target = stream.uniform(low...high) * share
        let drift = target / Double(count)
        // Enough noise around the drift that the market still breathes where a day has few bars.
        volatility = max(texture, 2 * abs(drift))
        for attempt in 0..<Self.attempts {
            drawNoise(&cluster, &stream)
            let mean = returns[..<count].reduce(0, +) / Double(count)
            let widening = volatility * (1 + 0.1 * Double(attempt))
            for bar in 0..<count { returns[bar] = drift + widening * (returns[bar] - mean) }
            if isAlive { break }
        }
        dress(&stream)
    }

    /// A day whose realised volatility √Σr² is 0.2 to 0.45 %.
    mutating func bendToFlat(_ cluster: inout VolatilityCluster, _ stream: inout SplitMix64) {
        drawNoise(&cluster, &stream)
        let mean = returns[..<count].reduce(0, +) / Double(count)
        var squares = 0.0
        for bar in 0..<count {
            // Most of the day's drift goes too: a flat day ends about where it began.
            returns[bar] -= 0.9 * mean
            squares += returns[bar] * returns[bar]
        }
        let target = stream.uniform(0.002...0.0045) * share.squareRoot()
        let scale = squares > 0 ? target / squares.squareRoot() : 0
        for bar in 0..<count { returns[bar] *= scale }
        volatility = target / Double(count).squareRoot()
        dress(&stream)
    }

    /// A day with a flash crash; returns the log return it leaves to be regained.
    mutating func crash(
        owed: Double, volatility texture: Double, _ cluster: inout VolatilityCluster, _ stream: inout SplitMix64
    ) -> Double {
        // Half of an ordinary day's noise, and never so much that it would compete with the crash.
        volatility = 0.5 * min(texture, 0.04 / (Double(count) / share).squareRoot())
        drawNoise(&cluster, &stream)
        let plan = CrashPlan(count: count, &stream)
        // A one-bar day has no room to climb back in: it opens there.
        gap = plan.start == 0 ? owed : 0
        var level = gap
        var peak = level
        for bar in 0..<plan.start {
            returns[bar] = volatility * returns[bar] + owed / Double(plan.start)
            level += returns[bar]
            peak = max(peak, level)
        }
        dress(&stream)
        let trough = peak + log(1 - plan.depth)
        let path = plan.closes(from: level, peak: peak, trough: trough, &stream)
        for (offset, close) in path.enumerated() {
            let bar = plan.start + offset
            returns[bar] = close - level
            let bottom = min(level, close)
            level = close
            let thinning = plan.thinning(offset)
            activity[bar] = thinning.volume
            upperWicks[bar] *= thinning.spread
            lowerWicks[bar] =
                bar == plan.end ? bottom - trough : min(lowerWicks[bar] * thinning.spread, bottom - trough)
        }
        return max(0, peak - level)
    }

    private static let attempts = 200

    /// Whether rising and falling bars are mixed enough; days of few bars are not held to it one by one.
    private var isAlive: Bool {
        guard count >= ScenarioWorld.aliveBars else { return true }
        let falling = Double(returns[..<count].count { $0 < 0 })
        return falling >= 0.22 * Double(count) && falling <= 0.78 * Double(count)
    }

    private mutating func drawNoise(_ cluster: inout VolatilityCluster, _ stream: inout SplitMix64) {
        for bar in 0..<count { returns[bar] = cluster.next(shock: stream.heavyTailed()) }
    }

    /// Wicks, and the volume that goes with each move.
    private mutating func dress(_ stream: inout SplitMix64) {
        let mean = 0.35 * volatility
        for bar in 0..<count {
            upperWicks[bar] = mean * stream.exponential()
            lowerWicks[bar] = mean * stream.exponential()
            activity[bar] = 0.4 + 0.75 * min(abs(returns[bar]) / volatility, 20)
        }
    }
}

/// When a day crashes, how deep, and how it recovers.
private struct CrashPlan {
    /// The crash takes bars `start...end`.
    let start: Int
    let end: Int
    /// Fraction lost from the peak before.
    let depth: Double
    /// Fraction of the fall that comes back by the end of the day.
    private let recovery: Double
    /// Bars in which the recovery does two thirds of its way.
    private let pace: Double
    private let count: Int

    init(count: Int, _ stream: inout SplitMix64) {
        self.count = count
        start = count == 1 ? 0 : max(1, Int(Double(count) * stream.uniform(0.25...0.6)))
        let longest = max(1, min(30, count / 8))
        let length = min(longest, max(1, Int(stream.uniform(3...31))))
        end = min(start + length, count) - 1
        depth = stream.uniform(0.12...0.38)
        recovery = stream.uniform(0.4...0.8)
        pace = max(1, stream.uniform(0.04...0.2) * Double(count))
    }

    /// Log closes of the bars from `start` to the end of the day.
    func closes(from level: Double, peak: Double, trough: Double, _ stream: inout SplitMix64) -> [Double] {
        let fall = peak - trough
        // Where a bar is hours long, the rebound happens within it.
        let within = count <= 8 ? recovery : 0.03
        let bottom = trough + within * fall
        let steps = (start...end).map { _ in stream.exponential() }
        let whole = steps.reduce(0, +)
        var done = 0.0
        var wobble = 0.0
        return (start..<count).map { bar in
            if bar <= end {
                done += steps[bar - start]
                return level + (bottom - level) * (bar == end ? 1 : done / whole)
            }
            wobble = 0.95 * wobble + 0.3 * max(-3, min(3, stream.heavyTailed()))
            let back = max(within, recovery * (1 - exp(-Double(bar - end) / pace)))
            let least = bar == count - 1 ? 0.25 : 0.02
            return trough + fall * max(least, min(0.95, back + 0.1 * wobble))
        }
    }

    /// Volume and wicks relative to an ordinary bar, `offset` bars after `start`: panic first, then an empty book that
    /// fills slowly.
    func thinning(_ offset: Int) -> (volume: Double, spread: Double) {
        let after = start + offset - end
        if after <= 0 { return (3, 4) }
        let empty = exp(-Double(after) / (0.6 * Double(count)))
        return (0.8 - 0.76 * empty, 1 + 4 * empty)
    }
}
