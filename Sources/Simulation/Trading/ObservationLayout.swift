/// What the numbers of an observation mean, and in which order they stand.
///
/// A policy is kept together with the layout it was trained on, so that it is never fed another one.
public struct ObservationLayout: Sendable, Hashable, Codable {
    /// A run of neighbouring inputs that belong together.
    public struct Group: Sendable, Hashable, Codable {
        public let name: String
        /// One name an input, in order.
        public let features: [String]
    }

    /// Names meaning and order; two layouts of the same version are the same.
    public let version: String
    public let groups: [Group]
    /// Bars one observation looks back on, its own included; fewer cannot be traded.
    public let history: Int

    /// Floats in one observation.
    public var size: Int { groups.reduce(0) { $0 + $1.features.count } }

    /// The names of all inputs, in order.
    public var features: [String] { groups.flatMap(\.features) }

    /// Where the inputs of each group stand within an observation.
    public var ranges: [(name: String, range: Range<Int>)] {
        var start = 0
        return groups.map { group in
            defer { start += group.features.count }
            return (group.name, start..<start + group.features.count)
        }
    }

    /// The layouts this build can produce.
    public static let known: [ObservationLayout] = [.candleV1, .trading1]

    /// The known layout of that version, or nil.
    public static func named(_ version: String) -> ObservationLayout? {
        known.first { $0.version == version }
    }

    /// The public benchmark's layout, 48 inputs: 32 bar returns × 100, twelve features, position, unrealised result,
    /// holding time and time left in the episode.
    public static let candleV1 = ObservationLayout(
        version: "candle-v1", history: CandleV1Shape.firstBar + 1,
        groups: [
            returnsGroup,
            Group(
                name: "bar",
                features: ["range", "body", "upper_wick", "lower_wick", "volume"]),
            Group(
                name: "trend",
                features: [
                    "momentum_4", "momentum_8", "momentum_16", "momentum_32", "volatility_32", "macd_12_26", "rsi_14",
                ]),
            Group(name: "state", features: ["position", "unrealised", "held", "time_left"]),
        ])

    /// The product's layout, 64 inputs, all but the clock and the state in units of the bar's running volatility σ, so
    /// that a policy means the same on any symbol and interval. See ``MarketTables`` for the formulas.
    public static let trading1 = ObservationLayout(
        version: "trading-1", history: Trading1Shape.firstBar + 1,
        groups: [
            returnsGroup,
            Group(
                name: "bar",
                features: ["range", "body", "upper_wick", "lower_wick", "volume", "volume_8_128"]),
            Group(
                name: "trend",
                features: [
                    "momentum_4", "momentum_8", "momentum_16", "momentum_32", "momentum_64", "momentum_128",
                    "macd_12_26",
                    "rsi_14", "channel_32", "channel_128", "efficiency_32", "autocorrelation_64", "up_share_32",
                ]),
            Group(
                name: "volatility",
                features: ["log_volatility", "volatility_8", "volatility_32_128", "downside_64"]),
            Group(name: "clock", features: ["day_sin", "day_cos", "week_sin", "week_cos"]),
            Group(name: "state", features: ["position", "unrealised", "held", "given_back", "cost"]),
        ])

    private init(version: String, history: Int, groups: [Group]) {
        self.version = version
        self.groups = groups
        self.history = history
    }

    private static let returnsGroup = Group(
        name: "returns", features: (0..<32).map { $0 == 31 ? "return" : "return_back_\(31 - $0)" })
}
