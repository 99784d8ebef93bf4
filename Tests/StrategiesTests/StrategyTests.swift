import Foundation
import Market
import Strategies
import Testing

private func series(_ closes: [Double]) -> CandleSeries {
    CandleSeries(
        symbol: Symbol(rawValue: "TESTUSDT")!, interval: .oneHour,
        candles: closes.enumerated().map { index, close in
            Candle(
                openTime: Int64(index) * 3_600_000, open: close, high: close * 1.01, low: close * 0.99, close: close,
                volume: 10 + Double(index % 7))
        }, isSynthetic: true)
}

/// Any wavy series.
private let waves = series(
    (0..<600).map { (bar: Int) -> Double in
        let slow: Double = 8 * sin(Double(bar) / 9)
        let slower: Double = 5 * sin(Double(bar) / 31)
        return 100 + slow + slower
    })

@Suite("A strategy's text and JSON")
struct StrategyTextTests {
    @Test(
        "reads, prints and reads back the same",
        arguments: [
            "long when rsi(14) < 30",
            "long when rsi(14) < 30 and close > sma(200); short when rsi(14) > 70 or close crosses below lowest(20); flat when adx(14) < 15",
            "short when not (close > ema(50) or close > ema(100)) and volume_ratio(20) > 1.5",
            "long when macd(12, 26, 9) crosses above macd_signal(12, 26, 9); flat when close < sma(20) * 0.98",
            "long when (close > sma(10) or close > sma(20)) and (rsi(2) < 10 or change(3) < -0.02)",
            "long when ((rsi(14) < 30))", "LONG WHEN close>bollinger_upper(20,2);",
            "short when not not stochastic(14) > 80",
        ])
    func roundTrip(_ text: String) throws {
        let strategy = try Strategy(text)
        #expect(try Strategy(strategy.text) == strategy, "\(strategy.text)")
        let json = try JSONEncoder().encode(strategy)
        #expect(try JSONDecoder().decode(Strategy.self, from: json) == strategy)
    }

    @Test("and binds tighter than or, parentheses tighter than both")
    func precedence() throws {
        let plain = try Strategy("long when rsi(2) < 1 or rsi(3) < 1 and rsi(4) < 1")
        #expect(plain == (try Strategy("long when rsi(2) < 1 or (rsi(3) < 1 and rsi(4) < 1)")))
        #expect(plain != (try Strategy("long when (rsi(2) < 1 or rsi(3) < 1) and rsi(4) < 1")))
    }

