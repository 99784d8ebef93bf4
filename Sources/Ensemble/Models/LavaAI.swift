import Market

/// Reads the chart as a person would: is there a trend or a range, how wild and how busy is it, which candle pattern stands at
/// its edge, where are support and resistance, does momentum still follow the price. In a trend it goes with break-outs, in a
/// range against the edges.
public struct LavaAI: SignalModel {
    public let name = "lava_ai"
    public let history = 200

    public init() {}

    public func signals(on series: CandleSeries, bars: Range<Int>) throws -> [Signal] {
        var state = LavaState()
        var signals: [Signal] = []
        signals.reserveCapacity(bars.count)
        let begin = max(0, bars.lowerBound - history)
        for bar in begin..<bars.upperBound {
            let view = state.next(series.candles[bar])
            if bar >= bars.lowerBound { signals.append(view.map(LavaSignals.of) ?? LavaSignals.tooEarly) }
        }
        return signals
    }
}

/// What is to be seen at the close of a bar; +1 speaks for long, −1 for short, 0 for nothing.
struct LavaView: Hashable {
    var isTrending: Bool
    /// Of the directional indicators.
    var direction: Int
    /// Break-out in a trend, edge in a range.
    var level: Int
    var pattern: Int
    var divergence: Int
    /// Bars twice as wide as usual: half the confidence.
    var isWild: Bool
}

private struct LavaState {
    private var adx = ADX()
    private var rsi = RSI()
    private var range = ATR()
    private var usualRange = EMA(period: 96)
    private var volume = VolumeRatio(period: 48)
    private var highest = RollingExtreme(.highest, period: 48)
    private var lowest = RollingExtreme(.lowest, period: 48)
    private var lastLow: (price: Double, rsi: Double)?
    private var lastHigh: (price: Double, rsi: Double)?
    private var before: Candle?

    mutating func next(_ candle: Candle) -> LavaView? {
        // Support and resistance are those of the bars before this one.
        let (resistance, support) = (highest.value, lowest.value)
        defer {
            highest.update(candle.high)
            lowest.update(candle.low)
            before = candle
        }
        adx.update(high: candle.high, low: candle.low, close: candle.close)
        rsi.update(candle.close)
        range.update(high: candle.high, low: candle.low, close: candle.close)
        if let range = range.value { usualRange.update(range / candle.close) }
        volume.update(candle.volume)
        guard let adx = adx.value, let plus = self.adx.plusDI, let minus = self.adx.minusDI, let rsi = rsi.value,
            let range = range.value, let usual = usualRange.value, let volume = volume.value, let resistance,
            let support,
            let before
        else { return nil }
        let isTrending = adx > 25
        let divergence = divergence(candle, rsi: rsi, resistance: resistance, support: support)
        return LavaView(
            isTrending: isTrending, direction: plus > minus ? 1 : (minus > plus ? -1 : 0),
            level: isTrending
                ? breakout(candle, resistance, support, volume: volume) : edge(candle, resistance, support, range),
            pattern: CandlePattern.side(candle, after: before), divergence: divergence,
            isWild: range / candle.close > 2 * usual)
    }

    /// A close beyond the old range on more than usual volume.
    private func breakout(_ candle: Candle, _ resistance: Double, _ support: Double, volume: Double) -> Int {
        guard volume > 1.2 else { return 0 }
        return candle.close > resistance ? 1 : (candle.close < support ? -1 : 0)
    }

    /// Within half a usual bar of the range's edge, and inside it.
    private func edge(_ candle: Candle, _ resistance: Double, _ support: Double, _ range: Double) -> Int {
        if candle.close >= support, candle.close - support < range / 2 { return 1 }
        if candle.close <= resistance, resistance - candle.close < range / 2 { return -1 }
        return 0
    }

    /// A new extreme of the price that RSI does not confirm.
    private mutating func divergence(_ candle: Candle, rsi: Double, resistance: Double, support: Double) -> Int {
        var found = 0
        if candle.low <= support {
            if let last = lastLow, candle.low < last.price, rsi > last.rsi + 3 { found = 1 }
            lastLow = (candle.low, rsi)
        }
        if candle.high >= resistance {
            if let last = lastHigh, candle.high > last.price, rsi < last.rsi - 3 { found = found == 0 ? -1 : 0 }
            lastHigh = (candle.high, rsi)
        }
        return found
    }
}

/// Candle patterns of one or two bars (Nison, *Japanese Candlestick Charting Techniques*, 1991).
enum CandlePattern {
    /// +1 for bullish engulfing or hammer, −1 for bearish engulfing or shooting star.
    static func side(_ candle: Candle, after before: Candle) -> Int {
        let body = candle.close - candle.open
        let bodyBefore = before.close - before.open
        if body > 0, bodyBefore < 0, candle.close >= before.open, candle.open <= before.close { return 1 }
        if body < 0, bodyBefore > 0, candle.close <= before.open, candle.open >= before.close { return -1 }
        let length = candle.high - candle.low
        guard length > 0, abs(body) < length * 0.35 else { return 0 }
        let lower = min(candle.open, candle.close) - candle.low
        let upper = candle.high - max(candle.open, candle.close)
        if lower > 0.6 * length { return 1 }
        if upper > 0.6 * length { return -1 }
        return 0
    }
}

/// Every signal that can come of a view, made once.
enum LavaSignals {
    static let tooEarly = Signal.flat("too few bars")

    static func of(_ view: LavaView) -> Signal { table[index(view)] }

    private static func index(_ view: LavaView) -> Int {
        var index = view.isTrending ? 1 : 0
        for part in [view.direction, view.level, view.pattern, view.divergence] { index = index * 3 + part + 1 }
        return index * 2 + (view.isWild ? 1 : 0)
    }

    private static let table: [Signal] = {
        var table = [Signal](repeating: tooEarly, count: 2 * 81 * 2)
        for isTrending in [false, true] {
            for code in 0..<81 {
                for isWild in [false, true] {
                    let view = LavaView(
                        isTrending: isTrending, direction: code / 27 - 1, level: code / 9 % 3 - 1,
                        pattern: code / 3 % 3 - 1, divergence: code % 3 - 1, isWild: isWild)
                    table[index(view)] = make(view)
                }
            }
        }
        return table
    }()

    private static func make(_ view: LavaView) -> Signal {
        let sum =
            view.isTrending
            ? 2 * view.direction + 2 * view.level + view.pattern + view.divergence
            : 3 * view.level + view.pattern + 2 * view.divergence
        var words = [view.isTrending ? (view.direction > 0 ? "trend up" : "trend down") : "range"]
        if view.level != 0 {
            let name = view.isTrending ? (view.level > 0 ? "break-out" : "break-down") : ""
            words.append(view.isTrending ? name : (view.level > 0 ? "at support" : "at resistance"))
        }
        if view.pattern != 0 { words.append(view.pattern > 0 ? "bullish candle" : "bearish candle") }
        if view.divergence != 0 { words.append(view.divergence > 0 ? "bullish divergence" : "bearish divergence") }
        if view.isWild { words.append("wild") }
        let reason = words.joined(separator: ", ")
        guard abs(sum) >= 3 else { return .flat("undecided: " + reason) }
        let confidence = min(1, Double(abs(sum)) / 5) * (view.isWild ? 0.5 : 1)
        return Signal(sum > 0 ? .long : .short, confidence: confidence, reason: reason)
    }
}
