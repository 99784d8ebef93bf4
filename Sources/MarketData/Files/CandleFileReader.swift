import Market

/// Reads candle files in Binance's public dump layout: plain, gzip or zip, with or without a header line, times in
/// milliseconds or microseconds, the columns after `volume` optional.
///
/// ```swift
/// let reader = CandleFileReader(path: "BTCUSDT-15m-2024-08.zip", interval: .fifteenMinutes)
/// let file = try reader.read()
/// ```
///
/// Memory use does not grow with the file unless ``read()`` is asked for all candles. A `NAME.CHECKSUM` file in
/// `sha256sum` layout beside the file is verified first when there is one.
public struct CandleFileReader: Sendable, Hashable {
    /// What a bad row does to the rest of its file.
    public enum Mode: Sendable, Hashable {
        /// The first bad row refuses the whole file.
        case strict
        /// Bad rows are left out and reported.
        case lenient
    }

    public let path: String
    public let interval: Interval
    public let mode: Mode
    public let limits: CandleFileLimits

    public init(path: String, interval: Interval, mode: Mode = .strict, limits: CandleFileLimits = CandleFileLimits()) {
        self.path = path
        self.interval = interval
        self.mode = mode
        self.limits = limits
    }

    /// Hands the candles to `body` in file order, in batches of at most ``CandleFileLimits/batchRows``.
    ///
    /// In strict mode a bad row may turn up after good batches were handed over, so `body` must be able to take them
    /// back (one transaction); else call ``validate()`` first.
    ///
    /// - Throws: ``CandleFileError``, and what `body` throws.
    @discardableResult
    public func forEachBatch(_ body: ([Candle]) throws -> Void) throws -> CandleFileSummary {
        let cursor = try CandleFileCursor(self)
        var batch: [Candle] = []
        batch.reserveCapacity(limits.batchRows)
        while try cursor.next(into: &batch) { try body(batch) }
        return cursor.summary
    }

    /// All candles of the file in memory, 80 bytes each.
    public func read() throws -> CandleFile {
        var candles: [Candle] = []
        let summary = try forEachBatch { candles += $0 }
        return CandleFile(candles: candles, summary: summary)
    }

    /// Reads the file to its end and keeps nothing.
    @discardableResult
    public func validate() throws -> CandleFileSummary { try forEachBatch { _ in } }
}

/// A whole candle file in memory.
public struct CandleFile: Sendable, Hashable {
    /// Open times strictly rising.
    public let candles: [Candle]
    public let summary: CandleFileSummary
}

/// What reading a candle file came to.
public struct CandleFileSummary: Sendable, Hashable {
    public let path: String
    /// Good rows.
    public internal(set) var rows = 0
    /// Open times (UTC milliseconds) of the first and last good row.
    public internal(set) var first: Int64?
    public internal(set) var last: Int64?
    /// Rows left out; 0 in strict mode.
    public internal(set) var refusedRows = 0
    /// The first of them, at most ``CandleFileLimits/refusedKept``.
    public internal(set) var refused: [RefusedRow] = []
}

/// A row that was left out, and why.
public struct RefusedRow: Sendable, Hashable, CustomStringConvertible {
    /// Counted from 1, header and blank lines included.
    public let line: Int
    public let reason: CandleRowFault

    package init(line: Int, reason: CandleRowFault) {
        self.line = line
        self.reason = reason
    }

    public var description: String { "line \(line): \(reason)" }
}

/// How much of a file is read before it is refused. A decompression bomb ends at `bytes`.
public struct CandleFileLimits: Sendable, Hashable {
    /// Bytes after decompression.
    public var bytes: Int
    /// Bytes of one line.
    public var lineBytes: Int
    /// Candles handed over at a time.
    public var batchRows: Int
    /// Refused rows that are kept for the report; the rest is only counted.
    public var refusedKept: Int

    public init(bytes: Int = 4 << 30, lineBytes: Int = 1024, batchRows: Int = 4096, refusedKept: Int = 100) {
        self.bytes = max(1, bytes)
        self.lineBytes = min(max(64, lineBytes), LineReader.capacity / 2)
        self.batchRows = min(max(1, batchRows), 1 << 20)
        self.refusedKept = max(0, refusedKept)
    }
}
