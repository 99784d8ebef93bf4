import Ensemble
import Market
import Testing

struct SignalModelTests {
    private let series: CandleSeries

    init() throws {
        let candles = (0..<5).map {
            Candle(openTime: Int64($0) * 900_000, open: 1, high: 1, low: 1, close: 1, volume: 1)
        }
        series = CandleSeries(
            symbol: try #require(Symbol(rawValue: "BTCUSDT")), interval: .fifteenMinutes, candles: candles)
    }

    @Test("a window model gets the candles up to the judged one, and is flat while there are too few")
    func window() throws {
        let model = WindowModel("last", history: 3) {
            Signal(.long, confidence: Double($0.count) / 10, reason: "\($0.last?.openTime ?? -1)")
        }
        let signals = try model.checkedSignals(on: series, bars: 1..<5)
        #expect(signals.map(\.side) == [.flat, .long, .long, .long])
        #expect(signals.map(\.reason).dropFirst() == ["1800000", "2700000", "3600000"])
        #expect(signals[1].confidence == 0.3)
    }

    @Test(
        "a confidence that is no number from 0 to 1 is a fault with model and bar", arguments: [Double.nan, -0.1, 1.5])
    func unsound(value: Double) {
        let model = WindowModel("mad", history: 1) { _ in Signal(.long, confidence: value, reason: "") }
        #expect {
            _ = try model.checkedSignals(on: series, bars: 2..<3)
        } throws: {
            "\($0)".hasPrefix("mad answered a confidence of") && "\($0)".contains("1800000")
        }
    }

    @Test("what a model throws becomes a fault that names it")
    func throwing() {
        struct Broken: Error, CustomStringConvertible { let description = "the cable is cut" }
        let model = WindowModel("remote", history: 1) { _ in throw Broken() }
        #expect(throws: SignalFault.failed(model: "remote", reason: "the cable is cut")) {
            _ = try model.checkedSignals(on: series, bars: 0..<1)
        }
    }
}
