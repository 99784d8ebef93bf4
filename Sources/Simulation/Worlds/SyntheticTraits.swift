import Market

/// What tells one symbol of the bundled market from another.
struct SyntheticTraits {
    /// At the epoch, in the quote currency.
    let price: Double
    let dailyVolatility: Double
    /// Ordinary traded value of a day, in the quote currency.
    let dailyTurnover: Double
    let grid: PriceGrid
    let tick: Double

    /// Daily volatility relative to the ordinary 3 %.
    var beta: Double { dailyVolatility / 0.03 }

    init(_ symbol: Symbol) {
        // Orders of magnitude a user recognises; any other symbol gets its own from its name.
        switch symbol.rawValue {
        case "BTCUSDT": (price, dailyVolatility, dailyTurnover) = (30_000, 0.025, 1e9)
        case "ETHUSDT": (price, dailyVolatility, dailyTurnover) = (2_000, 0.032, 5e8)
        case "SOLUSDT": (price, dailyVolatility, dailyTurnover) = (100, 0.045, 2e8)
        case "ADAUSDT": (price, dailyVolatility, dailyTurnover) = (0.5, 0.04, 1e8)
        case "BNBUSDT": (price, dailyVolatility, dailyTurnover) = (300, 0.03, 2e8)
        default:
            var numbers = SplitMix64(state: Self.hash(symbol))
            price = [0.2, 1, 5, 20, 100, 500][Int(numbers.next() % 6)] * numbers.uniform(1...4)
            dailyVolatility = numbers.uniform(0.025...0.05)
            dailyTurnover = numbers.uniform(2e7...2e8)
        }
        grid = PriceGrid(around: price)
        tick = grid.tick
    }

    /// FNV-1a of the name, 64 bits.
    static func hash(_ symbol: Symbol) -> UInt64 {
        symbol.rawValue.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
