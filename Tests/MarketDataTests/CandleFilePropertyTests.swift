import Market
import MarketData
import Testing

/// Statements about all files, tried on many.
struct CandleFilePropertyTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// SplitMix64 (Steele, Lea, Flood 2014), so that a failure can be repeated.
    struct Stream: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    @Test("decimals are rounded as the standard library rounds them, whatever their length")
    func decimals() throws {
        var random = Stream(state: 42)
        var texts: [String] = [
            "9007199254740993", "9007199254740992.5", "9007199254740993.0", "0.1", "123456789.12345678",
            "9999999999999999999", "18446744073709551615", "0.0000000000000000001", "1.7976931348623157e308",
            "4503599627370497.5", "4503599627370496.5", "900719925474099267.5",
        ]
        for _ in 0..<20_000 {
            let digits = (0..<Int.random(in: 1...22, using: &random)).map { _ in
                "\(Int.random(in: 0...9, using: &random))"
            }
            let point = Int.random(in: 0...digits.count, using: &random)
            texts.append(digits[..<point].joined() + "." + digits[point...].joined())
        }
        let lines = texts.enumerated().map { "\($0 * 60_000),1,1,1,1,\($1)" }
        let path = try folder.file("a.csv", lines.joined(separator: "\n"))
        let candles = try CandleFileReader(path: path, interval: .oneMinute).read().candles
        #expect(candles.map(\.volume) == texts.map { Double($0) })
    }

    @Test("what is written reads back exactly", arguments: [false, true])
    func roundTrip(hasHeader: Bool) throws {
        var random = Stream(state: 7)
        func price() -> Double {
            Double.random(in: 0.5...1, using: &random) * [1e-9, 1e-5, 1, 1e5, 1e17].randomElement(using: &random)!
        }
        let candles = (0..<5000).map { index -> Candle in
            let (low, high) = { ($0.min()!, $0.max()!) }([price(), price()])
            return Candle(
                openTime: Int64(index) * 900_000, open: low, high: high, low: low, close: high, volume: price(),
                quoteVolume: index % 3 == 0 ? 0 : price(), trades: Int64.random(in: 0..<1 << 40, using: &random),
                takerBuyBase: price(), takerBuyQuote: price())
        }
        let series = CandleSeries(
            symbol: try #require(Symbol(rawValue: "BTCUSDT")), interval: .fifteenMinutes, candles: candles)
        let path = folder.path + "/out.csv"
        try CandleFileWriter.write(series, to: path, hasHeader: hasHeader)
        #expect(try CandleFileReader(path: path, interval: .fifteenMinutes).read().candles == candles)
        #expect(try folder.contents == ["out.csv"])
    }

    @Test("the writer's lines have Binance's twelve columns in plain decimals")
    func text() {
        var bytes: [UInt8] = []
        CandleText.append(
            Candle(
                openTime: 1_722_470_400_000, open: 0.00001234, high: 64800.5, low: 1e-10, close: 2e16, volume: 3,
                trades: 12), interval: .oneHour, to: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "1722470400000,0.00001234,64800.5,0.0000000001,20000000000000000,3,1722473999999,0,12,0,0,0\n")
    }

    @Test("a file that is not finished does not exist")
    func unfinished() throws {
        do {
            let writer = try CandleFileWriter(path: folder.path + "/out.csv", interval: .oneHour)
            try writer.append(CandleFileLayoutTests.expected)
        }
        #expect(try folder.contents.isEmpty)
        #expect(throws: CandleFileError.cannotWrite(file: "/nonexistent/out.csv", reason: "No such file or directory"))
        {
            try CandleFileWriter(path: "/nonexistent/out.csv", interval: .oneHour)
        }
    }

    @Test(
        "damaged bytes are read or refused, never more than that", arguments: [CandleFileReader.Mode.strict, .lenient])
    func damaged(mode: CandleFileReader.Mode) throws {
        var random = Stream(state: mode == .strict ? 1 : 2)
        let originals = [
            Array(PackedCandles.lines.joined(separator: "\n").utf8), PackedCandles.gzip, PackedCandles.deflated,
            PackedCandles.stored, PackedCandles.twoTables,
        ]
        for round in 0..<600 {
            var bytes = originals[round % originals.count]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
                case 1 where !bytes.isEmpty:
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                case 2:
                    bytes.insert(
                        contentsOf: (0..<5).map { _ in ",.-e0\n\r9".utf8.randomElement(using: &random)! },
                        at: Int.random(in: 0...bytes.count, using: &random))
                default:
                    let cut = Int.random(in: 0...bytes.count, using: &random)
                    bytes.removeSubrange(cut..<min(bytes.count, cut + 3))
                }
            }
            try expectReadOrRefused(bytes, mode)
        }
    }

    @Test("random bytes are read or refused, never more than that")
    func noise() throws {
        var random = Stream(state: 3)
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...400, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            try expectReadOrRefused(bytes, .lenient)
            try expectReadOrRefused(Array("PK\u{3}\u{4}".utf8) + bytes, .lenient)
            try expectReadOrRefused([0x1F, 0x8B, 8, 0] + bytes, .lenient)
        }
    }

    /// Whatever comes out of a file is sound and in order.
    private func expectReadOrRefused(_ bytes: [UInt8], _ mode: CandleFileReader.Mode) throws {
        let path = try folder.file("a", bytes)
        do {
            let candles = try CandleFileReader(path: path, interval: .fifteenMinutes, mode: mode).read().candles
            #expect(candles.allSatisfy { $0.fault(interval: .fifteenMinutes) == nil })
            #expect(zip(candles, candles.dropFirst()).allSatisfy { $0.openTime < $1.openTime })
        } catch is CandleFileError {}
    }
}
