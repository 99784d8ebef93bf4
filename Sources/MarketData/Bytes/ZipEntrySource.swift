import CZlib

/// One entry of a zip archive, unpacked; its size and CRC-32 are checked at its end.
final class ZipEntrySource: ByteSource {
    private static let inputCapacity = 1 << 17

    private let entry: ZipArchive.Entry
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: inputCapacity, alignment: 16)
    /// zlib's state points back at its stream, so the stream must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var consumed = 0
    private var produced = 0
    private var crc: UInt = 0
    private var isFinished = false

    init(_ entry: ZipArchive.Entry) throws(CandleFileError) {
        self.entry = entry
        stream.initialize(to: z_stream())
        // Negative window bits: raw deflate data, without zlib's own header.
        let code = inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw ZipArchive.refusal(entry.file, "zlib cannot start (\(code))") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !isFinished else { return 0 }
        let count = entry.isStored ? try copy(into: buffer) : try inflate(into: buffer)
        produced += count
        crc = crc32_z(crc, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), count)
        guard produced <= entry.size else { throw refusal("unpacks to more than the \(entry.size) bytes announced") }
        if count == 0 {
            isFinished = true
            guard produced == entry.size else { throw refusal("is cut off") }
            guard crc == UInt(entry.crc32) else { throw refusal("is damaged: its CRC-32 differs") }
        }
        return count
    }

    private func copy(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let wanted = min(buffer.count, entry.packedSize - consumed)
        let count = try entry.file.read(
            at: entry.offset + consumed, into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(wanted)))
        consumed += count
        return count
    }

    private func inflate(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(buffer.count)
        while stream.pointee.avail_out == buffer.count {
            if stream.pointee.avail_in == 0 { try refill() }
            let code = CZlib.inflate(stream, Z_NO_FLUSH)
            if code == Z_STREAM_END { break }
            guard code == Z_OK else { throw refusal(code == Z_BUF_ERROR ? "is cut off" : "is damaged") }
        }
        return buffer.count - Int(stream.pointee.avail_out)
    }

    private func refill() throws {
        let wanted = min(Self.inputCapacity, entry.packedSize - consumed)
        let count = try entry.file.read(
            at: entry.offset + consumed, into: UnsafeMutableRawBufferPointer(rebasing: input.prefix(wanted)))
        consumed += count
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
    }

    private func refusal(_ reason: String) -> CandleFileError {
        ZipArchive.refusal(entry.file, "the entry \(Excerpt.of(entry.name)) \(reason)")
    }
}