    @Test("the JSON form is as documented")
    func json() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let json = String(
            decoding: try encoder.encode(Strategy("flat when not rsi(14) < 30; long when close > sma(9) * 2")),
            as: UTF8.self)
        #expect(
            json
                == #"{"clauses":[{"side":"flat","when":{"not":{"left":{"indicator":"rsi","parameters":[14]},"relation":"<","right":{"number":30}}}},{"side":"long","when":{"left":{"indicator":"close"},"relation":">","right":{"indicator":"sma","parameters":[9],"times":2}}}]}"#
        )
        let schema = try #require(
            try JSONSerialization.jsonObject(with: Data(Strategy.jsonSchema.utf8)) as? [String: Any])
        #expect(schema["required"] as? [String] == ["clauses"])
        #expect(
            Strategy.jsonSchema.contains("\"bollinger_upper\"") && Strategy.jsonSchema.contains("\"crosses above\""))
    }

    @Test(
        "what cannot be meant is refused with the reason",
        arguments: [
            ("", "at character 1 long, short or flat is expected"),
            ("buy when rsi(14) < 30", "at character 1 long, short or flat is expected"),
            ("long if rsi(14) < 30", "at character 6 “when” is expected"),
            ("long when rsi(14)", "at character 18 <, > or “crosses” is expected"),
            ("long when rsi(14) < 30 close", "“;”, “and”, “or” or the end"),
            ("long when (rsi(14) < 30", "“)” is expected"), ("long when foo(3) < 1", "“foo” is no indicator"),
            ("long when rsi < 30", "rsi takes 1 parameter(s) (period), not 0"),
            ("long when rsi(1) < 30", "period of rsi is 1, but 2 to 100 are possible"),
            ("long when sma(100000) < close", "period of sma is 100000"),
            ("long when macd(26, 12, 9) > 0", "fast of macd is 26"),
            ("long when rsi(14) > close", "rsi (percent) cannot be compared with close (price)"),
            ("long when close > 30000", "means nothing on another market"),
            ("long when rsi(14) > 130", "130.0 is never reached"),
            ("long when 1 < 2", "two numbers are compared"), ("flat when rsi(14) < 30", "it never goes long or short"),
            ("long when atr(14) > 3", "compared with 0 or another distance"),
            ("long when close > sma(10) * -1", "a factor above 0"), ("long when rsi(14) < nan", "no indicator"),
            ("long when rsi(14) < 30; rm -rf x", "long, short or flat is expected"),
            ("long when rsi(14) < 30 $", "a name, a number"),
        ])
    func refused(text: String, reason: String) {
        do {
            let strategy = try Strategy(text)
            Issue.record("“\(text)” was read as \(strategy.text)")
        } catch {
            #expect("\(error)".contains(reason), "\(error)")
        }
    }

    @Test("what costs too much is refused, in depth, in length, in history")
    func limits() {
        let many = "long when " + (2...40).map { "rsi(\($0)) < 30" }.joined(separator: " or ")
        let deep = "long when " + String(repeating: "(", count: 200) + "rsi(2) < 3" + String(repeating: ")", count: 200)
        let heavy = "long when " + (390...400).map { "close > ema(\($0))" }.joined(separator: " or ")
        let long = "long when rsi(14) < 30" + String(repeating: " ", count: 1_000)
        let clauses = (0..<7).map { _ in "long when rsi(14) < 30" }.joined(separator: ";")
        for text in [many, deep, heavy, long, clauses] {
            #expect(throws: StrategyFault.self) { try Strategy(text) }
        }
        let nested = String(repeating: #"{"not":"#, count: 300)
        let json = #"{"clauses":[{"side":"long","when":\#(nested)1\#(String(repeating: "}", count: 302))]}"#
        #expect(throws: (any Error).self) { try JSONDecoder().decode(Strategy.self, from: Data(json.utf8)) }
    }

    @Test("random bytes and random words never crash the reader")
    func noise() {
        var state: UInt64 = 7
        func draw(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let words = [
            "long", "short", "flat", "when", "rsi", "(", ")", "14", ",", "<", ">", "and", "or", "not", "crosses",
            "above", ";", "close", "*", "-1", "é", "🐟",
        ]
        for _ in 0..<20_000 {
            let text = (0..<draw(14)).map { _ in words[draw(words.count)] }.joined(separator: draw(3) == 0 ? "" : " ")
            // Most are refused; one that is not must survive printing.
            if let strategy = try? Strategy(text) { #expect((try? Strategy(strategy.text)) == strategy) }
        }
    }
}

@Suite("A strategy on candles")
struct StrategyWalkTests {
    @Test("goes with a cross, keeps what it holds, and leaves by the first clause that holds")
    func cross() throws {
        // change(1) is 2 %, −2 %, … by hand: 100 → 103 → 104 → 102 → 101 → 104.
        let strategy = try Strategy(
            "long when change(1) > 0.02; short when change(1) < -0.015; flat when change(2) < -0.01")
        let exposures = strategy.exposures(on: series([100, 103, 104, 102, 101, 104]))
        // +3 % long; +1 % keeps; −1.9 % short; −1 % and change(2) −2.9 %: flat; +3 % long.
        #expect(exposures == [.flat, .long, .long, .short, .flat, .long])
    }

    @Test("a cross is the one bar on which the sides change")
    func crossesOnce() throws {
        let strategy = try Strategy("long when close crosses above sma(2); short when close crosses below sma(2)")
        // sma(2): –, 9.5, 9.5, 10.5, 11.5, 11
        #expect(
            strategy.exposures(on: series([10, 9, 10, 11, 12, 10])) == [.flat, .flat, .long, .long, .long, .short])
    }

    @Test("a break of the highest high is measured against the bars before")
    func breakout() throws {
        let strategy = try Strategy("long when close > highest(3)")
        // Highs are 1 % above closes: 101, 102.01, 103.02; only 104 is above 103.02.
        #expect(strategy.exposures(on: series([100, 101, 102, 103, 104.5])) == [.flat, .flat, .flat, .flat, .long])
    }

    @Test("no rule sees a later bar: cut off behind any bar, all exposures before are the same")
    func noLookAhead() throws {
        let strategy = try Strategy(
            "long when (rsi(14) < 40 or stochastic(14) < 20) and close > bollinger_lower(20, 2); short when macd(12, 26, 9) crosses below macd_signal(12, 26, 9) and adx(14) > 10; flat when close crosses above highest(30) or change(5) < -0.05 or volume_ratio(7) > 1.4 or atr(14) < atr(50) * 0.5"
        )
        let whole = strategy.exposures(on: waves)
        #expect(Set(whole).count == 3)
        for end in stride(from: 1, through: 600, by: 37) {
            #expect(strategy.exposures(on: waves[0..<end]) == Array(whole[..<end]))
        }
    }

    @Test("while an indicator has not seen enough, nothing is done on its word, negated or not")
    func warmUp() throws {
        let strategy = try Strategy("long when not close < sma(50)")
        #expect(strategy.exposures(on: waves[0..<49]).allSatisfy { $0 == .flat })
        #expect(strategy.history == 51)
    }
}
