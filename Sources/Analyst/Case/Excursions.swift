/// How far the price went against a trade and for it while it was open.
struct Excursions {
    /// Fractions of the entry price, at most and at least 0.
    private(set) var adverse = 0.0
    private(set) var favourable = 0.0
    /// Bars after the entry.
    private(set) var adverseBar = 0
    private(set) var favourableBar = 0

    init(_ path: PricePath) {
        for bar in path.entry + 1...path.exit {
            let (low, high) = path.reach(bar)
            let down = low / path.trade.entryPrice - 1
            let up = high / path.trade.entryPrice - 1
            let (worst, best) = path.side == .long ? (down, up) : (-up, -down)
            if worst < adverse { (adverse, adverseBar) = (worst, bar - path.entry) }
            if best > favourable { (favourable, favourableBar) = (best, bar - path.entry) }
        }
    }
}
