import Ensemble
import Foundation
import LightGBM
import Market
import Testing

struct ModelTests {
    @Test(
        "a signal depends on nothing that comes after its bar",
        arguments: [TradingAI(), LavaAI()] as [any SignalModel])
    func noLookAhead(model: any SignalModel) throws {
        let series = try PlantedMarket.series("BTCUSDT", bars: 900, seed: 3, drift: 0.001)
        let all = try model.signals(on: series, bars: 400..<900)
        for bar in stride(from: 400, to: 900, by: 37) {
            let cut = series[0..<bar + 1]
            #expect(try model.signals(on: cut, bars: 400..<bar + 1) == Array(all.prefix(bar - 399)))
            // What comes later may be anything.
            var other = series
            for later in bar + 1..<900 { other.candles[later].close = 1 }
            let expected = try model.signals(on: series, bars: bar..<bar + 1)
            #expect(try model.signals(on: other, bars: bar..<bar + 1) == expected)
        }
    }

    @Test("market states and features depend on nothing that comes after their bar")
    func noLookAheadInTables() throws {
        let series = try PlantedMarket.series("BTCUSDT", bars: 700, seed: 4, drift: 0)
        let (states, features) = (MarketState.states(on: series, bars: 0..<700), FeatureTable(series))
        for bar in [193, 200, 350, 699] {
            let cut = series[0..<bar + 1]
            #expect(MarketState.states(on: cut, bars: 0..<bar + 1) == Array(states.prefix(bar + 1)))
            #expect(Array(FeatureTable(cut).rows(bar..<bar + 1)) == Array(features.rows(bar..<bar + 1)))
        }
        #expect(features.values.allSatisfy { $0.isFinite })
        #expect(features.rows(192..<193).allSatisfy { $0 == 0 })
    }

    @Test("all models keep silent before they have seen enough and answer soundly after", arguments: [0.0, 0.002])
    func sound(drift: Double) throws {
        let series = try PlantedMarket.series("BTCUSDT", bars: 1500, seed: 5, drift: drift)
        for model in [TradingAI(), LavaAI()] as [any SignalModel] {
            let signals = try model.checkedSignals(on: series, bars: 0..<1500)
            #expect(signals.prefix(20).allSatisfy { $0.side == .flat })
            #expect(signals.contains { $0.side == .long } && signals.contains { $0.side == .short })
            #expect(signals.allSatisfy { !$0.reason.isEmpty && ($0.side != .flat || $0.confidence == 0) })
        }
    }

    @Test("a market that stands still moves nobody")
    func still() throws {
        let candles = (0..<600).map {
            Candle(openTime: Int64($0) * 900_000, open: 7, high: 7, low: 7, close: 7, volume: 0)
        }
        let symbol = try #require(Symbol(rawValue: "BTCUSDT"))
        let series = CandleSeries(symbol: symbol, interval: .fifteenMinutes, candles: candles)
        for model in [TradingAI(), LavaAI()] as [any SignalModel] {
            #expect(try model.checkedSignals(on: series, bars: 0..<600).allSatisfy { $0.side == .flat })
        }
        #expect(FeatureTable(series).values.allSatisfy { $0.isFinite })
    }
}

struct CalibrationTests {
    @Test("isotonic regression pools violators as scikit-learn does")
    func isotonic() {
        // sklearn.isotonic.IsotonicRegression on these gives 0, 1/3, 1/3, 1/3, 0.5, 0.5, 1 at the scores.
        let fit = IsotonicCalibration(
            scores: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.9], outcomes: [false, true, false, false, true, false, true])
        #expect(fit.scores.count == 4)
        for (score, share) in [(0.1, 0.0), (0.3, 1.0 / 3), (0.55, 0.5), (0.9, 1.0), (0.0, 0.0), (2.0, 1.0)] {
            #expect(abs(fit(score) - share) < 1e-12, "\(score)")
        }
        // Between two blocks lies a straight line: from 0 at 0.1 to 1/3 at 0.3.
        #expect(abs(fit(0.2) - 1.0 / 6) < 1e-12)
    }

    @Test("equal scores are one block, and nothing seen is even odds")
    func ties() {
        let fit = IsotonicCalibration(scores: [0.5, 0.5, 0.5, 0.5], outcomes: [true, false, false, false])
        #expect(fit(0.5) == 0.25)
        #expect(IsotonicCalibration(scores: [], outcomes: [])(0.7) == 0.5)
    }
}
