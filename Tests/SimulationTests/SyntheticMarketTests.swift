import Foundation
import Market
import Simulation
import Testing

@Suite("Synthetic market") struct SyntheticMarketTests {
    private let market = SyntheticMarket(seed: 29)
    private let bitcoin = Symbol(rawValue: "BTCUSDT")!
    private let ether = Symbol(rawValue: "ETHUSDT")!
    private let epoch = SyntheticMarket.epoch

    @Test("history goes on bit for bit, whatever span is asked for")
    func extends() {
        let end = epoch + 3000 * 900_000
        let whole = market.candles(symbol: bitcoin, interval: .fifteenMinutes, from: epoch, to: end)
        #expect(whole.count == 3000)
        let part = market.candles(
            symbol: bitcoin, interval: .fifteenMinutes, from: epoch + 1000 * 900_000, to: epoch + 1500 * 900_000)
        #expect(part == Array(whole[1000..<1500]))
        let last = market.candles(symbol: bitcoin, interval: .fifteenMinutes, from: end - 900_000, to: end)
        #expect(last == [whole[2999]])
        let series = market.series(symbol: bitcoin, interval: .fifteenMinutes, bars: 100, endingAt: end + 5000)
        #expect(series.candles == Array(whole.suffix(100)) && series.isSynthetic)
        let starting = market.series(symbol: bitcoin, interval: .fifteenMinutes, bars: 10, startingAt: epoch + 899_999)
        #expect(starting.candles == Array(whole[1..<11]))
        #expect(market.series(symbol: bitcoin, interval: .fifteenMinutes, bars: 3).candles == Array(whole.prefix(3)))
    }

    @Test("spans off the grid hold the bars that open in them")
    func offGrid() {
        func opens(_ from: Int64, _ to: Int64) -> [Int64] {
            market.candles(symbol: bitcoin, interval: .oneHour, from: epoch + from, to: epoch + to).map {
                $0.openTime - epoch
            }
        }
        #expect(opens(1, 3_600_001) == [3_600_000])
        #expect(opens(0, 3_600_000) == [0])
        #expect(opens(-10_000_000, 1) == [0])
        #expect(opens(-10_000_000, 0) == [])
        #expect(opens(5, 5) == [])
        #expect(opens(7_200_000, 0) == [])
        #expect(market.candles(symbol: bitcoin, interval: .oneHour, from: .min, to: 0) == [])
        #expect(market.candles(symbol: bitcoin, interval: .oneDay, from: .max - 1, to: .max) == [])
    }

    @Test("bars are valid, without gaps, and open where the last one closed", arguments: Interval.allCases)
    func valid(interval: Interval) {
        let series = market.series(symbol: Symbol(rawValue: "XYZ1")!, interval: interval, bars: 5000)
        #expect(series.candles.allSatisfy { $0.fault(interval: interval) == nil })
        #expect(series.gaps.isEmpty)
        #expect(zip(series.candles, series.candles.dropFirst()).allSatisfy { $0.close == $1.open })
        #expect(series.candles.allSatisfy { $0.takerBuyBase < $0.volume })
    }

    @Test("other seeds, symbols and intervals give other markets")
    func distinct() {
        let base = market.series(symbol: bitcoin, interval: .oneHour, bars: 50).candles.map(\.close)
        let seeds = SyntheticMarket(seed: 30).series(symbol: bitcoin, interval: .oneHour, bars: 50).candles.map(\.close)
        let others = market.series(symbol: ether, interval: .oneHour, bars: 50).candles.map { $0.close * 15 }
        #expect(base != seeds)
        #expect(base != others)
    }

    @Test("it moves like a market: fat tails, clustering, correlated symbols, bounded prices")
    func stylisedFacts() {
        func returns(_ symbol: Symbol) -> [Double] {
            let candles = market.series(symbol: symbol, interval: .fifteenMinutes, bars: 60_000).candles
            return zip(candles.dropFirst(), candles).map { log($0.close / $1.close) }
        }
        let first = returns(bitcoin)
        let second = returns(ether)
        let annual = (Statistics.mean(first.map { $0 * $0 }) * 365 * 96).squareRoot()
        #expect((0.3...0.8).contains(annual))
        #expect(Statistics.excessKurtosis(first) > 5)
        #expect(Statistics.autocorrelation(first.map(abs), lag: 1) > 0.2)
        #expect(Statistics.autocorrelation(first.map(abs), lag: 50) > 0.05)
        #expect(abs(Statistics.autocorrelation(first, lag: 1)) < 0.05)
        #expect((0.55...0.85).contains(Statistics.correlation(first, second)))
        let closes = market.series(symbol: bitcoin, interval: .oneHour, bars: 50_000).candles.map(\.close)
        #expect((closes.max() ?? 0) / (closes.min() ?? 1) < 200)
    }

    @Test(
        "a trend follower that is worth its costs exists, and a coin does not pay", arguments: [29, 30, 31] as [UInt64])
    func edge(seed: UInt64) throws {
        let series = SyntheticMarket(seed: seed).series(symbol: bitcoin, interval: .fifteenMinutes, bars: 40_000)
        let tables = try MarketTables(series)
        let momentum = try #require(tables.layout.features.firstIndex(of: "momentum_64"))
        var held = Exposure.flat
        let follower = try Backtest.run(tables) { observation in
            if observation[momentum] > 1 { held = .long }
            if observation[momentum] < -1 { held = .short }
            return PolicyDecision(exposure: held)
        }
        #expect(log(1 + follower.totalReturn) > 2)
        var stream = ActionStream(1)
        let coin = try Backtest.run(tables, bars: 200..<10_000) { _ in
            PolicyDecision(exposure: Exposure(rawValue: Int(stream.action())) ?? .flat)
        }
        #expect(coin.totalReturn < -0.9)
    }
}
