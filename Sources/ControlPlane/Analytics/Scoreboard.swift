import Ensemble
import Evaluation
import Foundation

/// The aims of the original plan, each judged on windows that nothing was learned from.
public struct Scoreboard: Codable, Sendable, Equatable {
    public enum Aim: String, Codable, Sendable, CaseIterable {
        /// Win rate from 34.4 % to the target.
        case winRate = "win_rate"
        /// Return from −50.6 % to above zero.
        case roi
        /// Twice the trades a day of the first session.
        case trades
        /// Largest fall at most 15 %.
        case drawdown
        /// The mean trade gets better from iteration to iteration.
        case improvement
    }

    public enum State: String, Codable, Sendable, CaseIterable {
        case met
        case notMet = "not_met"
        case notProvable = "not_provable"
    }

    public struct Row: Codable, Sendable, Equatable {
        public let aim: Aim
        public let state: State
        /// Fractions, but for ``Aim/trades``: a factor; and ``Aim/improvement``: fraction an iteration.
        public let value: Double
        public let low: Double?
        public let high: Double?
    }

    public let rows: [Row]

    static let drawdownLimit = 0.15

    init(_ recap: SessionRecap) {
        let summary = recap.summary
        let figures = summary.figures
        let isEnough = figures.verdict != .notProvable
        func state(_ isMet: Bool, _ isMissed: Bool) -> State {
            isEnough ? (isMet ? .met : (isMissed ? .notMet : .notProvable)) : .notProvable
        }
        let winRate = Row(
            aim: .winRate,
            state: state(figures.decidingWinRateLow >= summary.target, figures.winRateHigh < summary.target),
            value: figures.winRate, low: figures.winRateLow, high: figures.winRateHigh)
        let roi = Row(
            aim: .roi, state: state(figures.expectancyLow > 0 && summary.roi > 0, figures.expectancyHigh < 0),
            value: summary.roi, low: nil, high: nil)
        let drawdown = Row(
            aim: .drawdown,
            state: state(summary.drawdown <= Self.drawdownLimit, summary.drawdown > Self.drawdownLimit),
            value: summary.drawdown, low: nil, high: nil)
        rows = [winRate, roi, Self.trades(recap), drawdown, Self.improvement(recap.results, isEnough: isEnough)]
    }

    private static func trades(_ recap: SessionRecap) -> Row {
        func perDay(_ summary: SessionSummary) -> Double {
            let days = Double(summary.judged.upperBound - summary.judged.lowerBound) / 86_400_000
            return days > 0 ? Double(summary.figures.trades) / days : 0
        }
        guard let first = recap.earlier.last.map({ perDay($0.summary) }), first > 0 else {
            return Row(aim: .trades, state: .notProvable, value: 1, low: nil, high: nil)
        }
        let factor = perDay(recap.summary) / first
        return Row(aim: .trades, state: factor >= 2 ? .met : .notMet, value: factor, low: nil, high: nil)
    }

    /// Least-squares slope of the mean result over the iterations, with its 95 % interval (two standard errors).
    private static func improvement(_ results: [IterationResult], isEnough: Bool) -> Row {
        let values = results.map(\.figures.expectancy)
        let count = Double(values.count)
        guard values.count >= 4 else {
            return Row(aim: .improvement, state: .notProvable, value: 0, low: nil, high: nil)
        }
        let middle = (count - 1) / 2
        let mean = values.reduce(0, +) / count
        var spread = 0.0
        var together = 0.0
        for (index, value) in values.enumerated() {
            spread += (Double(index) - middle) * (Double(index) - middle)
            together += (Double(index) - middle) * (value - mean)
        }
        let slope = together / spread
        let rest = values.enumerated().reduce(0) { sum, one in
            let error = one.element - mean - slope * (Double(one.offset) - middle)
            return sum + error * error
        }
        let half = 2 * (rest / (count - 2) / spread).squareRoot()
        let state: State = !isEnough ? .notProvable : (slope > half ? .met : (slope < -half ? .notMet : .notProvable))
        return Row(aim: .improvement, state: state, value: slope, low: slope - half, high: slope + half)
    }
}

/// What changed from one session to another.
public struct SessionComparison: Codable, Sendable, Equatable {
    public let before: Int64
    public let after: Int64
    /// Of the mean net result of a trade, after less before, with its 95 % interval; both were resampled by days.
    public let expectancy: Difference
    public let winRate: Difference
    public let roi: Double
    public let drawdown: Double

    public struct Difference: Codable, Sendable, Equatable {
        public let value: Double
        public let low: Double
        public let high: Double

        init(_ before: (Double, ClosedRange<Double>), _ after: (Double, ClosedRange<Double>)) {
            value = after.0 - before.0
            // Half-widths of independent figures add up as squares.
            let half = hypot(
                (before.1.upperBound - before.1.lowerBound) / 2, (after.1.upperBound - after.1.lowerBound) / 2)
            (low, high) = (value - half, value + half)
        }

        public var isProven: Bool { low > 0 || high < 0 }
    }

    public init(_ before: (id: Int64, summary: SessionSummary), _ after: (id: Int64, summary: SessionSummary)) {
        self.before = before.id
        self.after = after.id
        let (old, new) = (before.summary.figures, after.summary.figures)
        expectancy = Difference(
            (old.expectancy, old.expectancyLow...old.expectancyHigh),
            (new.expectancy, new.expectancyLow...new.expectancyHigh))
        winRate = Difference(
            (old.winRate, old.winRateLow...old.winRateHigh), (new.winRate, new.winRateLow...new.winRateHigh))
        roi = after.summary.roi - before.summary.roi
        drawdown = after.summary.drawdown - before.summary.drawdown
    }
}
