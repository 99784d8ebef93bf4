import Glibc
import Market

/// Writes candles as a CSV file with Binance's twelve kline columns.
///
/// The file appears under its name only when ``finish()`` has returned; until then, and after a failure, there is none.
/// Numbers are the shortest decimals that read back as the same `Double`.
public final class CandleFileWriter {
    private let path: String
    private let temporaryPath: String
    private let interval: Interval
    private var descriptor: Int32
    private var buffer: [UInt8] = []

    /// - Throws: ``CandleFileError/cannotWrite(file:reason:)``
    public init(path: String, interval: Interval, hasHeader: Bool = false) throws(CandleFileError) {
        self.path = path
        self.interval = interval
        temporaryPath = path + ".partial"
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .cannotWrite(file: path, reason: OpenFile.lastError) }
        if hasHeader { buffer += Array((CandleHeader.line + "\n").utf8) }
    }

    deinit { discard() }

    /// Writes `series` to `path` in one go.
    public static func write(_ series: CandleSeries, to path: String, hasHeader: Bool = false) throws(CandleFileError) {
        let writer = try CandleFileWriter(path: path, interval: series.interval, hasHeader: hasHeader)
        try writer.append(series.candles)
        try writer.finish()
    }

    public func append(_ candles: [Candle]) throws(CandleFileError) {
        for candle in candles {
            CandleText.append(candle, interval: interval, to: &buffer)
            if buffer.count > 1 << 16 { try flush() }
        }
    }

    /// Makes the file durable and gives it its name, replacing an older one. Nothing can be appended afterwards.
    public func finish() throws(CandleFileError) {
        try flush()
        guard fsync(descriptor) == 0, rename(temporaryPath, path) == 0 else { throw failure() }
        close(descriptor)
        descriptor = -1
    }

    private func flush() throws(CandleFileError) {
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes { bytes in
                Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure() }
            written += count
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private func failure() -> CandleFileError {
        let reason = OpenFile.lastError
        discard()
        return .cannotWrite(file: path, reason: reason)
    }

    private func discard() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(temporaryPath)
        descriptor = -1
    }
}
