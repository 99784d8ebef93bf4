import Market

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The benchmark's candle file: little-endian float64, rows of open, high, low, close, volume.
public enum CandleMatrix {
    /// Reads such a file. It carries no times: bars are numbered from 1970 on the grid of `interval`.
    ///
    /// - Throws: ``CandleMatrixError``.
    public static func read(path: String, interval: Interval = .fifteenMinutes) throws(CandleMatrixError) -> [Candle] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw .unreadable(path: path, reason: "\(error)")
        }
        guard !data.isEmpty, data.count % 40 == 0 else { throw .notRows(path: path, bytes: data.count) }
        return data.withUnsafeBytes { bytes in
            (0..<data.count / 40).map { row in
                func value(_ column: Int) -> Double {
                    let bits = bytes.loadUnaligned(fromByteOffset: row * 40 + column * 8, as: UInt64.self)
                    return Double(bitPattern: UInt64(littleEndian: bits))
                }
                return Candle(
                    openTime: Int64(row) * interval.milliseconds, open: value(0), high: value(1), low: value(2),
                    close: value(3), volume: value(4))
            }
        }
    }

    /// Candles as such a file's bytes.
    public static func bytes(_ candles: [Candle]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(candles.count * 40)
        for candle in candles {
            for value in [candle.open, candle.high, candle.low, candle.close, candle.volume] {
                withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        return bytes
    }
}

/// Why a candle matrix could not be read.
public enum CandleMatrixError: Error, Sendable, Hashable, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    case notRows(path: String, bytes: Int)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .notRows(let path, let bytes):
            "\(path) has \(bytes) bytes, which is not a whole number of rows of five float64 (open, high, low, close, volume)"
        }
    }
}
