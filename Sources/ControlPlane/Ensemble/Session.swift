import Ensemble
import Foundation
import Market

/// What a session was ordered to do, as it is stored.
public struct SessionPlan: Codable, Sendable, Equatable {
    public var test: WinRatePlan
    /// Whether the candles are a simulator's.
    public var isSynthetic: Bool
    /// End of the newest candle that is looked at (UTC milliseconds); settled when the session begins, so that it goes on
    /// with the same candles after a restart.
    public var end: Int64?

    public init(test: WinRatePlan, isSynthetic: Bool, end: Int64? = nil) {
        self.test = test
        self.isSynthetic = isSynthetic
        self.end = end
    }
}

/// Where a session stands after its last iteration, and what it came to when it is over.
public struct SessionSummary: Codable, Sendable, Equatable {
    public var iterations: Int
    /// How many there can be with the candles there are.
    public var planned: Int
    /// All judged windows together.
    public var figures: WinRateFigures
    /// Of all judged windows one after the other, in equal parts of the equity in every symbol.
    public var roi: Double
    public var drawdown: Double
    /// From the first judged window to the last (UTC milliseconds).
    public var judged: Range<Int64>
    public var symbols: [Symbol]
    public var interval: Interval
    public var isSynthetic: Bool
    public var target: Double
    public var feeBps: Double
    public var slippageBps: Double
    public var weightsBefore: [String: Double]
    public var weightsAfter: [String: Double]
    /// Models that took no part, with the reason.
    public var faults: [String: String]

    init(_ results: [IterationResult], planned: Int, plan: SessionPlan, faults: [String: String]) {
        iterations = results.count
        self.planned = planned
        figures = results[results.count - 1].pooled
        let equity = SessionEquity(results)
        roi = equity.roi
        drawdown = equity.drawdown
        judged = results[0].window.judged.lowerBound..<results[results.count - 1].window.judged.upperBound
        symbols = plan.test.symbols
        interval = plan.test.interval
        isSynthetic = plan.isSynthetic
        target = plan.test.targetWinRate
        feeBps = plan.test.rules.costs.feeBps
        slippageBps = plan.test.rules.costs.slippageBps
        weightsBefore = results[0].weightsBefore
        weightsAfter = results[results.count - 1].weightsAfter
        self.faults = faults
    }
}

/// The equity of windows one after the other.
struct SessionEquity {
    /// At the end of each day, from 1; times in UTC milliseconds.
    let times: [Int64]
    let values: [Double]
    /// Below the highest value so far, 0 or less, one for each time.
    let falls: [Double]
    let roi: Double
    /// The largest fall there ever was: of a window's own closes, or over the days of all windows.
    let drawdown: Double

    init(_ results: [IterationResult]) {
        var times: [Int64] = []
        var values: [Double] = []
        var falls: [Double] = []
        var base = 1.0
        var peak = 1.0
        for result in results {
            for mark in result.equity {
                let value = base * mark.value
                peak = max(peak, value)
                times.append(mark.time)
                values.append(value)
                falls.append(value / peak - 1)
            }
            base *= 1 + result.roi
        }
        self.times = times
        self.values = values
        self.falls = falls
        roi = base - 1
        drawdown = max(-(falls.min() ?? 0), results.map(\.drawdown).max() ?? 0)
    }
}

/// How far the running session is, for anyone who looks; nothing here is stored.
public struct SessionProgress: Sendable, Equatable {
    public enum Phase: String, Sendable, Equatable {
        case fetching, preparing, testing, pausing, reporting
    }

    public var session: Int64
    public var phase: Phase
    /// Done so far.
    public var iterations: Int
    public var planned: Int
    public var trades: Int
    public var winRate: Double?
    public var startedAt: Date
    public var stopRequested = false
}
