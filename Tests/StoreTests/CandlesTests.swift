import Foundation
import GRDB
import Market
import Store
import Testing

/// Candles in the database.
struct CandlesTests {
    private let path: String
    private let store: Store
    private let symbol: Symbol

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".db").path
        store = try Store(path: path)
        symbol = try #require(Symbol(rawValue: "BTCUSDT"))
    }

    private func candle(_ minute: Int64, close: Double = 1, quoteVolume: Double = 0, trades: Int64 = 0) -> Candle {
        Candle(
            openTime: minute * 60_000, open: 1, high: 9, low: 0.5, close: close, volume: Double(minute),
            quoteVolume: quoteVolume,
            trades: trades)
    }

    @discardableResult
    private func insert(_ candles: [Candle], isSynthetic: Bool = false) throws -> CandleInsertion {
        try store.insertCandles(candles, symbol: symbol, interval: .oneMinute, isSynthetic: isSynthetic)
    }

    private func stored(from: Int64? = nil, to: Int64? = nil, limit: Int? = nil, isSynthetic: Bool = false) throws
        -> [Candle]
    {
        try store.candles(
            symbol: symbol, interval: .oneMinute, isSynthetic: isSynthetic, from: from, to: to, limit: limit
        ).candles
    }

    private func gaps() throws -> [CandleGap] {
        try store.candleGaps(symbol: symbol, interval: .oneMinute, isSynthetic: false)
    }

    @Test("what is stored comes back exactly")
    func roundTrip() throws {
        let candles = [
            Candle(
                openTime: 1_722_470_400_000, open: 0.1, high: 1e17, low: 1e-9, close: 64750.25, volume: 1.0 / 3,
                quoteVolume: 0.1 + 0.2, trades: 1 << 40, takerBuyBase: Double.leastNonzeroMagnitude, takerBuyQuote: 3)
        ]
        #expect(try insert(candles) == CandleInsertion(inserted: 1))
        #expect(try stored() == candles)
    }

    @Test("storing the same candles again changes nothing")
    func idempotent() throws {
        let candles = (0..<10).map { candle($0, trades: $0) }
        #expect(try insert(candles) == CandleInsertion(inserted: 10))
        #expect(try insert(candles) == CandleInsertion(identical: 10))
        #expect(try stored() == candles)
    }

    @Test("many candles at once, some of them twice, are the same as one by one")
    func blocks() throws {
        let candles = (0..<100).map { candle($0, trades: $0 + 1) }
        #expect(try insert(candles + candles.prefix(40)) == CandleInsertion(inserted: 100, identical: 40))
        #expect(try stored() == candles)
        #expect(
            try insert((0..<100).map { candle($0, close: $0 == 50 ? 2 : 1) })
                == CandleInsertion(updated: 1, identical: 99))
    }

    @Test("corrected candles replace the old ones")
    func corrected() throws {
        try insert([candle(0), candle(1), candle(2)])
        #expect(
            try insert([candle(1, close: 2), candle(2), candle(3)])
                == CandleInsertion(inserted: 1, updated: 1, identical: 1))
        #expect(try stored().map(\.close) == [1, 2, 1, 1])
    }

    @Test("unknown figures do not push out known ones, in whatever order they come")
    func unknownColumns() throws {
        let known = candle(0, quoteVolume: 5, trades: 7)
        try insert([known])
        #expect(try insert([candle(0)]) == CandleInsertion(identical: 1))
        #expect(try stored() == [known])
        #expect(try insert([candle(0, trades: 8)]) == CandleInsertion(updated: 1))
        #expect(try stored() == [candle(0, quoteVolume: 5, trades: 8)])
    }

    @Test("when prices are corrected, nothing of the wrong candle remains")
    func correctedWhole() throws {
        try insert([candle(0, quoteVolume: 5, trades: 7)])
        try insert([candle(0, close: 2)])
        #expect(try stored() == [candle(0, close: 2)])
    }

    @Test("real and synthetic candles never mix")
    func synthetic() throws {
        try insert([candle(0)])
        try insert([candle(0, close: 7), candle(1, close: 7)], isSynthetic: true)
        #expect(try stored() == [candle(0)])
        #expect(try stored(isSynthetic: true).map(\.close) == [7, 7])
        let status = try store.candleStatus()
        #expect(status.map(\.isSynthetic) == [false, true])
        #expect(status.map(\.rows) == [1, 2])
    }

    @Test("ranges are half-open, a limit keeps the latest")
    func ranges() throws {
        try insert((0..<10).map { candle($0) })
        #expect(try stored(from: 120_000, to: 300_000).map(\.volume) == [2, 3, 4])
        #expect(try stored(limit: 2).map(\.volume) == [8, 9])
        #expect(try stored(to: 300_000, limit: 2).map(\.volume) == [3, 4])
        #expect(try stored(limit: 0).isEmpty)
    }

    @Test("gaps are kept as candles come and fill them")
    func gapsAreKept() throws {
        #expect(try insert([candle(0), candle(1), candle(5)]) == CandleInsertion(inserted: 3, gaps: 1, missing: 3))
        #expect(try gaps() == [CandleGap(from: 120_000, to: 300_000, interval: .oneMinute)])
        try insert([candle(9)])
        #expect(try gaps().map(\.missing) == [3, 3])
        // Splits the first gap, leaves the second.
        #expect(try insert([candle(3)]) == CandleInsertion(inserted: 1, gaps: 2, missing: 2))
        #expect(try gaps().map(\.missing) == [1, 1, 3])
        try insert([candle(2), candle(4)])
        #expect(try gaps() == [CandleGap(from: 360_000, to: 540_000, interval: .oneMinute)])
        try insert([candle(8), candle(6), candle(7)])
        #expect(try gaps().isEmpty)
    }

    @Test("candles before the first make a gap, too")
    func gapBefore() throws {
        try insert([candle(10)])
        try insert([candle(0)])
        #expect(try gaps() == [CandleGap(from: 60_000, to: 600_000, interval: .oneMinute)])
        let status = try #require(try store.candleStatus().first)
        #expect(status.rows == 2)
        #expect(status.gaps == 1)
        #expect(status.missing == 9)
        #expect(status.first == 0)
        #expect(status.last == 600_000)
    }

    @Test(
        "the gap list is what a look at all candles gives, however they came", arguments: 1...20 as ClosedRange<UInt64>)
    func gapsAgree(seed: UInt64) throws {
        var state = seed
        func next(_ bound: UInt64) -> Int64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64((state >> 33) % bound)
        }
        var expected: Set<Int64> = []
        for _ in 0..<15 {
            let start = next(200)
            let minutes = (start..<start + 1 + next(12)).filter { _ in next(4) > 0 }
            let insertion = try insert(minutes.map { candle($0) })
            #expect(insertion.inserted == minutes.count { !expected.contains($0) })
            expected.formUnion(minutes)
        }
        let series = CandleSeries(
            symbol: symbol, interval: .oneMinute, candles: expected.sorted().map { candle($0) })
        #expect(try stored() == series.candles)
        #expect(try gaps() == series.gaps)
        #expect(try store.candleStatus().map(\.rows) == [expected.count])
    }

    @Test("an import is all or nothing")
    func atomicImport() throws {
        struct BadRow: Error {}
        try insert([candle(0)])
        #expect(throws: BadRow.self) {
            try store.importCandles(symbol: symbol, interval: .oneMinute, isSynthetic: false) { append in
                try append((0..<5000).map { candle($0, close: 2) })
                throw BadRow()
            }
        }
        #expect(try stored() == [candle(0)])
        #expect(try gaps().isEmpty)
    }

    @Test("an import returns what its feed returned, with the sum of its batches")
    func importResult() throws {
        let (insertion, rows) = try store.importCandles(symbol: symbol, interval: .oneMinute, isSynthetic: false) {
            append in
            try append([candle(0), candle(1)])
            try append([])
            try append([candle(4), candle(1)])
            return 42
        }
        #expect(insertion == CandleInsertion(inserted: 3, identical: 1, gaps: 1, missing: 2))
        #expect(rows == 42)
    }

    @Test("an unsound candle is refused with everything that came with it")
    func unsound() throws {
        var bad = candle(1)
        bad.low = 10
        #expect(throws: StoreError.self) { try insert([candle(0), bad]) }
        #expect(try stored().isEmpty)
        #expect(try store.candleStatus().isEmpty)
    }

    @Test("the last candle tells where a sync goes on")
    func last() throws {
        #expect(try store.lastCandleTime(symbol: symbol, interval: .oneMinute, isSynthetic: false) == nil)
        try insert([candle(3), candle(1)])
        #expect(try store.lastCandleTime(symbol: symbol, interval: .oneMinute, isSynthetic: false) == 180_000)
        #expect(try store.lastCandleTime(symbol: symbol, interval: .oneMinute, isSynthetic: true) == nil)
        #expect(
            try Store(path: path).lastCandleTime(symbol: symbol, interval: .oneMinute, isSynthetic: false) == 180_000)
    }
}
