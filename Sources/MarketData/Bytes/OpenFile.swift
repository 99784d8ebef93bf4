import Glibc

/// A regular file open for reading, closed with its last reference.
final class OpenFile {
    let path: String
    let size: Int
    let descriptor: Int32

    init(_ path: String) throws(CandleFileError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .cannotOpen(file: path, reason: Self.lastError) }
        self.path = path
        var status = stat()
        let isKnown = fstat(descriptor, &status) == 0
        size = Int(status.st_size)
        guard isKnown, status.st_mode & S_IFMT == S_IFREG else {
            throw .cannotOpen(file: path, reason: isKnown ? "it is not a regular file" : Self.lastError)
        }
    }

    deinit { close(descriptor) }

    /// Up to `buffer.count` bytes from `offset`; fewer only at the end of the file.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(CandleFileError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = pread(
                descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, off_t(offset + filled))
            if count < 0 {
                if errno == EINTR { continue }
                throw .unreadable(file: path, reason: Self.lastError)
            }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// The bytes `offset ..< offset + count`, or fewer if the file ends before.
    func bytes(at offset: Int, count: Int) throws(CandleFileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var failure: CandleFileError?
        let filled = bytes.withUnsafeMutableBytes { buffer -> Int in
            do throws(CandleFileError) { return try read(at: offset, into: buffer) } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        return Array(bytes.prefix(filled))
    }

    /// The text in the file, unpacked if its first bytes say that it is packed; names are not trusted.
    func contents() throws -> any ByteSource {
        let isArchive = try bytes(at: 0, count: 2) == Array("PK".utf8)
        return isArchive ? try ZipEntrySource(ZipArchive(self).candleEntry()) : try GzipSource(self)
    }

    static var lastError: String { String(cString: strerror(errno)) }
}
