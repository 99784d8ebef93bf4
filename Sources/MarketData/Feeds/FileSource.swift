import Logging
import Market

/// Candles from dump files whose names begin with symbol and interval (`BTCUSDT-15m-2024-08.zip`).
public struct FileSource: CandleSource {
    public let name = "files"
    public let isSynthetic: Bool
    private let files: [(name: CandleFileName, path: String)]
    private let mode: CandleFileReader.Mode
    private let logger: Logger

    /// Rows that lenient mode leaves out are logged, a line a file.
    /// - Throws: ``CandleFileError/unnamed(file:)``
    public init(
        paths: [String], isSynthetic: Bool = false, mode: CandleFileReader.Mode = .strict,
        logger: Logger = Logger(label: "files")
    ) throws(CandleFileError) {
        self.isSynthetic = isSynthetic
        self.mode = mode
        self.logger = logger
        var files: [(name: CandleFileName, path: String)] = []
        for path in paths {
            guard let name = CandleFileName(path: path) else { throw .unnamed(file: path) }
            files.append((name, path))
        }
        self.files = files
    }

    /// Files in the order of their first candle. Where two overlap, the candles of the one that begins first count.
    ///
    /// In strict mode every file is read through before its first candle is handed out, so that none of a bad one is.
    public func batches(symbol: Symbol, interval: Interval, since: Int64?) -> AsyncThrowingStream<[Candle], any Error> {
        let readers = files.filter { $0.name.symbol == symbol && $0.name.interval == interval }
            .map { CandleFileReader(path: $0.path, interval: interval, mode: mode) }
        let walk = FileWalk(readers, since: since, logger: logger)
        return AsyncThrowingStream { try await walk.next() }
    }
}

/// The position in a list of files.
private actor FileWalk {
    private var readers: [CandleFileReader]
    private var isSorted = false
    private var cursor: CandleFileCursor?
    /// The smallest open time still wanted.
    private var from: Int64
    private let logger: Logger

    init(_ readers: [CandleFileReader], since: Int64?, logger: Logger) {
        self.logger = logger
        self.readers = readers
        from = since ?? .min
    }

    func next() async throws -> [Candle]? {
        if !isSorted { try await sort() }
        while true {
            try Task.checkCancellation()
            guard let cursor = try cursor ?? openNext() else { return nil }
            var batch: [Candle] = []
            guard try cursor.next(into: &batch) else {
                self.cursor = nil
                continue
            }
            let fresh = batch.drop { $0.openTime < from }
            guard let last = fresh.last else { continue }
            from = last.openTime + 1
            return Array(fresh)
        }
    }

    private func sort() async throws {
        var begun: [(first: Int64, reader: CandleFileReader)] = []
        for reader in readers {
            let summary = try await readThrough(reader)
            if let refused = summary.refused.first {
                logger.warning("left out \(summary.refusedRows) rows of \(summary.path), the first is \(refused)")
            }
            begun.append((summary.first ?? .max, reader))
        }
        readers = begun.sorted { $0.first < $1.first }.map(\.reader)
        isSorted = true
    }

    /// Gives way after every batch: others answer people on these threads.
    private func readThrough(_ reader: CandleFileReader) async throws -> CandleFileSummary {
        let cursor = try CandleFileCursor(reader)
        var batch: [Candle] = []
        while try cursor.next(into: &batch) {
            try Task.checkCancellation()
            await Task.yield()
        }
        return cursor.summary
    }

    private func openNext() throws -> CandleFileCursor? {
        guard !readers.isEmpty else { return nil }
        cursor = try CandleFileCursor(readers.removeFirst())
        return cursor
    }
}
