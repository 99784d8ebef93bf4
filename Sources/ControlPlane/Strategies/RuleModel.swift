import Ensemble
import Foundation
import Market
import Store
import Strategies

/// An adopted rule as a voter: its word is what it holds. It keeps silent on bars that had closed when it was adopted, since
/// whoever wrote it may have seen them.
struct RuleModel: SignalModel {
    /// What all their names begin with.
    static let prefix = "rule_"

    let name: String
    let history: Int
    private let strategy: Strategy
    private let adoptedAt: Int64

    /// - Throws: ``StrategyFault`` for a text that this build cannot read.
    init(_ row: StrategyRow) throws(StrategyFault) {
        strategy = try Strategy(row.text)
        name = Self.name(of: row.id)
        history = strategy.history
        adoptedAt = row.adoptedAt.milliseconds
    }

    static func name(of rule: Int64) -> String { "\(prefix)\(rule)" }

    /// Walks from the first candle there is, as a side that was taken once is held until a clause says otherwise.
    func signals(on series: CandleSeries, bars: Range<Int>) -> [Signal] {
        let exposures = strategy.exposures(on: series[0..<bars.upperBound])
        return bars.map { bar in
            guard bar >= history else { return .flat("too few bars") }
            guard series.candles[bar].openTime + series.interval.milliseconds > adoptedAt else {
                return .flat("it had closed when the rule was adopted")
            }
            let side = exposures[bar]
            guard side != .flat else { return .flat("the rule stays out") }
            return Signal(side, confidence: 1, reason: side == .long ? "the rule holds long" : "the rule holds short")
        }
    }
}
