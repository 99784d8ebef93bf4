import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A position that is still held, marked at the close of the last walked bar.
public struct OpenPosition: Sendable, Hashable, Codable {
    public let side: Exposure
    /// Open time of the bar it was decided on, UTC milliseconds.
    public let entryBar: Int64
    public let entryPrice: Double
    public let entryDecision: PolicyDecision
    public let entryObservation: [Float]
    /// Price of the last mark.
    public private(set) var lastPrice: Double
    /// Log return since entry, without costs.
    public private(set) var logReturn = 0.0
    public private(set) var barsHeld = 0
    /// Fractions of the entry price, at most and at least 0; see ``TradeRecord``.
    public private(set) var adverseExcursion = 0.0
    public private(set) var favourableExcursion = 0.0

    /// What observations say about the position, in the arithmetic of training.
    private(set) var state = PositionState()
    private let entryLogCost: Double
    private let layout: String

    init(
        side: Exposure, entryBar: Int64, entryPrice: Double, entryLogCost: Double, decision: PolicyDecision,
        observation: [Float], layout: String
    ) {
        self.side = side
        self.entryBar = entryBar
        self.entryPrice = entryPrice
        self.entryLogCost = entryLogCost
        self.layout = layout
        entryDecision = decision
        entryObservation = observation
        lastPrice = entryPrice
        state.take(Int32(side.rawValue))
    }

    /// `bar` is nil when the position left within the bar at `price`: what the bar did beyond is then not its own.
    mutating func mark(growth: Double, price: Double, in bar: BarPrices?) {
        logReturn += growth / Growth.scale
        barsHeld += 1
        lastPrice = price
        state.earn(Float(growth))
        let low = (bar?.low ?? price) / entryPrice - 1
        let high = (bar?.high ?? price) / entryPrice - 1
        adverseExcursion = min(adverseExcursion, side == .long ? low : -high)
        favourableExcursion = max(favourableExcursion, side == .long ? high : -low)
    }

    func record(
        symbol: Symbol, interval: Interval, costs: CostModel, exitBar: Int64, exitPrice: Double, exitLogCost: Double,
        reason: ExitReason
    ) -> TradeRecord {
        let gross = expm1(logReturn)
        let net = expm1(entryLogCost + logReturn + exitLogCost)
        let feeShare = costs.perSide > 0 ? costs.fee / costs.perSide : 0
        let fees = (gross - net) * feeShare
        return TradeRecord(
            symbol: symbol, side: side, entryTime: entryBar + interval.milliseconds,
            exitTime: exitBar + interval.milliseconds, entryBar: entryBar, exitBar: exitBar, entryPrice: entryPrice,
            exitPrice: exitPrice, grossReturn: gross, fees: fees, slippage: gross - net - fees, netReturn: net,
            barsHeld: barsHeld, adverseExcursion: adverseExcursion, favourableExcursion: favourableExcursion,
            exitReason: reason, entryDecision: entryDecision, entryObservation: entryObservation, layout: layout)
    }
}
