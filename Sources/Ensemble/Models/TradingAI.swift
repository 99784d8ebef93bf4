import Market

/// Classical indicators: trend by the averages of 5 and 20 bars, momentum by MACD, RSI against extremes, each with one voice;
/// silent where nothing is traded, where the market stands still and where it is in turmoil.
public struct TradingAI: SignalModel {
    public let name = "trading_ai"
    /// The exponential averages have forgotten what lies further back.
    public let history = 160

    public init() {}

    public func signals(on series: CandleSeries, bars: Range<Int>) throws -> [Signal] {
        var state = State()
        var signals: [Signal] = []
        signals.reserveCapacity(bars.count)
        let begin = max(0, bars.lowerBound - history)
        for bar in begin..<bars.upperBound {
            let signal = state.next(series.candles[bar])
            if bar >= bars.lowerBound { signals.append(signal) }
        }
        return signals
    }

    private struct State {
        var fast = SMA(period: 5)
        var slow = SMA(period: 20)
        var rsi = RSI()
        var macd = MACD()
        var range = ATR()
        var usualRange = EMA(period: 96)
        var volume = VolumeRatio(period: 20)

        mutating func next(_ candle: Candle) -> Signal {
            fast.update(candle.close)
            slow.update(candle.close)
            rsi.update(candle.close)
            macd.update(candle.close)
            range.update(high: candle.high, low: candle.low, close: candle.close)
            if let range = range.value { usualRange.update(range / candle.close) }
            volume.update(candle.volume)
            guard let fast = fast.value, let slow = slow.value, let rsi = rsi.value, let macd = macd.value,
                let range = range.value, let usual = usualRange.value, let volume = volume.value
            else { return Reasons.tooEarly }
            let relative = range / candle.close
            if relative < 1e-5 { return Reasons.still }
            if relative > 3 * usual { return Reasons.turmoil }
            if volume < 0.2 { return Reasons.untraded }
            let trend = fast > slow ? 1 : -1
            let momentum = macd.histogram > 0 ? 1 : -1
            // Beyond 30 and 70 a return is expected, between them RSI speaks for the side it is on.
            let strength = rsi > 70 ? -1 : (rsi < 30 ? 1 : (rsi > 55 ? 1 : (rsi < 45 ? -1 : 0)))
            return Reasons.of(trend, momentum, strength, extreme: rsi > 70 || rsi < 30)
        }
    }

    /// Every signal it can give, made once.
    private enum Reasons {
        static let tooEarly = Signal.flat("too few bars")
        static let still = Signal.flat("the market stands still")
        static let turmoil = Signal.flat("bars three times as wide as usual")
        static let untraded = Signal.flat("hardly any volume")

        static func of(_ trend: Int, _ momentum: Int, _ strength: Int, extreme: Bool) -> Signal {
            table[((trend + 1) * 3 + momentum + 1) * 6 + (strength + 1) * 2 + (extreme ? 1 : 0)]
        }

        private static let table: [Signal] = (-1...1).flatMap { trend in
            (-1...1).flatMap { momentum in
                (-1...1).flatMap { strength in
                    [false, true].map { make(trend, momentum, strength, extreme: $0) }
                }
            }
        }

        private static func make(_ trend: Int, _ momentum: Int, _ strength: Int, extreme: Bool) -> Signal {
            let sum = trend + momentum + strength
            var words = ["SMA 5 \(trend > 0 ? "above" : "below") 20", "MACD \(momentum > 0 ? "rising" : "falling")"]
            if strength != 0 {
                words.append(
                    extreme
                        ? (strength > 0 ? "RSI oversold" : "RSI overbought")
                        : (strength > 0 ? "RSI strong" : "RSI weak"))
            }
            let reason = words.joined(separator: ", ")
            guard abs(sum) >= 2 else { return .flat("undecided: " + reason) }
            return Signal(sum > 0 ? .long : .short, confidence: Double(abs(sum)) / 3, reason: reason)
        }
    }
}
