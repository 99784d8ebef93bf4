import Market

/// For bars of the past: which side would have done better between its stop, its target and its time limit (López de Prado,
/// *Advances in Financial Machine Learning*, 2018, chapter 3: the triple barrier).
public struct BarrierLabels: Sendable {
    /// Bars that have a label, rising.
    public private(set) var bars: [Int] = []
    /// True where long did better than short, costs taken off.
    public private(set) var isLong: [Bool] = []
    /// Index of the bar in which the later of both sides ended: what a label looks at.
    public private(set) var ends: [Int] = []

    /// Labels every `stride`-th bar of `bars` whose both sides end within them. Neighbours share most of their future, so
    /// that every bar would only repeat what the last one said.
    public init(
        _ series: CandleSeries, states: [MarketState], bars: Range<Int>, stride: Int, rules: TradingRules
    ) {
        let candles = series.candles
        for bar in Swift.stride(from: bars.lowerBound, to: bars.upperBound - 1, by: stride) {
            guard let range = states[bar].range, range > 0 else { continue }
            let entry = candles[bar + 1].open
            var long = BarrierLeg(side: .long, entryPrice: entry, range: range, rules: rules)
            var short = BarrierLeg(side: .short, entryPrice: entry, range: range, rules: rules)
            var end = bar
            while end + 1 < bars.upperBound, long.exit == nil || short.exit == nil {
                end += 1
                long.advance(candles[end])
                short.advance(candles[end])
            }
            guard let up = long.netReturn(costs: rules.costs), let down = short.netReturn(costs: rules.costs),
                up != down
            else { continue }
            self.bars.append(bar)
            isLong.append(up > down)
            ends.append(end)
        }
    }
}
