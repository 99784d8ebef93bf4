import Market

extension Settings {
    /// Which candles are learned from, and where they come from.
    public struct Market: Sendable, Equatable {
        public var source = Source.synthetic
        public var symbols = ["BTCUSDT"].compactMap(Symbol.init(rawValue:))
        public var interval = Interval.fifteenMinutes
        public var historyDays = 180
        /// Without a slash at its end.
        public var binanceBaseURL = "https://data-api.binance.vision"
        /// Relative to the working directory.
        public var files: [String] = []

        public init() {}

        public enum Source: String, Sendable, CaseIterable {
            case synthetic, binance, files
        }
    }
}

extension Settings.Market {
    static let section = Section(
        name: "market", meaning: "Which candles are learned from, and where they come from.",
        keys: [
            Key(
                "market.source", \.market.source, .choice,
                "`synthetic` is the bundled market and needs no network, `binance` Binance's public REST, `files` the candle files named below."
            ),
            Key(
                "market.symbols", \.market.symbols, .list(of: .symbol, count: 1...50),
                "Symbols that are kept up to date and traded."),
            Key("market.interval", \.market.interval, .choice, "Length of a candle."),
            Key(
                "market.history_days", \.market.historyDays, .whole(1...3650),
                "Days of candles that a cycle learns from and is judged on."),
            Key("market.binance_base_url", \.market.binanceBaseURL, .url, "Server of `/api/v3/klines`."),
            Key(
                "market.files", \.market.files, .list(of: .path, count: 0...10_000),
                "Candle files in Binance's dump layout (CSV, gz, zip), for the source `files`; relative to the working directory."
            ),
        ])
}
