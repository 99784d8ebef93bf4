public import Market

/// A strategy walking candles in order. It is fed one bar after another, so it cannot see a later one.
public struct StrategyWalk: Sendable {
    /// Held from the latest close on.
    public private(set) var exposure = Exposure.flat
    private let strategy: Strategy
    private var gauges: [Gauge]
    private let places: [IndicatorCall: Int]
    private var before: [Double?]
    private var now: [Double?]

    public init(_ strategy: Strategy) {
        self.strategy = strategy
        let calls = strategy.indicators
        gauges = calls.map(Gauge.init)
        places = Dictionary(uniqueKeysWithValues: calls.enumerated().map { ($0.element, $0.offset) })
        now = Array(repeating: nil, count: calls.count)
        before = now
    }

    /// Lets a bar close; what is held from there on. An indicator that has not seen enough makes its comparisons false.
    @discardableResult
    public mutating func update(_ candle: Candle) -> Exposure {
        swap(&before, &now)
        for index in gauges.indices { now[index] = gauges[index].update(candle) }
        if let clause = strategy.clauses.first(where: { holds($0.condition) == true }) { exposure = clause.side }
        return exposure
    }

    /// Nil while it cannot be said.
    private func holds(_ condition: Condition) -> Bool? {
        switch condition {
        case .comparison(let comparison): return holds(comparison)
        case .not(let part): return holds(part).map { !$0 }
        case .all(let parts):
            let answers = parts.map(holds)
            return answers.contains(false) ? false : (answers.contains(nil) ? nil : true)
        case .any(let parts):
            let answers = parts.map(holds)
            return answers.contains(true) ? true : (answers.contains(nil) ? nil : false)
        }
    }

    private func holds(_ comparison: Comparison) -> Bool? {
        guard let left = value(comparison.left, now), let right = value(comparison.right, now) else { return nil }
        switch comparison.relation {
        case .below: return left < right
        case .above: return left > right
        case .crossesAbove, .crossesBelow:
            guard let oldLeft = value(comparison.left, before), let oldRight = value(comparison.right, before) else {
                return nil
            }
            return comparison.relation == .crossesAbove
                ? oldLeft <= oldRight && left > right : oldLeft >= oldRight && left < right
        }
    }

    private func value(_ operand: Operand, _ values: [Double?]) -> Double? {
        switch operand {
        case .number(let number): return number
        case .indicator(let call, let factor):
            guard let place = places[call], let value = values[place] else { return nil }
            return value * factor
        }
    }
}

extension Strategy {
    /// What is held from each close of `series` on, one exposure a candle.
    public func exposures(on series: CandleSeries) -> [Exposure] {
        var walk = StrategyWalk(self)
        return series.candles.map { walk.update($0) }
    }
}

/// One indicator with its state.
private enum Gauge: Sendable {
    case price(Indicator)
    case sma(SMA)
    case ema(EMA)
    case extreme(RollingExtreme, isHigh: Bool)
    case bands(BollingerBands, isUpper: Bool)
    case atr(ATR)
    case rsi(RSI)
    case adx(ADX)
    case stochastic(Stochastic)
    case macd(MACD, isSignal: Bool)
    case volumeRatio(VolumeRatio)
    case change([Double], length: Int)

    init(_ call: IndicatorCall) {
        let p = call.parameters
        switch call.indicator {
        case .open, .high, .low, .close, .volume: self = .price(call.indicator)
        case .sma: self = .sma(SMA(period: p[0]))
        case .ema: self = .ema(EMA(period: p[0]))
        case .highest: self = .extreme(RollingExtreme(.highest, period: p[0]), isHigh: true)
        case .lowest: self = .extreme(RollingExtreme(.lowest, period: p[0]), isHigh: false)
        case .bollingerUpper: self = .bands(BollingerBands(period: p[0], width: Double(p[1])), isUpper: true)
        case .bollingerLower: self = .bands(BollingerBands(period: p[0], width: Double(p[1])), isUpper: false)
        case .atr: self = .atr(ATR(period: p[0]))
        case .rsi: self = .rsi(RSI(period: p[0]))
        case .adx: self = .adx(ADX(period: p[0]))
        case .stochastic: self = .stochastic(Stochastic(period: p[0]))
        case .macd: self = .macd(MACD(fast: p[0], slow: p[1], signal: p[2]), isSignal: false)
        case .macdSignal: self = .macd(MACD(fast: p[0], slow: p[1], signal: p[2]), isSignal: true)
        case .volumeRatio: self = .volumeRatio(VolumeRatio(period: p[0]))
        case .change: self = .change([], length: p[0])
        }
    }

    mutating func update(_ candle: Candle) -> Double? {
        switch self {
        case .price(let indicator):
            switch indicator {
            case .open: return candle.open
            case .high: return candle.high
            case .low: return candle.low
            case .volume: return candle.volume
            default: return candle.close
            }
        case .sma(var average):
            defer { self = .sma(average) }
            return average.update(candle.close)
        case .ema(var average):
            defer { self = .ema(average) }
            return average.update(candle.close)
        case .extreme(var extreme, let isHigh):
            defer { self = .extreme(extreme, isHigh: isHigh) }
            // Its value before this bar is taken in.
            let earlier = extreme.value
            extreme.update(isHigh ? candle.high : candle.low)
            return earlier
        case .bands(var bands, let isUpper):
            defer { self = .bands(bands, isUpper: isUpper) }
            return bands.update(candle.close).map { isUpper ? $0.upper : $0.lower }
        case .atr(var range):
            defer { self = .atr(range) }
            return range.update(high: candle.high, low: candle.low, close: candle.close)
        case .rsi(var index):
            defer { self = .rsi(index) }
            return index.update(candle.close)
        case .adx(var index):
            defer { self = .adx(index) }
            return index.update(high: candle.high, low: candle.low, close: candle.close)
        case .stochastic(var oscillator):
            defer { self = .stochastic(oscillator) }
            return oscillator.update(high: candle.high, low: candle.low, close: candle.close)?.k
        case .macd(var macd, let isSignal):
            defer { self = .macd(macd, isSignal: isSignal) }
            return macd.update(candle.close).map { isSignal ? $0.signal : $0.line }
        case .volumeRatio(var ratio):
            defer { self = .volumeRatio(ratio) }
            return ratio.update(candle.volume)
        case .change(var closes, let length):
            defer { self = .change(closes, length: length) }
            closes.append(candle.close)
            guard closes.count > length else { return nil }
            let old = closes[closes.count - 1 - length]
            if closes.count > 2 * length + 8 { closes.removeFirst(closes.count - length - 1) }
            return candle.close / old - 1
        }
    }
}
