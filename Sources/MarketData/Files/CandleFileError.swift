import Market

/// Why a candle file was refused. Nothing of a refused file is kept.
public enum CandleFileError: Error, Sendable, Hashable, CustomStringConvertible {
    case cannotOpen(file: String, reason: String)
    case unreadable(file: String, reason: String)
    case badArchive(file: String, reason: String)
    case badChecksumFile(file: String)
    case checksumMismatch(file: String, expected: String, actual: String)
    case tooLarge(file: String, limit: Int)
    case badHeader(file: String, found: String)
    case badRow(file: String, line: Int, reason: CandleRowFault)
    case wrongInterval(file: String, interval: Interval, smallestStep: Int64)
    case noCandles(file: String, firstRefused: RefusedRow?)
    case unnamed(file: String)
    case cannotWrite(file: String, reason: String)

    public var description: String {
        switch self {
        case .cannotOpen(let file, let reason): "\(file): cannot be opened: \(reason)"
        case .unreadable(let file, let reason): "\(file): cannot be read to its end: \(reason). Fetch it again"
        case .badArchive(let file, let reason): "\(file): not a usable zip archive: \(reason). Nothing of it was kept"
        case .badChecksumFile(let file):
            "\(file): holds no SHA-256 sum in the form “HASH  NAME”. Fetch it again, or remove it to import without the check"
        case .checksumMismatch(let file, let expected, let actual):
            "\(file): SHA-256 is \(actual), but its CHECKSUM file says \(expected). "
                + "The download is damaged or one of the two is older; fetch both again"
        case .tooLarge(let file, let limit): "\(file): more than \(limit) bytes when unpacked. Split it by month"
        case .badHeader(let file, let found):
            "\(file), line 1: the header “\(found)” does not name open_time, open, high, low, close, volume in this order"
        case .badRow(let file, let line, let reason):
            "\(file), line \(line): \(reason). Nothing of this file was kept; --lenient keeps its good rows"
        case .wrongInterval(let file, let interval, let step):
            "\(file): no two candles are \(interval) apart, the closest are \(step / 60_000) min: the file has another interval"
        case .noCandles(let file, let refused):
            "\(file): holds no usable candles" + (refused.map { "; \($0)" } ?? "")
        case .unnamed(let file):
            "\(file): the name does not begin with symbol and interval, as in BTCUSDT-15m-2024-08.zip"
        case .cannotWrite(let file, let reason): "\(file): cannot be written: \(reason). Nothing was left behind"
        }
    }
}

/// What is wrong with one row of a candle file.
public enum CandleRowFault: Error, Sendable, Hashable, CustomStringConvertible {
    case columnCount(Int)
    case notANumber(column: String, text: String)
    case notFinite(column: String, text: String)
    case tooLarge(column: String, text: String)
    case unknownTimeUnit(column: String, value: Int64)
    case closeOutsideBar(closeTime: Int64, openTime: Int64, interval: Interval)
    case duplicate(openTime: Int64)
    case outOfOrder(openTime: Int64, previous: Int64)
    case lineTooLong(limit: Int)
    case candle(CandleFault)

    public var description: String {
        switch self {
        case .columnCount(let count): "\(count) columns, but 6 to 12 are expected"
        case .notANumber(let column, let text): "\(column) is “\(text)”, not a number"
        case .notFinite(let column, let text): "\(column) is “\(text)”, not a finite number"
        case .tooLarge(let column, let text): "\(column) is “\(text)”, more than a number here can hold"
        case .unknownTimeUnit(let column, let value):
            "\(column) \(value) is neither in milliseconds nor in microseconds"
        case .closeOutsideBar(let close, let open, let interval):
            "close time \(close) does not belong to a \(interval) candle opened at \(open)"
        case .duplicate(let time): "open time \(time) appears a second time"
        case .outOfOrder(let time, let previous): "open time \(time) comes after \(previous)"
        case .lineTooLong(let limit): "longer than \(limit) bytes"
        case .candle(let fault): fault.description
        }
    }
}
