import CZlib
import Glibc

/// A gzip file unpacked, or a plain one as it is; zlib tells them apart.
final class GzipSource: ByteSource {
    private let path: String
    private let stream: gzFile

    init(_ file: OpenFile) throws(CandleFileError) {
        path = file.path
        // zlib closes what it is given.
        let own = dup(file.descriptor)
        guard own >= 0, let stream = gzdopen(own, "rb") else {
            let reason = OpenFile.lastError
            if own >= 0 { close(own) }
            throw .cannotOpen(file: file.path, reason: reason)
        }
        self.stream = stream
        gzbuffer(stream, 1 << 17)
    }

    // What closing could report, a failed read has reported before.
    deinit { gzclose_r(stream) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = gzread(stream, buffer.baseAddress, UInt32(buffer.count))
        var code: Int32 = Z_OK
        let message = gzerror(stream, &code).map { String(cString: $0) } ?? ""
        // A cut-off file yields its bytes first and Z_BUF_ERROR with them.
        guard count >= 0, code == Z_OK || code == Z_STREAM_END else {
            let reason =
                code == Z_ERRNO ? OpenFile.lastError : code == Z_BUF_ERROR ? "the gzip file is cut off" : message
            throw CandleFileError.unreadable(file: path, reason: reason)
        }
        return Int(count)
    }
}
