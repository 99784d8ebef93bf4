import Market
import Reinforcement
import Simulation

/// Markets that any language can rebuild bit for bit, and the means to drive an environment.
enum MarketFixture {
    static let symbol = Symbol(rawValue: "TESTUSDT")!

    /// A random walk of integers divided by 128, driven by a linear congruential generator (Knuth's MMIX constants).
    static func candles(_ count: Int) -> [Candle] {
        var state: UInt64 = 1
        func draw() -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33)
        }
        var price = 100_000
        return (0..<count).map { bar in
            let open = price
            let close = max(50_000, open + draw() % 401 - 200)
            let high = max(open, close) + draw() % 100
            let low = min(open, close) - draw() % 100
            price = close
            return Candle(
                openTime: Int64(bar) * 900_000, open: Double(open) / 128, high: Double(high) / 128,
                low: Double(low) / 128,
                close: Double(close) / 128, volume: Double(1 + draw() % 1000))
        }
    }

    static func series(_ candles: [Candle]) -> CandleSeries {
        CandleSeries(symbol: symbol, interval: .fifteenMinutes, candles: candles, isSynthetic: true)
    }

    static func tables(_ count: Int, layout: ObservationLayout = .trading1) throws -> MarketTables {
        try MarketTables(series(candles(count)), layout: layout)
    }

    /// The random walk, then bars with the given closes; each opens at the close before and has no wicks.
    static func candles(warmUp: Int = 160, then closes: [Double]) -> [Candle] {
        var candles = candles(warmUp)
        for close in closes {
            let open = candles[candles.count - 1].close
            candles.append(
                Candle(
                    openTime: Int64(candles.count) * 900_000, open: open, high: max(open, close), low: min(open, close),
                    close: close, volume: 10))
        }
        return candles
    }
}

/// SplitMix64 as published by Vigna, for the benchmark's action stream.
struct ActionStream {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func action() -> Int32 { Int32(next() % 3) }
}

/// An environment with its buffers.
struct DrivenEnvironment {
    let environment: TradingEnvironment
    var observations: [Float]
    var finalObservations: [Float]
    var rewards: [Float]
    var ends: [UInt8]

    init(_ environment: TradingEnvironment) {
        self.environment = environment
        let floats = environment.copies * environment.observationSize
        observations = Array(repeating: 0, count: floats)
        finalObservations = Array(repeating: .nan, count: floats)
        rewards = Array(repeating: 0, count: environment.copies)
        ends = Array(repeating: 0, count: environment.copies)
    }

    mutating func reset() {
        observations.withUnsafeMutableBufferPointer { environment.reset(observations: $0.baseAddress!) }
    }

    mutating func step(_ actions: [Int32], range: Range<Int>? = nil) {
        observations.withUnsafeMutableBufferPointer { observations in
            finalObservations.withUnsafeMutableBufferPointer { finals in
                rewards.withUnsafeMutableBufferPointer { rewards in
                    ends.withUnsafeMutableBufferPointer { ends in
                        actions.withUnsafeBufferPointer { actions in
                            environment.step(
                                range: range ?? 0..<environment.copies, actions: actions.baseAddress!,
                                observations: observations.baseAddress!, rewards: rewards.baseAddress!,
                                ends: ends.baseAddress!, finalObservations: finals.baseAddress!)
                        }
                    }
                }
            }
        }
    }

    func observation(_ copy: Int) -> [Float] {
        let size = environment.observationSize
        return Array(observations[copy * size..<(copy + 1) * size])
    }

    func finalObservation(_ copy: Int) -> [Float] {
        let size = environment.observationSize
        return Array(finalObservations[copy * size..<(copy + 1) * size])
    }
}
