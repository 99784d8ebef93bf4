import Market

/// Why candles cannot be traded in a simulation. Nothing was computed.
public enum MarketTablesError: Error, Sendable, Hashable, CustomStringConvertible {
    case tooFewCandles(symbol: Symbol, count: Int, needed: Int)
    case badCandle(symbol: Symbol, index: Int, openTime: Int64, fault: CandleFault)
    case outOfOrder(symbol: Symbol, index: Int, openTime: Int64)
    case constant(symbol: Symbol, count: Int)
    case unknownLayout(version: String)

    public var description: String {
        switch self {
        case .tooFewCandles(let symbol, let count, let needed):
            "\(symbol) has \(count) candles, but at least \(needed) are needed; load more history or choose a shorter interval"
        case .badCandle(let symbol, let index, let openTime, let fault):
            "candle \(index) of \(symbol) (open time \(openTime)) cannot be used: \(fault); correct or reload it"
        case .outOfOrder(let symbol, let index, let openTime):
            "candle \(index) of \(symbol) (open time \(openTime)) is not later than the one before it; sort the candles and drop repeats"
        case .constant(let symbol, let count):
            "the price of \(symbol) never moves in \(count) candles, so there is nothing to learn; choose another symbol or period"
        case .unknownLayout(let version):
            "this build cannot make observations of layout \(version); use a policy trained by this build or update MarketFlow"
        }
    }
}
