/// What a rule may look at. Each has a unit, and bounds for its parameters.
public enum Indicator: String, Sendable, Hashable, Codable, CaseIterable {
    case open, high, low, close, volume
    case sma, ema
    /// Highest high and lowest low of the bars *before* this one: a close can break them.
    case highest, lowest
    case bollingerUpper = "bollinger_upper"
    case bollingerLower = "bollinger_lower"
    case atr, rsi, adx, stochastic, macd
    case macdSignal = "macd_signal"
    case volumeRatio = "volume_ratio"
    /// Close over the close so many bars before, minus 1.
    case change

    /// Only like may be compared with like.
    public enum Unit: String, Sendable, Hashable {
        case price
        /// A difference of prices.
        case distance
        /// 0…100.
        case percent
        /// Without a unit.
        case ratio
        case volume
    }

    public var unit: Unit {
        switch self {
        case .open, .high, .low, .close, .sma, .ema, .highest, .lowest, .bollingerUpper, .bollingerLower: .price
        case .atr, .macd, .macdSignal: .distance
        case .rsi, .adx, .stochastic: .percent
        case .volumeRatio, .change: .ratio
        case .volume: .volume
        }
    }

    /// Names and bounds of the parameters, in order; whole numbers.
    public var parameters: [(name: String, range: ClosedRange<Int>)] {
        switch self {
        case .open, .high, .low, .close, .volume: []
        case .sma, .ema, .highest, .lowest: [("period", 2...400)]
        case .bollingerUpper, .bollingerLower: [("period", 5...200), ("width", 1...4)]
        case .atr, .rsi, .adx, .stochastic: [("period", 2...100)]
        case .macd, .macdSignal: [("fast", 2...50), ("slow", 5...200), ("signal", 2...50)]
        case .volumeRatio: [("period", 2...200)]
        case .change: [("bars", 1...400)]
        }
    }
}

/// An indicator with its parameters.
public struct IndicatorCall: Sendable, Hashable {
    public let indicator: Indicator
    public let parameters: [Int]

    /// - Throws: ``StrategyFault`` for a wrong number of parameters or one out of bounds.
    public init(_ indicator: Indicator, _ parameters: [Int] = []) throws(StrategyFault) {
        let expected = indicator.parameters
        guard parameters.count == expected.count else {
            throw .parameterCount(indicator, given: parameters.count)
        }
        for (value, parameter) in zip(parameters, expected) {
            guard parameter.range.contains(value) else {
                throw .parameter(indicator, name: parameter.name, value: value, allowed: parameter.range)
            }
        }
        if indicator == .macd || indicator == .macdSignal, parameters[0] >= parameters[1] {
            throw .parameter(indicator, name: "fast", value: parameters[0], allowed: 2...parameters[1] - 1)
        }
        self.indicator = indicator
        self.parameters = parameters
    }

    /// Bars it takes into account until it has settled: exponential averages are given four times their period.
    public var history: Int {
        switch indicator {
        case .open, .high, .low, .close, .volume: 1
        case .sma, .bollingerUpper, .bollingerLower, .volumeRatio: parameters[0]
        case .highest, .lowest, .change: parameters[0] + 1
        case .stochastic: parameters[0] + 6
        case .ema, .atr, .rsi: 4 * parameters[0]
        case .adx: 6 * parameters[0]
        case .macd, .macdSignal: 4 * (parameters[1] + parameters[2])
        }
    }
}
