import Market
import Policies
import Reinforcement
import Simulation

/// The published policy as a voter: how much likelier it thinks one side than the other, seen from a flat position. It keeps
/// silent on bars that it was trained or chosen on, where being right proves nothing.
public struct ChampionModel: SignalModel {
    public static let name = "rl_agent"
    public var name: String { Self.name }
    public let history: Int
    private let published: PublishedPolicy
    private let layout: ObservationLayout

    /// Nil for an observation layout that this build does not know.
    public init?(_ published: PublishedPolicy) {
        guard let layout = ObservationLayout.named(published.manifest.layout) else { return nil }
        self.published = published
        self.layout = layout
        history = MarketTables.historyNeeded(layout)
    }

    public func signals(on series: CandleSeries, bars: Range<Int>) throws -> [Signal] {
        guard bars.upperBound > history else { return bars.map { _ in .flat("too few bars") } }
        let begin = max(0, bars.lowerBound - 4 * history)
        let tables = try MarketTables(series[begin..<bars.upperBound], layout: layout)
        let evaluator = PolicyEvaluator(published.policy)
        let costPerSide = Float(published.manifest.costs.perSide)
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: layout.size) { buffer in
            guard let observation = buffer.baseAddress else { return [] }
            return bars.map { bar in
                guard tables.usableBars.contains(bar - begin) else { return Signal.flat("too few bars") }
                if hasSeen(series, bar) { return .flat("the policy was trained on this bar") }
                tables.observeFlat(bar: bar - begin, costPerSide: costPerSide, to: observation)
                return signal(evaluator.decide(UnsafeBufferPointer(buffer)))
            }
        }
    }

    private func hasSeen(_ series: CandleSeries, _ bar: Int) -> Bool {
        let manifest = published.manifest
        let time = series.candles[bar].openTime
        return series.isSynthetic == manifest.synthetic && series.interval == manifest.interval
            && (manifest.trainedOn.contains(time) || manifest.validatedOn.contains(time))
    }

    private func signal(_ decision: PolicyDecision) -> Signal {
        guard decision.probabilities.count == 3 else { return .flat("the policy has other actions") }
        let lead = Double(decision.probabilities[1] - decision.probabilities[2])
        guard decision.exposure != .flat, lead != 0 else { return .flat("\(published.manifest.name) stays out") }
        return Signal(
            lead > 0 ? .long : .short, confidence: min(abs(lead), 1),
            reason: "\(published.manifest.name) prefers \(lead > 0 ? "long" : "short")")
    }
}
