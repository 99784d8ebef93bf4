import Market

/// A candle file being read: rows are parsed, checked against their neighbours and handed out in batches.
final class CandleFileCursor {
    private(set) var summary: CandleFileSummary
    private let reader: CandleFileReader
    private let lines: LineReader
    private var smallestStep = Int64.max
    private var isFinished = false

    /// Opens the file and verifies its CHECKSUM file, if there is one.
    init(_ reader: CandleFileReader) throws {
        self.reader = reader
        summary = CandleFileSummary(path: reader.path)
        let file = try OpenFile(reader.path)
        try ChecksumFile.verify(file)
        let source = BoundedSource(try file.contents(), file: reader.path, limit: reader.limits.bytes)
        lines = LineReader(source, limit: reader.limits.lineBytes)
    }

    /// Replaces the content of `batch` with the next candles; false when there are no more.
    func next(into batch: inout [Candle]) throws -> Bool {
        batch.removeAll(keepingCapacity: true)
        while batch.count < reader.limits.batchRows, !isFinished {
            switch try lines.next() {
            case .whole(let line):
                if lines.number == 1, try skipsHeader(line) { continue }
                // Blank lines end many files that people have edited.
                if line.isEmpty { continue }
                do throws(CandleRowFault) {
                    batch.append(try candle(lines.number == 1 ? withoutByteOrderMark(line) : line))
                } catch {
                    try refuse(error)
                }
            case .tooLong: try refuse(.lineTooLong(limit: reader.limits.lineBytes))
            case nil:
                isFinished = true
                try finish()
            }
        }
        return !batch.isEmpty
    }

    @inline(__always)
    private func candle(_ line: UnsafeBufferPointer<UInt8>) throws(CandleRowFault) -> Candle {
        let candle = try CandleRow.parse(line, interval: reader.interval)
        if let previous = summary.last {
            let step = candle.openTime - previous
            if step == 0 { throw .duplicate(openTime: candle.openTime) }
            if step < 0 { throw .outOfOrder(openTime: candle.openTime, previous: previous) }
            smallestStep = min(smallestStep, step)
        } else {
            summary.first = candle.openTime
        }
        summary.last = candle.openTime
        summary.rows += 1
        return candle
    }

    private func skipsHeader(_ line: UnsafeBufferPointer<UInt8>) throws -> Bool {
        let text = withoutByteOrderMark(line)
        guard CandleHeader.isHeader(text) else { return false }
        guard CandleHeader.hasKnownOrder(text) else {
            throw CandleFileError.badHeader(
                file: reader.path, found: Excerpt.of(String(decoding: text, as: UTF8.self)))
        }
        return true
    }

    private func withoutByteOrderMark(_ line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        line.starts(with: [0xEF, 0xBB, 0xBF]) ? UnsafeBufferPointer(rebasing: line.dropFirst(3)) : line
    }

    private func refuse(_ reason: CandleRowFault) throws(CandleFileError) {
        if reader.mode == .strict { throw .badRow(file: reader.path, line: lines.number, reason: reason) }
        summary.refusedRows += 1
        if summary.refused.count < reader.limits.refusedKept {
            summary.refused.append(RefusedRow(line: lines.number, reason: reason))
        }
    }

    /// What only the whole file can show. Ten bars without two neighbours are another interval, not an outage.
    private func finish() throws(CandleFileError) {
        if summary.rows == 0 { throw .noCandles(file: reader.path, firstRefused: summary.refused.first) }
        if summary.rows >= 10, smallestStep > reader.interval.milliseconds {
            throw .wrongInterval(file: reader.path, interval: reader.interval, smallestStep: smallestStep)
        }
    }
}
