import Market
import MarketData
import Testing

/// The forms in which Binance and others write the same candles.
struct CandleFileLayoutTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }
    private let rows = PackedCandles.lines

    /// The three candles of `PackedCandles`, typed in by hand.
    static let expected = [
        Candle(
            openTime: 1_722_470_400_000, open: 64628, high: 64800, low: 64500.5, close: 64750.25, volume: 12.34567,
            quoteVolume: 798765.4321, trades: 1234, takerBuyBase: 6.1, takerBuyQuote: 394000),
        Candle(
            openTime: 1_722_471_300_000, open: 64750.25, high: 64760, low: 64600, close: 64610.1, volume: 8,
            quoteVolume: 517000.12, trades: 987, takerBuyBase: 3, takerBuyQuote: 193900),
        Candle(
            openTime: 1_722_472_200_000, open: 64610.1, high: 64700, low: 64605, close: 64699.99, volume: 5.5,
            quoteVolume: 355700, trades: 654, takerBuyBase: 2.5, takerBuyQuote: 161700),
    ]

    private func read(_ text: String) throws -> [Candle] {
        try CandleFileReader(path: try folder.file("a.csv", text), interval: .fifteenMinutes).read().candles
    }

    @Test("a file without header is read")
    func plain() throws {
        #expect(try read(rows.joined(separator: "\n") + "\n") == Self.expected)
    }

    @Test("the last line needs no line break")
    func noLastLineBreak() throws { #expect(try read(rows.joined(separator: "\n")) == Self.expected) }

    @Test(
        "a header line is recognised",
        arguments: [
            "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore",
            "Open time,Open,High,Low,Close,Volume,Close time,Quote asset volume,Number of trades,x,y,Ignore",
            "timestamp,open,high,low,close,volume", "\"date\",\"open\",\"high\",\"low\",\"close\",\"volume\"",
        ])
    func header(line: String) throws {
        #expect(try read(([line] + rows).joined(separator: "\n")) == Self.expected)
    }

    @Test("a header that names other columns is refused, not guessed at")
    func foreignHeader() throws {
        let path = try folder.file("a.csv", "date,close,open,high,low,volume\n" + rows[0])
        #expect(throws: CandleFileError.badHeader(file: path, found: "date,close,open,high,low,volume")) {
            try CandleFileReader(path: path, interval: .fifteenMinutes).read()
        }
    }

    @Test("Windows line ends, a byte order mark and blank lines do no harm")
    func windows() throws {
        #expect(try read("\u{FEFF}" + rows.joined(separator: "\r\n") + "\r\n\r\n") == Self.expected)
    }

    @Test("microseconds give the same candles as milliseconds")
    func microseconds() throws {
        let text = """
            1722470400000000,64628,64800,64500.5,64750.25,12.34567,1722471299999999,798765.4321,1234,6.1,394000,0
            1722471300000000,64750.25,64760,64600,64610.1,8,1722472199999999,517000.12,987,3,193900,0
            1722472200000000,64610.1,64700,64605,64699.99,5.5,1722473099999999,355700,654,2.5,161700,0
            """
        #expect(try read(text) == Self.expected)
    }

    @Test(
        "columns after volume may be missing or empty, which means unknown",
        arguments: ["", ",", ",1722471299999", ",,,,,,0"])
    func missingTail(tail: String) throws {
        let candle = try read("1722470400000,64628,64800,64500.5,64750.25,12.34567" + tail)
        #expect(
            candle == [
                Candle(
                    openTime: 1_722_470_400_000, open: 64628, high: 64800, low: 64500.5, close: 64750.25,
                    volume: 12.34567)
            ])
    }

    @Test("whole numbers written with a decimal point are whole numbers")
    func wholeDecimals() throws {
        let candles = try read("1722470400000.0,1,2,1,2,3,1722471299999.0,5,1234.0")
        #expect(candles.map(\.openTime) == [1_722_470_400_000])
        #expect(candles.map(\.trades) == [1234])
    }

    @Test("exponents are read")
    func exponents() throws {
        #expect(try read("0,1.5e-05,2E-5,1e-05,1.25e-5,1e+16").map(\.open) == [0.000015])
    }

    @Test("the summary tells rows and span")
    func summary() throws {
        let path = try folder.file("a.csv", rows.joined(separator: "\n"))
        let summary = try CandleFileReader(path: path, interval: .fifteenMinutes).validate()
        #expect(summary.rows == 3)
        #expect(summary.first == 1_722_470_400_000)
        #expect(summary.last == 1_722_472_200_000)
        #expect(summary.refusedRows == 0)
    }

    @Test("a file larger than every buffer arrives whole, in batches of the size asked for")
    func large() throws {
        // 20,000 rows of about 100 bytes: many buffers, lines across their borders.
        let lines = (0..<20_000).map {
            "\(Int64($0) * 60_000),\($0 + 1).12345678,\($0 + 2),0.5,\($0 + 1),7.00000001,0,0,0,0,0,0"
        }
        let path = try folder.file("a.csv", lines.joined(separator: "\n"))
        var sizes: [Int] = []
        var opens: [Double] = []
        let reader = CandleFileReader(path: path, interval: .oneMinute, limits: CandleFileLimits(batchRows: 7000))
        try reader.forEachBatch { batch in
            sizes.append(batch.count)
            opens += batch.map(\.open)
        }
        #expect(sizes == [7000, 7000, 6000])
        #expect(opens == (0..<20_000).map { Double("\($0 + 1).12345678") })
    }

    @Test(
        "a dump's name tells symbol and interval",
        arguments: ["BTCUSDT-15m-2024-08.zip", "/data/BTCUSDT-15m-2024-08-01.csv.gz", "BTCUSDT-15m.csv", "BTCUSDT-15m"])
    func fileName(path: String) throws {
        let name = try #require(CandleFileName(path: path))
        #expect(name.symbol.rawValue == "BTCUSDT")
        #expect(name.interval == .fifteenMinutes)
    }

    @Test(
        "other names tell nothing", arguments: ["candles.csv", "btcusdt-15m.csv", "BTCUSDT-7m.csv", "", "/", "BTCUSDT"])
    func otherFileName(path: String) { #expect(CandleFileName(path: path) == nil) }
}
