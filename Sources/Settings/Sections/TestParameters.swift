public import Market

extension Settings {
    /// The win-rate tester's run.
    public struct TestParameters: Sendable, Equatable {
        public var testPeriodDays = 30
        public var symbols = ["SOLUSDT", "ADAUSDT", "BTCUSDT", "ETHUSDT", "BNBUSDT"].compactMap(Symbol.init(rawValue:))
        public var maxIterations = 10
        /// Fraction of trades.
        public var targetWinRate = 0.65
        public var minTradesPerSymbol = 5

        public init() {}
    }
}

extension Settings.TestParameters {
    static let section = Section(
        name: "test_parameters", meaning: "The win-rate tester.",
        keys: [
            Key(
                "test_parameters.test_period_days", \.testParameters.testPeriodDays, .whole(1...3650),
                "Days of candles that each iteration is judged on."),
            Key(
                "test_parameters.symbols", \.testParameters.symbols, .list(of: .symbol, count: 1...50),
                "Symbols that are traded in a test."),
            Key(
                "test_parameters.max_iterations", \.testParameters.maxIterations, .whole(1...10_000),
                "Iterations after which a test ends, target reached or not."),
            Key(
                "test_parameters.target_win_rate", \.testParameters.targetWinRate, .number(0...1),
                "Share of winning trades; a test ends early once it is proved, which takes more than being reached."),
            Key(
                "test_parameters.min_trades_per_symbol", \.testParameters.minTradesPerSymbol, .whole(0...100_000),
                "Fewer trades than this on a symbol, and its win rate does not count."),
        ])
}
