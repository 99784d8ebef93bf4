import Market
import MarketData
import Testing

/// What is refused, where and why.
struct CandleFileFaultTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }
    private static let good = PackedCandles.lines

    private func reader(_ lines: [String], mode: CandleFileReader.Mode = .strict) throws -> CandleFileReader {
        CandleFileReader(
            path: try folder.file("a.csv", lines.joined(separator: "\n")), interval: .fifteenMinutes, mode: mode)
    }

    /// Rows that stand in place of the second one, and what is said of them.
    static let badRows: [(row: String, reason: CandleRowFault)] = [
        ("1722471300000,nan,2,1,1,1", .notFinite(column: "open", text: "nan")),
        ("1722471300000,1,-Inf,1,1,1", .notFinite(column: "high", text: "-Inf")),
        ("1722471300000,1,1e999,1,1,1", .tooLarge(column: "high", text: "1e999")),
        ("99999999999999999999,1,2,1,1,1", .tooLarge(column: "open_time", text: "99999999999999999999")),
        ("1722471300000,1,2,1,1,1,0,0,99999999999999999999", .tooLarge(column: "trades", text: "99999999999999999999")),
        ("1722471300000,1,2,3,1,1", .candle(.lowAboveHigh(low: 3, high: 2))),
        ("1722471300000,5,2,1,1,1", .candle(.outsideRange(field: "open", value: 5, low: 1, high: 2))),
        ("1722471300000,1,2,1,0.5,1", .candle(.outsideRange(field: "close", value: 0.5, low: 1, high: 2))),
        ("1722471300000,1,2,0,1,1", .candle(.notPositive(field: "low", value: 0))),
        ("1722471300000,1,2,-1,1,1", .candle(.notPositive(field: "low", value: -1))),
        ("1722471300000,1,2,1,1,-1", .candle(.negative(field: "volume", value: -1))),
        ("1722471300000,1,2,1,1,1,0,0,-3", .candle(.negative(field: "trades", value: -3))),
        ("1722471360000,1,2,1,1,1", .candle(.offGrid(openTime: 1_722_471_360_000, interval: .fifteenMinutes))),
        ("-900000,1,2,1,1,1", .candle(.timeOutOfRange(openTime: -900_000))),
        ("1722471300000000123,1,2,1,1,1", .unknownTimeUnit(column: "open_time", value: 1_722_471_300_000_000_123)),
        ("1722471300000500,1,2,1,1,1", .unknownTimeUnit(column: "open_time", value: 1_722_471_300_000_500)),
        ("1722470400000,1,2,1,1,1", .duplicate(openTime: 1_722_470_400_000)),
        ("1722469500000,1,2,1,1,1", .outOfOrder(openTime: 1_722_469_500_000, previous: 1_722_470_400_000)),
        ("1722471300000,1,2,1,1", .columnCount(5)),
        ("1722471300000", .columnCount(1)),
        ("1722471300000,1,2,1,1,1,0,0,0,0,0,0,0", .columnCount(13)),
        ("1722471300000,,2,1,1,1", .notANumber(column: "open", text: "")),
        ("1722471300000,1,2, 1,1,1", .notANumber(column: "low", text: " 1")),
        ("1722471300000,0x1p3,2,1,1,1", .notANumber(column: "open", text: "0x1p3")),
        ("1722471300000,1.2.3,2,1,1,1", .notANumber(column: "open", text: "1.2.3")),
        ("1722471300000,1e,2,1,1,1", .notANumber(column: "open", text: "1e")),
        ("1722471300000,.,2,1,1,1", .notANumber(column: "open", text: ".")),
        ("1722471300000,1\u{1B}[31m,2,1,1,1", .notANumber(column: "open", text: "1�[31m")),
        ("1722471300000.5,1,2,1,1,1", .notANumber(column: "open_time", text: "1722471300000.5")),
        ("2024-08-01,1,2,1,1,1", .notANumber(column: "open_time", text: "2024-08-01")),
        (
            "1722471300000,1,2,1,1,1,1722474899999",
            .closeOutsideBar(closeTime: 1_722_474_899_999, openTime: 1_722_471_300_000, interval: .fifteenMinutes)
        ),
        (String(repeating: "1", count: 1025), .lineTooLong(limit: 1024)),
    ]

    @Test("a bad row refuses its whole file, with line and reason", arguments: badRows)
    func strict(row: String, reason: CandleRowFault) throws {
        let reader = try reader([Self.good[0], row, Self.good[2]])
        #expect(throws: CandleFileError.badRow(file: reader.path, line: 2, reason: reason)) { try reader.read() }
    }

    @Test("leniently, the good rows are kept and the bad one is reported", arguments: badRows)
    func lenient(row: String, reason: CandleRowFault) throws {
        let file = try reader([Self.good[0], row, Self.good[2]], mode: .lenient).read()
        #expect(file.candles == [CandleFileLayoutTests.expected[0], CandleFileLayoutTests.expected[2]])
        #expect(file.summary.refusedRows == 1)
        #expect(file.summary.refused == [RefusedRow(line: 2, reason: reason)])
    }

    @Test("the message names file, line and reason")
    func message() {
        let error = CandleFileError.badRow(file: "x.csv", line: 7, reason: .candle(.lowAboveHigh(low: 3, high: 2)))
        #expect(error.description.hasPrefix("x.csv, line 7: low 3.0 is above high 2.0."))
    }

    @Test("the report of refused rows is bounded, their number is not")
    func boundedReport() throws {
        let path = try folder.file(
            "a.csv", ([Self.good[0]] + Array(repeating: "x,", count: 1000)).joined(separator: "\n"))
        let reader = CandleFileReader(
            path: path, interval: .fifteenMinutes, mode: .lenient, limits: CandleFileLimits(refusedKept: 5))
        let summary = try reader.validate()
        #expect(summary.refusedRows == 1000)
        #expect(summary.refused.count == 5)
    }

    @Test("a line without end is skipped as one line")
    func endlessLine() throws {
        let file = try reader([Self.good[0], String(repeating: "7", count: 1_000_000), Self.good[1]], mode: .lenient)
            .read()
        #expect(file.candles.count == 2)
        #expect(file.summary.refused == [RefusedRow(line: 2, reason: .lineTooLong(limit: 1024))])
    }

    @Test("candles of another interval are refused even without close times")
    func otherInterval() throws {
        let hours = (0..<10).map { "\($0 * 3_600_000),1,1,1,1,1" }
        let reader = try reader(hours)
        #expect(
            throws: CandleFileError.wrongInterval(file: reader.path, interval: .fifteenMinutes, smallestStep: 3_600_000)
        ) { try reader.read() }
    }

    @Test("a file without candles is refused", arguments: ["", "\n\n", "open_time,open,high,low,close,volume\n"])
    func empty(text: String) throws {
        let reader = try reader([text])
        #expect(throws: CandleFileError.noCandles(file: reader.path, firstRefused: nil)) { try reader.read() }
    }

    @Test("a missing file and a folder are told apart from bad content")
    func notAFile() throws {
        #expect(
            throws: CandleFileError.cannotOpen(file: "/nonexistent/a.csv", reason: "No such file or directory")
        ) { try CandleFileReader(path: "/nonexistent/a.csv", interval: .oneHour).read() }
        #expect(throws: CandleFileError.cannotOpen(file: folder.path, reason: "it is not a regular file")) {
            try CandleFileReader(path: folder.path, interval: .oneHour).read()
        }
    }

    @Test("a file over the size limit is refused")
    func tooLarge() throws {
        let path = try folder.file("a.csv", Self.good.joined(separator: "\n"))
        let reader = CandleFileReader(path: path, interval: .fifteenMinutes, limits: CandleFileLimits(bytes: 200))
        #expect(throws: CandleFileError.tooLarge(file: path, limit: 200)) { try reader.read() }
    }
}
